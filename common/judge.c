// SPDX-License-Identifier: BSD-2-Clause
/* Limits and samples of a plan, and the counting of what it holds back. */
#include "common/judge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/clock.h"
#include "common/plan_index.h"
#include "common/siphash.h"

enum { WAYS = 4 }; /* places that a key may be in */

/* One set of values of a limit's fields: how many passed since when. */
struct window {
	uint64_t key; /* 0: free */
	uint64_t since_ns;
	uint32_t passed;
	uint32_t selector;
};

struct judge {
	const struct plan *plan;
	struct plan_index *index;
	struct judge_counts *counts; /* of each selector */
	struct window *windows;	     /* NULL without limits */
	uint64_t secret[2];
	unsigned int shed;
	size_t last; /* the first selector that held for the last event; none: their number */
};

static bool has_limits(const struct plan *plan)
{
	for (size_t i = 0; i < plan->nselectors; i++)
		if (plan->selectors[i].rate_count)
			return true;
	return false;
}

struct judge *judge_new(const struct plan *plan)
{
	size_t n = plan->nselectors ? plan->nselectors : 1;
	struct judge *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->plan = plan;
	j->shed = PLAN_PRIORITY_UNSAID;
	j->last = plan->nselectors;
	j->counts = calloc(n, sizeof(*j->counts));
	if (has_limits(plan))
		j->windows = calloc(JUDGE_KEYS, sizeof(*j->windows));
	j->index = plan_index_new(plan, false);
	if (!j->index || !j->counts || (has_limits(plan) && !j->windows)) {
		judge_free(j);
		return NULL;
	}
	/* without it, only that keys which collide can be made on purpose */
	if (getrandom(j->secret, sizeof(j->secret), GRND_NONBLOCK) == -1)
		j->secret[0] = clock_ns(CLOCK_MONOTONIC);
	return j;
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	plan_index_free(j->index);
	free(j->windows);
	free(j->counts);
	free(j);
}

static void hash_value(struct siphash *h, const struct value *v)
{
	uint8_t type = (uint8_t)v->type;

	siphash_add(h, &type, 1);
	if (value_is_text(v) || v->type == VALUE_BIN) {
		siphash_add(h, &v->len, sizeof(v->len));
		siphash_add(h, v->p, v->len);
	} else if (v->type == VALUE_BOOL) {
		siphash_add(h, &v->b, sizeof(v->b));
	} else {
		siphash_add(h, &v->u, sizeof(v->u));
	}
}

/* one number, never 0, for the values of the fields by which a limit is kept apart */
static uint64_t key_of(const struct judge *j, size_t i, const struct event *e,
		       const struct plan_facts *facts)
{
	const struct plan_selector *s = &j->plan->selectors[i];
	struct value v[PLAN_VALUES_MAX];
	struct siphash h;

	siphash_begin(&h, j->secret);
	siphash_add(&h, &i, sizeof(i));
	for (unsigned int k = 0; k < s->nby; k++) {
		bool more;
		unsigned int n = plan_values(e, facts, s->by[k], v, &more);

		siphash_add(&h, &n, sizeof(n));
		for (unsigned int m = 0; m < n; m++)
			hash_value(&h, &v[m]);
	}
	return siphash_end(&h) | 1;
}

/* the window of a key: its own, a free one, or the one that began first */
static struct window *window_of(struct judge *j, uint64_t key)
{
	struct window *w = &j->windows[(key >> 1) % (JUDGE_KEYS / WAYS) * WAYS], *oldest = w;

	for (int i = 0; i < WAYS; i++) {
		if (w[i].key == key)
			return &w[i];
		if (w[i].since_ns < oldest->since_ns)
			oldest = &w[i];
	}
	*oldest = (struct window){ .key = key };
	return oldest;
}

static bool limit_passes(struct judge *j, size_t i, const struct event *e,
			 const struct plan_facts *facts)
{
	const struct plan_selector *s = &j->plan->selectors[i];
	struct window *w;
	uint64_t now;

	if (!s->rate_count || !event_u64(e, F_EVT_RAWTIME, &now))
		return true;
	w = window_of(j, key_of(j, i, e, facts));
	/* records of two processors may be a little out of order */
	if (!w->passed || (now > w->since_ns && now - w->since_ns >= s->rate_ms * NS_PER_MS)) {
		w->since_ns = now;
		w->passed = 0;
	}
	if (w->passed >= s->rate_count)
		return false;
	w->passed++;
	return true;
}

/* of the events that hold the first, and then one of so many */
static bool sample_passes(const struct plan_selector *s, uint64_t held)
{
	return s->sample < 2 || held % s->sample == 1;
}

static enum verdict judge_selector(struct judge *j, size_t i, const struct event *e,
				   const struct plan_facts *facts)
{
	const struct plan_selector *s = &j->plan->selectors[i];
	struct judge_counts *c = &j->counts[i];

	c->held++;
	if (s->priority != PLAN_PRIORITY_UNSAID && s->priority >= j->shed) {
		c->shed++;
		return VERDICT_SHED;
	}
	if (!sample_passes(s, c->held - c->shed)) {
		c->sampled++;
		return VERDICT_SAMPLED;
	}
	if (!limit_passes(j, i, e, facts)) {
		c->limited++;
		return VERDICT_LIMITED;
	}
	c->passed++;
	return VERDICT_WANTED;
}

enum verdict judge_event(struct judge *j, const struct event *e, const struct plan_facts *facts,
			 const struct plan_selector **policy)
{
	enum verdict said = VERDICT_UNWANTED;
	const struct plan_selector *s;
	size_t from = 0, at;

	*policy = NULL;
	j->last = j->plan->nselectors;
	while ((s = plan_index_wants(j->index, e, facts, &from, &at))) {
		enum verdict v = judge_selector(j, at, e, facts);

		if (v == VERDICT_WANTED && s->policy && !*policy)
			*policy = s;
		if (said == VERDICT_UNWANTED)
			j->last = at;
		if (v == VERDICT_WANTED || said == VERDICT_UNWANTED)
			said = v;
	}
	return said;
}

void judge_shed(struct judge *j, unsigned int priority)
{
	j->shed = priority;
}

void judge_spent(struct judge *j, uint64_t ns)
{
	if (j->last < j->plan->nselectors)
		j->counts[j->last].ns += ns;
}

const struct judge_counts *judge_counts(const struct judge *j, size_t i)
{
	return &j->counts[i];
}
