/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan made ready for many events: selectors by event type, and each
 * predicate asked at most once per event, however many selectors share it.
 */
#ifndef COMMON_PLAN_INDEX_H
#define COMMON_PLAN_INDEX_H

#include "common/plan.h"

struct plan_index;

/*
 * plan_index_new(p, part): p stays the caller's and must outlive it. part: events
 * are not whole, and what they do not say may be as wanted: an event of which no
 * selector holds is one that would be refused when whole, too. NULL with ENOMEM.
 */
struct plan_index *plan_index_new(const struct plan *p, bool part);
void plan_index_free(struct plan_index *x);

/*
 * plan_index_wants(x, e, facts, from, at): as plan_wants(), where *from is a place in x
 * and no selector's number: *at becomes that. With *from = 0 a new event begins.
 */
const struct plan_selector *plan_index_wants(struct plan_index *x, const struct event *e,
					     const struct plan_facts *facts, size_t *from,
					     size_t *at);

#endif
