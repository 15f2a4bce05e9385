/* SPDX-License-Identifier: BSD-2-Clause */
/* The sinks together, and the stream that feeds them. */
#ifndef SHIP_SHIP_H
#define SHIP_SHIP_H

#include "cmd/secmon-ship/conf.h"
#include "cmd/secmon-ship/ledger.h"
#include "cmd/secmon-ship/loss.h"
#include "cmd/secmon-ship/sink.h"
#include "common/loop.h"

enum { SINK_LABELS = 16 };

struct ship {
	struct conf *conf;
	bool events;	  /* every object goes to the sinks, not alerts only */
	bool quiet;	  /* no ledger at the end */
	bool greeted;	  /* the stream has begun */
	bool file_failed; /* the metrics file could not be written the last time */
	struct sink *sinks[SINKS_MAX];
	size_t nsinks;
	struct ledger ledger;
	struct loss loss;
	struct stats stats;
	struct stat_label labels[SINKS_MAX * SINK_LABELS];
	struct event event;
	uint64_t now_ns; /* monotonic, of this turn of the loop */
	uint64_t drain_since_ns;
	int io_fd;
};

/* ship_open(s, err, len): the sinks of s->conf. 0, or -1 with a text; EINVAL: wrong options. */
int ship_open(struct ship *s, char *err, size_t len);

/* ship_hooks(s, l): what the loop shall call. */
void ship_hooks(struct ship *s, struct loop *l);

/*
 * ship_finish(s): after the loop: give the sinks their grace if they have not
 * had it, count what is left, print the ledger. True if nothing was lost.
 */
bool ship_finish(struct ship *s);

/* ship_close(s): false if a thread is still at work on something: then only _exit() is safe. */
bool ship_close(struct ship *s);

/* ship_update(s): sum the sinks' counters into s->stats and the ledger. */
void ship_update(struct ship *s);

#endif
