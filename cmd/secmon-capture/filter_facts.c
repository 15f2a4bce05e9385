// SPDX-License-Identifier: BSD-2-Clause
/* What a selector says of the things that are known before anything is read. */
#include "filter_facts.h"

#include <stdbool.h>

#include "bpf/filter.h"
#include "common/compat.h"

/* whether a predicate on an integer can hold for some value of lo..hi */
static bool possible(const struct plan_pred *pred, int64_t lo, int64_t hi)
{
	for (size_t i = 0; i < pred->nterms; i++) {
		const struct plan_term *t = &pred->terms[i];

		if (t->kind != PLAN_RANGE)
			return true;
		if (pred->negated && t->lo <= lo && t->hi >= hi)
			return false;
		if (!pred->negated && t->lo <= hi && t->hi >= lo)
			return true;
	}
	return pred->negated;
}

static bool creates_fds(const struct plan_selector *s)
{
	for (unsigned int id = 0; id < EVENT_ID_END; id++) {
		const struct event_type *e = event_by_id(id);

		if (e && plan_has_event(s, id) && !(e->flags & EVENT_CREATES_FD))
			return false;
	}
	return true;
}

static bool flags_possible(const struct plan_pred *pred, unsigned int facts)
{
	unsigned int how = (facts & FACT_READ ? 1 : 0) | (facts & FACT_WRITE ? 2 : 0);

	if (facts & FACT_NO_FLAGS)
		return true;
	for (size_t i = 0; i < pred->nterms; i++) {
		const struct plan_term *t = &pred->terms[i];

		if (t->kind != PLAN_BITS || t->lo & ~3)
			return true;
		if (how & t->lo)
			return !pred->negated;
	}
	return pred->negated;
}

static bool pred_possible(const struct plan_selector *s, const struct plan_pred *pred,
			  unsigned int facts)
{
	bool success = facts & FACT_SUCCESS;

	switch (pred->field) {
	case F_EVT_RAWRES:
		return success ? possible(pred, 0, INT64_MAX) : possible(pred, INT64_MIN, -1);
	case F_FD_NUM:
		/* of a call that makes descriptors it is the result; if it failed, none or -1 */
		if (!creates_fds(s))
			return true;
		return success ? possible(pred, 0, INT64_MAX)
			       : pred->negated || possible(pred, -1, -1);
	case F_ARG(A_FLAGS):
		return flags_possible(pred, facts);
	case F_USER_UID:
		return facts & FACT_ROOT ? possible(pred, 0, 0) : possible(pred, 1, UINT32_MAX);
	default:
		return true;
	}
}

uint32_t filter_facts(const struct plan_selector *s)
{
	uint32_t bits = 0;

	static_assert(FACT_COUNT <= 32, "one word");
	for (unsigned int facts = 0; facts < FACT_COUNT; facts++) {
		bool ok = true;

		for (size_t i = 0; ok && i < s->npreds; i++)
			ok = pred_possible(s, &s->preds[i], facts);
		bits |= (uint32_t)ok << facts;
	}
	return bits;
}
