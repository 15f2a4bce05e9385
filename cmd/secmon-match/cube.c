// SPDX-License-Identifier: BSD-2-Clause
/* Conjunctions and disjunctions of plan predicates, bounded by widening. */
#include "cmd/secmon-match/cube.h"

#include <string.h>

void cubes_any(struct cubes *out)
{
	out->n = 1;
	out->c[0].npreds = 0;
	memset(&out->c[0].events, 0xff, sizeof(out->c[0].events));
}

void cubes_pred(struct cubes *out, const struct plan_pred *pred)
{
	cubes_any(out);
	out->c[0].preds[out->c[0].npreds++] = pred;
}

static bool event_set_empty(const struct event_set *s)
{
	for (size_t i = 0; i < EVENT_ID_END / 64; i++)
		if (s->bits[i])
			return false;
	return true;
}

void cubes_events(struct cubes *out, const struct event_set *set)
{
	cubes_any(out);
	out->c[0].events = *set;
	out->n = !event_set_empty(set);
}

static bool term_equal(const struct plan_term *a, const struct plan_term *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case PLAN_RANGE:
		return a->lo == b->lo && a->hi == b->hi;
	case PLAN_BITS:
		return a->lo == b->lo;
	case PLAN_NET:
		return a->bits == b->bits && a->addr_len == b->addr_len &&
		       !memcmp(a->addr, b->addr, a->addr_len);
	default:
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	}
}

static bool pred_equal(const struct plan_pred *a, const struct plan_pred *b)
{
	if (a == b)
		return true;
	if (a->field != b->field || a->negated != b->negated || a->nterms != b->nterms)
		return false;
	for (size_t i = 0; i < a->nterms; i++)
		if (!term_equal(&a->terms[i], &b->terms[i]))
			return false;
	return true;
}

static bool cube_has(const struct cube *c, const struct plan_pred *pred)
{
	for (unsigned int i = 0; i < c->npreds; i++)
		if (pred_equal(c->preds[i], pred))
			return true;
	return false;
}

/* false if no event can be in both */
static bool cube_and(struct cube *a, const struct cube *b)
{
	for (size_t i = 0; i < EVENT_ID_END / 64; i++)
		a->events.bits[i] &= b->events.bits[i];
	for (unsigned int i = 0; i < b->npreds && a->npreds < CUBE_PREDS_MAX; i++)
		if (!cube_has(a, b->preds[i]))
			a->preds[a->npreds++] = b->preds[i];
	return !event_set_empty(&a->events);
}

static const struct plan_pred *positive_on(const struct cube *c, uint16_t field)
{
	for (unsigned int i = 0; i < c->npreds; i++)
		if (c->preds[i]->field == field && !c->preds[i]->negated)
			return c->preds[i];
	return NULL;
}

static const struct plan_pred *pred_union(const struct plan_pred *a, const struct plan_pred *b,
					  struct arena *arena)
{
	struct plan_pred *u = arena_new(arena, struct plan_pred);

	if (!u)
		return NULL;
	*u = *a;
	u->terms = arena_array(arena, struct plan_term, a->nterms + b->nterms);
	if (!u->terms)
		return NULL;
	memcpy(u->terms, a->terms, a->nterms * sizeof(*a->terms));
	for (size_t i = 0; i < b->nterms; i++) {
		bool twice = false;

		for (size_t j = 0; j < a->nterms && !twice; j++)
			twice = term_equal(&a->terms[j], &b->terms[i]);
		if (!twice)
			u->terms[u->nterms++] = b->terms[i];
	}
	return u;
}

/*
 * One cube that holds all that either holds: a predicate stays if both have
 * it; of two positive ones on a field the union stays; the rest goes.
 */
static int cube_widen(struct cube *a, const struct cube *b, struct arena *arena)
{
	struct cube w = { .events = a->events };

	for (size_t i = 0; i < EVENT_ID_END / 64; i++)
		w.events.bits[i] |= b->events.bits[i];
	for (unsigned int i = 0; i < a->npreds; i++) {
		const struct plan_pred *pred = a->preds[i], *other;

		if (!cube_has(b, pred)) {
			other = pred->negated ? NULL : positive_on(b, pred->field);
			if (!other)
				continue;
			pred = pred_union(pred, other, arena);
			if (!pred)
				return -1;
		}
		w.preds[w.npreds++] = pred;
	}
	*a = w;
	return 0;
}

/* whether all that b holds is in a already, told by the predicates being the same */
static bool cube_covers(const struct cube *a, const struct cube *b)
{
	for (size_t i = 0; i < EVENT_ID_END / 64; i++)
		if (b->events.bits[i] & ~a->events.bits[i])
			return false;
	for (unsigned int i = 0; i < a->npreds; i++)
		if (!cube_has(b, a->preds[i]))
			return false;
	return true;
}

static int add(struct cubes *to, const struct cube *c, struct arena *arena)
{
	for (unsigned int i = 0; i < to->n; i++)
		if (cube_covers(&to->c[i], c))
			return 0;
	if (to->n < CUBES_MAX) {
		to->c[to->n++] = *c;
		return 0;
	}
	return cube_widen(&to->c[CUBES_MAX - 1], c, arena);
}

int cubes_and(struct cubes *a, const struct cubes *b, struct arena *arena)
{
	struct cubes product = { .n = 0 };

	for (unsigned int i = 0; i < a->n; i++) {
		for (unsigned int j = 0; j < b->n; j++) {
			struct cube c = a->c[i];

			if (cube_and(&c, &b->c[j]) && add(&product, &c, arena) == -1)
				return -1;
		}
	}
	*a = product;
	return 0;
}

int cubes_or(struct cubes *a, const struct cubes *b, struct arena *arena)
{
	for (unsigned int i = 0; i < b->n; i++)
		if (add(a, &b->c[i], arena) == -1)
			return -1;
	return 0;
}
