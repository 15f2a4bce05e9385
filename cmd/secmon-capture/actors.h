/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a plan asks of a process and its events do not say: what it executes and
 * what it descends from, learned from the life events of the stream.
 */
#ifndef SECMON_CAPTURE_ACTORS_H
#define SECMON_CAPTURE_ACTORS_H

#include "common/plan.h"

/* Of more processes than this at once nothing is known, so that a plan lets them through. */
enum { ACTORS_MAX = 1 << 18 };

struct actors;

/* actors_new(): NULL with ENOMEM. */
struct actors *actors_new(void);
void actors_free(struct actors *a);

/* actors_wanted(p): whether a selector looks at anything that actors_get() knows. */
bool actors_wanted(const struct plan *p);

/* actors_learn(a, e): take in what a life event tells; events in order. What finds no place is not
 * known later. */
void actors_learn(struct actors *a, const struct event *e);

/*
 * actors_get(a, e, field, v, more): for struct plan_facts: proc.exepath of the actor,
 * proc.aexepath of those it descends from, as each was when its child was made, and
 * proc.pexepath of the first of them, as far back as the stream tells; their pids as
 * proc.apid and proc.avpid; and as proc.exepath.before what an actor that executes
 * something executed until then.
 */
unsigned int actors_get(void *actors, const struct event *e, unsigned int field, struct value *v,
			bool *more);

#endif
