/* SPDX-License-Identifier: BSD-2-Clause */
/* What replay asks of a reader of one kind of recording. */
#ifndef SECMON_CAPTURE_REPLAY_READER_H
#define SECMON_CAPTURE_REPLAY_READER_H

#include <stdint.h>

#include "cmd/secmon-capture/replay.h"
#include "cmd/secmon-capture/replay_src.h"
#include "common/hello.h"

enum replay_step {
	STEP_DONE,  /* something was done, there is more */
	STEP_WAIT,  /* the source must be readable first */
	STEP_FULL,  /* the output must be taken first */
	STEP_LATER, /* the next event is not due yet */
	STEP_END,   /* the recording has ended and was whole */
	STEP_ERROR  /* it is broken; error() says how. What came before was written */
};

struct replay_pace;

/* What goes out, made once from the options. */
struct replay_filter {
	uint64_t asked[EVENT_ID_END / 64]; /* types that somebody asked for */
	uint64_t life[EVENT_ID_END / 64];  /* types that tell of process life, unless they fail */
	struct wanted *wanted;		   /* judges by the plan; NULL without one */
};

/* replay_filter_init(f, o): 0, or -1 with ENOMEM. */
int replay_filter_init(struct replay_filter *f, const struct replay_options *o);
void replay_filter_fini(struct replay_filter *f);

/* replay_held_back(f): the counter of what f->wanted (if there is one) did not let pass. */
enum stat_id replay_held_back(const struct replay_filter *f);

static inline bool replay_has(const uint64_t *set, unsigned int event)
{
	return event >= EVENT_ID_END || (set[event / 64] >> event % 64 & 1);
}

/*
 * replay_wants_type(f, event, lifeless): whether events of the type go out, as far as
 * that can be said before they are decoded; what the plan wants of them is for
 * f->wanted to say.
 */
static inline bool replay_wants_type(const struct replay_filter *f, unsigned int event,
				     bool lifeless)
{
	return replay_has(f->asked, event) || (!lifeless && replay_has(f->life, event));
}

/* A reader's operations; self is what its open function returned. */
struct replay_reader {
	/* Set in h what the recording says of its machine. */
	void (*hello)(void *self, struct hello *h);
	/* Write at most one object to out, counting it in stats. */
	enum replay_step (*step)(void *self, struct outq *out, struct stats *stats);
	const char *(*error)(void *self);
	/* What it is filtered by. */
	struct replay_filter *(*filter)(void *self);
	void (*close)(void *self);
};

/*
 * replay_due(p, ts_ns): whether an event of that time may be written now, at the
 * speed that was asked for. The first time asked sets the clock.
 */
bool replay_due(struct replay_pace *p, uint64_t ts_ns);

/*
 * replay_stream_open(src, pace, o, err, errlen): a reader of our own stream. Reads
 * its HELLO. NULL with errno (EPROTONOSUPPORT: it is of a newer version).
 */
void *replay_stream_open(struct replay_src *src, struct replay_pace *pace,
			 const struct replay_options *o, char *err, unsigned int errlen);
extern const struct replay_reader replay_stream_reader;

#endif
