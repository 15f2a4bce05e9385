/* SPDX-License-Identifier: BSD-2-Clause */
/* How often a rule may raise an alert, in the time of the events. */
#ifndef MATCH_LIMIT_H
#define MATCH_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit {
	uint64_t count, per_ns; /* count 0: no limit */
	uint64_t since_ns;	/* start of the time that is being counted */
	uint64_t used;		/* alerts since then */
};

/* limit_parse(l, "N/DURATION"): 0, or -1 with EINVAL or ERANGE. */
int limit_parse(struct limit *l, const char *text);

/*
 * limit_take(l, now_ns): whether one more may pass. The first alert opens a
 * time of per_ns; when it is over, the next alert opens another.
 */
bool limit_take(struct limit *l, uint64_t now_ns);

#endif
