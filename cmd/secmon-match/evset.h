/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of event types, and which types a check leaves possible. */
#ifndef MATCH_EVSET_H
#define MATCH_EVSET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/events.h"

struct pred;

enum { EVSET_WORDS = EVENT_ID_END / 64 };

struct evset {
	uint64_t w[EVSET_WORDS];
};

static inline bool evset_has(const struct evset *s, unsigned int id)
{
	return id < EVENT_ID_END && (s->w[id / 64] >> (id % 64) & 1);
}

static inline void evset_add(struct evset *s, unsigned int id)
{
	s->w[id / 64] |= 1ULL << (id % 64);
}

void evset_all(struct evset *s); /* every type of the table */
void evset_and(struct evset *s, const struct evset *t);
void evset_or(struct evset *s, const struct evset *t);

/* evset_of_pred(p, when, unless): types on which p may be true, and may be false. */
void evset_of_pred(const struct pred *p, struct evset *when, struct evset *unless);

/* evset_codes(s): in Falco's counting, where most types have two codes or more. */
unsigned int evset_codes(const struct evset *s);

#endif
