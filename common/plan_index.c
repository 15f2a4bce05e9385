// SPDX-License-Identifier: BSD-2-Clause
/* Selectors by event type, predicates with a memory of one event. */
#include "common/plan_index.h"

#include <stdlib.h>
#include <string.h>

#include "common/events.h"

/* What the event says of one field. */
struct asked {
	uint64_t when; /* number of the event */
	uint16_t field;
	bool more;
	unsigned int n;
	struct value v[PLAN_VALUES_MAX];
};

/*
 * A predicate that several selectors may have. Of one on texts, the beginnings and
 * the ends that they may have are hashed to 64 bits: most texts are no term's.
 */
struct shared {
	const struct plan_pred *pred;
	struct asked *asked;
	bool unknown; /* the answer where too little is known */
	bool hashed;  /* only if a text's beginning or its end is here is it worth a look: */
	uint64_t begin, end;
	bool holds;    /* on the event ... */
	uint64_t when; /* ... of this number */
};

struct plan_index {
	const struct plan *plan;
	bool part;    /* events are not whole */
	uint64_t now; /* number of the event */
	struct shared *shared;
	size_t nshared;
	struct asked *asked;
	size_t nasked;
	uint32_t *first;	       /* of each selector in preds */
	uint32_t *preds;	       /* of all selectors, one after the other: places in shared */
	uint32_t by[EVENT_ID_END + 1]; /* of each type in selectors; the last ends the last type */
	uint16_t *selectors;
};

static bool same_term(const struct plan_term *a, const struct plan_term *b)
{
	if (a->kind != b->kind || a->bits != b->bits || a->addr_len != b->addr_len ||
	    a->len != b->len)
		return false;
	switch (a->kind) {
	case PLAN_RANGE:
	case PLAN_BITS:
		return a->lo == b->lo && a->hi == b->hi;
	case PLAN_NET:
		return !memcmp(a->addr, b->addr, sizeof(a->addr));
	default:
		return !memcmp(a->text, b->text, a->len);
	}
}

static bool same_pred(const struct plan_pred *a, const struct plan_pred *b)
{
	if (a->field != b->field || a->negated != b->negated || a->nterms != b->nterms)
		return false;
	for (size_t i = 0; i < a->nterms; i++)
		if (!same_term(&a->terms[i], &b->terms[i]))
			return false;
	return true;
}

static uint64_t hash_begin(const uint8_t *s)
{
	return 1ULL << ((s[1] * 5 + s[2] * 11) & 63);
}

static uint64_t hash_end(const uint8_t *s, size_t len)
{
	return 1ULL << ((s[len - 1] * 5 + s[len - 2] * 11) & 63);
}

static void hash_terms(struct shared *p)
{
	for (size_t i = 0; i < p->pred->nterms; i++) {
		const struct plan_term *t = &p->pred->terms[i];
		const uint8_t *s = (const uint8_t *)t->text;

		if (t->kind > PLAN_SUFFIX || t->len < 3)
			return;
		if (t->kind == PLAN_SUFFIX)
			p->end |= hash_end(s, t->len);
		else
			p->begin |= hash_begin(s);
	}
	p->hashed = true;
}

static struct asked *asked_of(struct plan_index *x, uint16_t field)
{
	for (size_t i = 0; i < x->nasked; i++)
		if (x->asked[i].field == field)
			return &x->asked[i];
	x->asked[x->nasked].field = field;
	return &x->asked[x->nasked++];
}

static uint32_t share(struct plan_index *x, const struct plan_pred *pred, bool unknown)
{
	for (size_t i = 0; i < x->nshared; i++)
		if (x->shared[i].unknown == unknown && same_pred(x->shared[i].pred, pred))
			return (uint32_t)i;
	x->shared[x->nshared] = (struct shared){
		.pred = pred,
		.unknown = unknown,
		.asked = asked_of(x, pred->field),
	};
	hash_terms(&x->shared[x->nshared]);
	return (uint32_t)x->nshared++;
}

/* Those first that most events do not pass: texts that must be so or so. */
static void index_preds(struct plan_index *x)
{
	uint32_t n = 0;

	for (size_t i = 0; i < x->plan->nselectors; i++) {
		const struct plan_selector *s = &x->plan->selectors[i];
		uint32_t first = n, end = n + (uint32_t)s->npreds;

		x->first[i] = n;
		for (size_t k = 0; k < s->npreds; k++) {
			const struct plan_pred *p = &s->preds[k];
			uint32_t at = share(x, p, x->part || plan_unknown_holds(s, p));

			if (x->shared[at].hashed && !p->negated)
				x->preds[first++] = at;
			else
				x->preds[--end] = at;
		}
		n += (uint32_t)s->npreds;
	}
}

