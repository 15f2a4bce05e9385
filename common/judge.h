/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan at work: whether an event passes, limits and samples included, and
 * how often each selector held, let pass and held back.
 */
#ifndef COMMON_JUDGE_H
#define COMMON_JUDGE_H

#include <stdint.h>

#include "common/plan.h"

/*
 * So many different values of a limit's fields are known at once, for all
 * selectors together. If there are more the oldest is forgotten, and its next
 * event passes.
 */
enum { JUDGE_KEYS = 32768 };

struct judge;

/* Of one selector: held = passed + limited + sampled + shed. */
struct judge_counts {
	uint64_t held, passed, limited, sampled, shed;
	uint64_t ns; /* judge_spent() */
};

enum verdict {
	VERDICT_WANTED,
	VERDICT_UNWANTED, /* no selector holds */
	VERDICT_LIMITED,  /* one does, but its limit is used up */
	VERDICT_SAMPLED,  /* ... or it is not the one of so many */
	VERDICT_SHED,	  /* ... or its priority is shed for want of CPU time */
	VERDICT_END
};

/* judge_new(plan): plan stays the caller's and must outlive it. NULL with ENOMEM. */
struct judge *judge_new(const struct plan *plan);
void judge_free(struct judge *j);

/*
 * judge_event(j, e, facts, policy): facts may be NULL. Every selector that holds is
 * counted, whatever the others say. *policy becomes the first that let it pass
 * and is a policy's, or NULL. Time is the event's own (evt.rawtime), so that a
 * replay comes to the same end.
 */
enum verdict judge_event(struct judge *j, const struct event *e, const struct plan_facts *facts,
			 const struct plan_selector **policy);

/*
 * judge_shed(j, priority): selectors of this priority and less urgent ones want nothing;
 * PLAN_PRIORITY_UNSAID: none is shed.
 */
void judge_shed(struct judge *j, unsigned int priority);

/* judge_spent(j, ns): so much time went into the last event: counted for the first that held. */
void judge_spent(struct judge *j, uint64_t ns);

/* judge_counts(j, i): of selector i of the plan. */
const struct judge_counts *judge_counts(const struct judge *j, size_t i);

#endif
