/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a condition leaves over when only the kernel's predicates are kept: a
 * disjunction of cubes, each a conjunction of plan predicates and a set of
 * event types. Every operation may only widen, so that an event for which the
 * condition is true is in at least one cube.
 */
#ifndef MATCH_CUBE_H
#define MATCH_CUBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/secmon-match/arena.h"
#include "common/plan.h"

enum {
	CUBES_MAX = 16,	    /* in a disjunction; more are merged into wider ones */
	CUBE_PREDS_MAX = 24 /* in a cube; more are left out */
};

struct event_set {
	uint64_t bits[EVENT_ID_END / 64];
};

struct cube {
	struct event_set events;
	unsigned int npreds;
	const struct plan_pred *preds[CUBE_PREDS_MAX]; /* in the arena, never changed */
};

/* No cube at all: the condition is never true. */
struct cubes {
	unsigned int n;
	struct cube c[CUBES_MAX];
};

/* cubes_any(out): one cube without a predicate, all event types. */
void cubes_any(struct cubes *out);

/* cubes_pred(out, pred): one cube with the one predicate, all event types. */
void cubes_pred(struct cubes *out, const struct plan_pred *pred);

/* cubes_events(out, set): one cube of these event types; none if the set is empty. */
void cubes_events(struct cubes *out, const struct event_set *set);

/* cubes_and(a, b), cubes_or(a, b, arena): a becomes the result. -1 with ENOMEM. */
int cubes_and(struct cubes *a, const struct cubes *b, struct arena *arena);
int cubes_or(struct cubes *a, const struct cubes *b, struct arena *arena);

#endif
