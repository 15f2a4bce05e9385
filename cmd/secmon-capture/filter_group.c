// SPDX-License-Identifier: BSD-2-Clause
/* Selectors that differ in nothing but their paths share a bit. */
#include "filter_group.h"

#include <string.h>

#include "common/compat.h"
#include "filter_facts.h"

static bool terms_equal(const struct plan_pred *a, const struct plan_pred *b)
{
	if (a->negated != b->negated || a->nterms != b->nterms)
		return false;
	for (size_t i = 0; i < a->nterms; i++)
		if (a->terms[i].kind != b->terms[i].kind || a->terms[i].len != b->terms[i].len ||
		    memcmp(a->terms[i].text, b->terms[i].text, a->terms[i].len))
			return false;
	return true;
}

const struct plan_pred *filter_next_on(const struct plan_selector *s, unsigned int field,
				       size_t *from)
{
	while (s && *from < s->npreds) {
		const struct plan_pred *pred = &s->preds[(*from)++];

		if (pred->field == field)
			return pred;
	}
	return NULL;
}

static bool preds_equal(const struct plan_selector *a, const struct plan_selector *b,
			unsigned int field)
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct plan_pred *x = filter_next_on(a, field, &i);
		const struct plan_pred *y = filter_next_on(b, field, &j);

		if (!x || !y)
			return x == y;
		if (!terms_equal(x, y))
			return false;
	}
}

/* what has no priority is never shed, which is more urgent than any */
static uint8_t more_urgent(uint8_t a, uint8_t b)
{
	if (a == PLAN_PRIORITY_UNSAID || b == PLAN_PRIORITY_UNSAID)
		return PLAN_PRIORITY_UNSAID;
	return a < b ? a : b;
}

unsigned int filter_group_of(struct filter_group *groups, unsigned int *n,
			     const struct plan_selector *s)
{
	uint32_t facts = filter_facts(s);
	struct filter_group *g;
	unsigned int i;

	for (i = 0; i < *n; i++) {
		g = &groups[i];
		if (g->facts == facts && g->priority == s->priority &&
		    !memcmp(g->events, s->events, sizeof(g->events)) &&
		    preds_equal(g->like, s, F_PROC_NAME) && preds_equal(g->like, s, F_FD_NAMERAW))
			return i;
	}
	if (i == FILTER_SELECTORS) { /* the last bit takes what has no place of its own */
		g = &groups[--i];
		g->priority = more_urgent(g->priority, s->priority);
		g->facts |= facts;
		g->like = NULL;
		for (size_t w = 0; w < nitems(g->events); w++)
			g->events[w] |= s->events[w];
		return i;
	}
	g = &groups[i];
	g->priority = s->priority;
	g->facts = facts;
	g->like = s;
	memcpy(g->events, s->events, sizeof(g->events));
	(*n)++;
	return i;
}
