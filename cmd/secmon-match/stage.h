/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage: events in, alerts out, rules that can be read again. */
#ifndef MATCH_STAGE_H
#define MATCH_STAGE_H

#include "cmd/secmon-match/rulesrc.h"
#include "common/loop.h"

struct stage {
	const struct options *o;
	struct rulesrc *src;
	struct running run;
	struct xctx x;
	struct event event;
	struct scratch scratch;
	struct loop loop;
	struct stats *stats;
	bool resume;  /* the event was begun and waits for room */
	bool counted; /* ... and was already told as matched */
	bool reload;  /* rules are to be read again after it */
	uint32_t at;  /* ... where in its bucket to go on */
};

/* stage_init(s): scratch and handlers of s->loop; s->o, src, run, stats are set. -1 with ENOMEM. */
int stage_init(struct stage *s);

#endif
