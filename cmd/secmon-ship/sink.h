/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink: one place that alerts go to, with its own queue, deliveries, retries
 * and counters, so that nothing another sink does can touch it.
 *
 * An alert becomes part of a delivery (a batch: the rendered body) as soon as
 * one is free, else it waits in the queue or spool as the bytes that came.
 * A kind of sink (sink_*.c) only knows how to send a body and says how it went.
 */
#ifndef SHIP_SINK_H
#define SHIP_SINK_H

#include "cmd/secmon-ship/conf.h"
#include "cmd/secmon-ship/format.h"
#include "cmd/secmon-ship/histogram.h"
#include "cmd/secmon-ship/queue.h"
#include "common/inq.h"
#include "common/stats.h"

struct sink;
struct spool;

enum batch_state {
	BATCH_FREE,
	BATCH_OPEN,  /* takes alerts */
	BATCH_READY, /* complete; waits for its turn, or for the next try */
	BATCH_SENT   /* with the sink's kind, which owes a sink_done() */
};

struct batch {
	struct sink *sink;
	enum batch_state state;
	struct buf body;
	unsigned int count;  /* alerts in it */
	unsigned int tries;  /* that failed */
	uint64_t first_seq;  /* of its first alert in the spool, if there is one */
	uint64_t arrival_ns; /* of its oldest alert, monotonic */
	uint64_t opened_ns, not_before_ns;
	size_t sent; /* for kinds that send piecewise */
	void *priv;  /* of the sink's kind, kept between deliveries */
};

enum outcome {
	SINK_DELIVERED,
	SINK_AGAIN,  /* failed now, may work later */
	SINK_REFUSED /* will never be taken */
};

struct sink_kind {
	const char *name;
	/* what suits the kind, where the user said nothing */
	enum overflow overflow;
	const struct format *format;
	unsigned int batch_max, parallel;
	uint64_t batch_bytes, linger_ms;
	bool patient; /* no limit of retries */
	/*
	 * open(s, err, len): check the options, open what must be opened before
	 * the sandbox closes. 0, or -1 with a text; errno EINVAL for a wrong
	 * option (exit status 2). A peer that is not there is no reason to fail.
	 */
	int (*open)(struct sink *s, char *err, size_t len);
	/* send(s, b): begin a delivery; sink_done(b) ends it, now or later. Must not block. */
	void (*send)(struct sink *s, struct batch *b);
	/* reopen(s): SIGHUP. Optional. */
	void (*reopen)(struct sink *s);
	/* timer(s): s->timer_ns has passed. Optional. */
	void (*timer)(struct sink *s);
	/* close(s): deliveries under way are abandoned, without sink_done(). */
	void (*close)(struct sink *s);
};

enum breaker { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBE };

struct sink {
	struct sink_conf *conf;
	const struct sink_kind *kind;
	const char *target; /* what follows the kind in conf->to */
	char *name;
	struct format_context context;
	bool events; /* every object of the stream, not alerts only */
	void *priv;  /* of the kind */

	struct queue *queue;
	struct spool *spool;   /* or NULL */
	struct batch *batches; /* conf->parallel of them */
	struct batch *open;    /* the one in state BATCH_OPEN, or NULL */
	bool hurry;	       /* the end is near: nothing lingers */
	bool dead;	       /* its other end can never come back */
	bool abandoned;	       /* closed while a thread was still at work on it */
	bool spool_failed;     /* alerts wait in memory because the spool takes none */

	unsigned int failures; /* in a row */
	enum breaker breaker;
	uint64_t breaker_until_ns;
	uint64_t now_ns;   /* monotonic, when the sink was last looked at */
	uint64_t wake_ns;  /* sink_pump() wants to be called then; UINT64_MAX: no need */
	uint64_t timer_ns; /* the kind's own; UINT64_MAX: none */

	uint64_t v[STAT_END];	 /* its part of ship's counters */
	uint64_t said[STAT_END]; /* of the losses in v: what was announced */
	uint64_t deliveries;
	struct histogram latency; /* from reading an alert to its delivery */
	char error[256];	  /* why the last delivery failed */
};

/*
 * sink_new(conf, events, err, len): a sink as conf says, which must live as long.
 * NULL with a text in err; errno EINVAL if it is the configuration that is wrong.
 */
struct sink *sink_new(struct sink_conf *conf, bool events, char *err, size_t len);
void sink_free(struct sink *s);

/* sink_blocks(s, len): true if its policy is to block and an object of len bytes has no room. */
bool sink_blocks(const struct sink *s, size_t len);

/*
 * sink_offer(s, o, e, as, now): an object of the stream; e is its index, or NULL if
 * it is neither EVENT nor ALERT. Counted as S_SHIP_IN or S_SHIP_INTERNAL, whatever
 * becomes of it.
 */
void sink_offer(struct sink *s, const struct object *o, const struct event *e, enum stat_id as,
		uint64_t now);

/* sink_retake(s): once a second: what the spool could not take goes there if it has room again. */
void sink_retake(struct sink *s);

/* sink_pump(s, now): do what can be done now, and say in wake_ns when there is more to do. */
void sink_pump(struct sink *s, uint64_t now);

/*
 * sink_done(b, outcome, failed, why): the delivery has ended. failed of its
 * alerts were refused although the rest was taken. why is for people; may be NULL
 * when all is well. The batch is not the kind's any more.
 */
void sink_done(struct batch *b, enum outcome outcome, unsigned int failed, const char *why);

/* sink_retry_after(b, ms): the other end asked for that pause; before sink_done(b, SINK_AGAIN). */
void sink_retry_after(struct batch *b, uint64_t ms);

/* sink_held(s): alerts it has taken and neither delivered nor counted as lost. */
uint64_t sink_held(const struct sink *s);

/* sink_give_up(s): the end: what is held is counted as lost, what is spooled stays. */
void sink_give_up(struct sink *s);

/* sink_reopen(s): SIGHUP. */
void sink_reopen(struct sink *s);

/* sink_lost(s): sum of its drop counters. */
uint64_t sink_lost(const struct sink *s);

/*
 * sink_kind_of(to, target, format): the kind that a spec names, where its target
 * begins, and the format that the spec names, if it does. NULL: no such sink.
 */
const struct sink_kind *sink_kind_of(const char *to, const char **target,
				     const struct format **format);

/* sink_filter(conf, a): whether the sink wants the alert. */
bool sink_filter(const struct sink_conf *conf, const struct alert *a);

/* object_view(o, buf, len): an object of the stream that was checked before. 0 or -1. */
int object_view(struct object *o, const uint8_t *buf, size_t len);

#endif