static void index_types(struct plan_index *x)
{
	uint32_t n = 0;

	for (unsigned int e = 0; e < EVENT_ID_END; e++) {
		x->by[e] = n;
		for (size_t i = 0; i < x->plan->nselectors; i++)
			if (!x->plan->selectors[i].quiet &&
			    plan_has_event(&x->plan->selectors[i], e))
				x->selectors[n++] = (uint16_t)i;
	}
	x->by[EVENT_ID_END] = n;
}

static size_t count_types(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nselectors; i++)
		for (size_t w = 0; w < EVENT_ID_END / 64; w++)
			n += (size_t)__builtin_popcountll(p->selectors[i].events[w]);
	return n;
}

static size_t count_fields(const struct plan *p)
{
	bool seen[FIELD_END] = { false };
	size_t n = 0;

	for (size_t i = 0; i < p->nselectors; i++)
		for (size_t k = 0; k < p->selectors[i].npreds; k++) {
			bool *s = &seen[p->selectors[i].preds[k].field];

			n += !*s;
			*s = true;
		}
	return n;
}

struct plan_index *plan_index_new(const struct plan *p, bool part)
{
	struct plan_index *x = calloc(1, sizeof(*x));
	size_t npreds = 0;

	if (!x)
		return NULL;
	x->plan = p;
	x->part = part;
	for (size_t i = 0; i < p->nselectors; i++)
		npreds += p->selectors[i].npreds;
	x->shared = calloc(npreds + 1, sizeof(*x->shared));
	x->asked = calloc(count_fields(p) + 1, sizeof(*x->asked));
	x->preds = calloc(npreds + 1, sizeof(*x->preds));
	x->first = calloc(p->nselectors + 1, sizeof(*x->first));
	x->selectors = calloc(count_types(p) + 1, sizeof(*x->selectors));
	if (!x->shared || !x->asked || !x->preds || !x->first || !x->selectors) {
		plan_index_free(x);
		return NULL;
	}
	index_preds(x);
	index_types(x);
	return x;
}

void plan_index_free(struct plan_index *x)
{
	if (!x)
		return;
	free(x->shared);
	free(x->asked);
	free(x->preds);
	free(x->first);
	free(x->selectors);
	free(x);
}

static bool ask(struct plan_index *x, const struct shared *p, const struct event *e,
		const struct plan_facts *facts)
{
	struct asked *a = p->asked;

	if (a->when != x->now) {
		a->n = plan_values(e, facts, a->field, a->v, &a->more);
		a->when = x->now;
	}
	if (p->hashed && a->n == 1 && !a->more && value_is_text(a->v) && a->v->len >= 3 &&
	    !(p->begin & hash_begin(a->v->p)) && !(p->end & hash_end(a->v->p, a->v->len)))
		return p->pred->negated;
	return plan_pred_says(p->pred, a->v, a->n, a->more, p->unknown);
}

static bool holds(struct plan_index *x, size_t i, const struct event *e,
		  const struct plan_facts *facts)
{
	const struct plan_selector *s = &x->plan->selectors[i];
	const uint32_t *preds = x->preds + x->first[i];

	for (size_t k = 0; k < s->npreds; k++) {
		struct shared *p = &x->shared[preds[k]];

		if (p->when != x->now) {
			p->holds = ask(x, p, e, facts);
			p->when = x->now;
		}
		if (!p->holds)
			return false;
	}
	return true;
}

/* whether one of the chain that selector i ends holds before it */
static bool taken_before(struct plan_index *x, size_t i, const struct event *e,
			 const struct plan_facts *facts)
{
	while (i > 0 && x->plan->selectors[i].otherwise)
		if (plan_has_event(&x->plan->selectors[--i], e->type) && holds(x, i, e, facts))
			return true;
	return false;
}

const struct plan_selector *plan_index_wants(struct plan_index *x, const struct event *e,
					     const struct plan_facts *facts, size_t *from,
					     size_t *at)
{
	if (e->type >= EVENT_ID_END)
		return NULL;
	if (*from == 0)
		x->now++;
	while (*from < x->by[e->type + 1] - x->by[e->type]) {
		size_t i = x->selectors[x->by[e->type] + (*from)++];

		if (holds(x, i, e, facts) && (x->part || !taken_before(x, i, e, facts))) {
			*at = i;
			return &x->plan->selectors[i];
		}
	}
	return NULL;
}
