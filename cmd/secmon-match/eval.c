// SPDX-License-Identifier: BSD-2-Clause
/* The evaluator: every value got and every part of a condition decided at most once per event. */
#include "cmd/secmon-match/eval.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/pieces.h"
#include "cmd/secmon-match/symbols.h"
#include "common/compat.h"

enum { SORT_FIRST = 256, SORT_LAST = 1 << 20, SORT_KIDS_MAX = 4096 }; /* turns, kids */
enum { ITEMS_MAX = 16, PLACES_DEPTH = 4 };

/* A value of the event, and its number in the dictionary of its slot. */
struct kept {
	uint32_t turn; /* event it is of */
	bool there, numbered;
	int32_t number;
	int32_t numbers[ITEMS_MAX]; /* of the items of "any ancestor" */
	struct xval v;
};

/* What evaluation needs of a node, and no more: many of them fit in the cache. */
struct step {
	uint32_t known; /* turn * 2 + result */
	uint32_t first;
	uint32_t count : 28, kind : 3, impure : 1;
	uint32_t seen, held; /* how often it was decided, and was true */
};

struct eval {
	const struct program *p;
	struct xctx *x;
	uint32_t turn;	    /* number of the event, 31 bits */
	struct step *steps; /* per node */
	uint32_t *kids;	    /* in the order that pays */
	uint32_t sort_at;   /* turn of the next sort_all() */
	struct kept *kept;  /* per slot */
	struct symbols symbols;
	struct pieces pieces;
};

struct eval *eval_new(const struct program *p)
{
	struct eval *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->p = p;
	e->steps = calloc(p->nnodes + 1, sizeof(*e->steps));
	e->kept = calloc(p->nslots + 1, sizeof(*e->kept));
	e->kids = calloc(p->nkids + 1, sizeof(*e->kids));
	if (!e->steps || !e->kept || !e->kids || symbols_init(&e->symbols, p) < 0 ||
	    pieces_init(&e->pieces, p) < 0) {
		eval_free(e);
		return NULL;
	}
	if (p->nkids)
		memcpy(e->kids, p->kids, p->nkids * sizeof(*e->kids));
	e->sort_at = SORT_FIRST;
	for (uint32_t i = 0; i < p->nnodes; i++) {
		e->steps[i].first = p->nodes[i].first;
		e->steps[i].count = p->nodes[i].count;
		e->steps[i].kind = p->nodes[i].kind;
		e->steps[i].impure = p->nodes[i].impure;
	}
	return e;
}

void eval_free(struct eval *e)
{
	if (!e)
		return;
	symbols_fini(&e->symbols);
	pieces_fini(&e->pieces);
	free(e->steps);
	free(e->kids);
	free(e->kept);
	free(e);
}

const struct program *eval_program(const struct eval *e)
{
	return e->p;
}

/* What asking this kid first costs for each time it decides an AND (it is false) or OR (true). */
static float price(const struct eval *e, uint32_t kid, bool conjunction)
{
	const struct step *s = &e->steps[kid];
	float held = ((float)s->held + 1.0f) / ((float)s->seen + 2.0f);

	return (float)e->p->nodes[kid].cost / (conjunction ? 1.0f - held : held);
}

/*
 * The kids of an AND or OR may be asked in any order. What the events were like so far
 * says which one is likely to spare the others. Impure ones keep the order of the rule.
 */
static void sort_kids(struct eval *e, const struct step *s)
{
	uint32_t *kids = &e->kids[s->first];
	bool conjunction = s->kind == NODE_AND;

	for (uint32_t i = 1; i < s->count; i++) {
		uint32_t kid = kids[i], j = i;
		float p = price(e, kid, conjunction);

		for (; j > 0 && price(e, kids[j - 1], conjunction) > p; j--)
			kids[j] = kids[j - 1];
		kids[j] = kid;
	}
}

static void sort_all(struct eval *e)
{
	for (uint32_t i = 0; i < e->p->nnodes; i++) {
		struct step *s = &e->steps[i];

		if ((s->kind == NODE_AND || s->kind == NODE_OR) && !s->impure && s->seen &&
		    s->count <= SORT_KIDS_MAX)
			sort_kids(e, s);
	}
	for (uint32_t i = 0; i < e->p->nnodes; i++) { /* the past counts less and less */
		e->steps[i].seen /= 2;
		e->steps[i].held /= 2;
	}
	e->sort_at = e->turn + (e->turn < SORT_LAST ? e->turn : SORT_LAST);
}

/* Every UINT32_MAX / 2 events a turn would be taken for an older one. */
static void first_turn(struct eval *e)
{
	e->turn = 1;
	e->sort_at = SORT_FIRST;
	for (uint32_t i = 0; i < e->p->nnodes; i++)
		e->steps[i].known = 0;
	for (uint32_t i = 0; i < e->p->nslots; i++)
		e->kept[i].turn = 0;
}

bool eval_event(struct eval *e, struct xctx *x)
{
	bool sorted = e->turn >= e->sort_at;

	e->x = x;
	if (sorted)
		sort_all(e);
	if (++e->turn >= UINT32_MAX / 2)
		first_turn(e);
	return sorted;
}

static struct kept *get(struct eval *e, uint32_t slot)
{
	struct kept *k = &e->kept[slot];

	if (k->turn != e->turn || e->p->slots[slot]->impure) {
		k->turn = e->turn;
		k->numbered = false;
		pieces_forget(&e->pieces.slots[slot]);
		k->there = expr_value(e->x, e->p->slots[slot], &k->v) && k->v.quant != Q_PRINTED;
	}
	return k;
}

const struct xval *eval_value(struct eval *e, uint32_t slot)
{
	struct kept *k = get(e, slot);

	return k->there ? &k->v : NULL;
}

/* The number of a text in the dictionary of its slot, which there must be. */
static int32_t number(struct eval *e, uint32_t slot, struct kept *k)
{
	if (!k->numbered) {
		k->number = symbols_number(&e->symbols, slot, &k->v);
		k->numbered = true;
	}
	return k->number;
}

/* The same of each item of "any ancestor". */
static const int32_t *numbers(struct eval *e, uint32_t slot, struct kept *k)
{
	if (!k->numbered) {
		for (uint32_t i = 0; i < k->v.len; i++)
			k->numbers[i] = symbols_number(&e->symbols, slot, &k->v.items[i]);
		k->numbered = true;
	}
	return k->numbers;
}

static bool has_numbers(const struct kept *k)
{
	return k->v.kind == X_ITEMS && k->v.quant == Q_ANY && k->v.len <= ITEMS_MAX;
}

static bool any_holds(struct eval *e, uint32_t slot, const struct symbol_check *c, struct kept *k)
{
	const int32_t *n = numbers(e, slot, k);

	for (uint32_t i = 0; i < k->v.len; i++)
		if (symbol_holds(c, n[i]))
			return true;
	return false;
}

static bool text_holds(struct eval *e, const struct pred *p, uint32_t n, struct kept *k)
{
	const struct symbol_check *c = &e->symbols.checks[n];
	const struct piece_check *piece = &e->pieces.checks[n];

	if (c->how != SYMBOL_NONE)
		return symbol_holds(c, number(e, p->slot, k));
	if (piece->where == MANY_END)
		return pred_test(p, &k->v, p->right ? eval_value(e, p->rslot) : NULL);
	return pieces_hold(&e->pieces.slots[p->slot], piece, &k->v) &&
	       (!piece->more || pred_test(p, &k->v, NULL));
}

static bool pred_holds(struct eval *e, uint32_t n)
{
	const struct pred *p = &e->p->preds[n];
	const struct symbol_check *c = &e->symbols.checks[n];
	struct kept *k = get(e, p->slot);

	if (!k->there)
		return false;
	if (k->v.kind == X_TEXT)
		return text_holds(e, p, n, k);
	if (c->how != SYMBOL_NONE && has_numbers(k))
		return any_holds(e, p->slot, c, k);
	return pred_test(p, &k->v, p->right ? eval_value(e, p->rslot) : NULL);
}

static unsigned int pred_places(const struct eval *e, uint32_t n, uint32_t *slot)
{
	const struct symbol_check *c = &e->symbols.checks[n];
	unsigned int where = e->pieces.checks[n].where;

	*slot = e->p->preds[n].slot;
	if (c->how != SYMBOL_NONE)
		return c->how == SYMBOL_NE ? 0 : 1U << PLACE_WHOLE;
	return where < MANY_END ? 1U << where : 0;
}

/* One of an AND suffices to make it false; of an OR all must look at the same value. */
static unsigned int places(const struct eval *e, uint32_t node, uint32_t *slot, unsigned int depth)
{
	const struct node *o = &e->p->nodes[node];
	const uint32_t *kids = &e->p->kids[o->first];
	unsigned int all = 0;
	uint32_t first = 0;

	if (o->impure || !depth)
		return 0;
	if (o->kind == NODE_PRED)
		return pred_places(e, o->first, slot);
	for (uint32_t i = 0; i < o->count && (o->kind == NODE_AND || o->kind == NODE_OR); i++) {
		unsigned int one = places(e, kids[i], slot, depth - 1);

		if (o->kind == NODE_AND) {
			if (one)
				return one;
			continue;
		}
		if (!one || (i && *slot != first))
			return 0;
		first = *slot;
		all |= one;
	}
	return all;
}

unsigned int eval_places(const struct eval *e, uint32_t node, uint32_t *slot)
{
	return places(e, node, slot, PLACES_DEPTH);
}

static bool plain_text(struct eval *e, uint32_t slot, unsigned int all, struct kept *k)
{
	if (all >> PLACE_WHOLE & 1 && number(e, slot, k) >= 0)
		return false;
	for (unsigned int i = 0; i < MANY_END; i++)
		if (all >> i & 1 && pieces_any(&e->pieces.slots[slot], i, &k->v))
			return false;
	return true;
}

bool eval_plain(struct eval *e, uint32_t slot, unsigned int all)
{
	struct kept *k = get(e, slot);
	const int32_t *n;

	if (!k->there)
		return true;
	if (k->v.kind == X_TEXT)
		return plain_text(e, slot, all, k);
	if (all != 1U << PLACE_WHOLE || !has_numbers(k))
		return false;
	n = numbers(e, slot, k);
	for (uint32_t i = 0; i < k->v.len; i++)
		if (n[i] >= 0)
			return false;
	return true;
}

static bool decide(struct eval *e, const struct step *s)
{
	const uint32_t *kid = &e->kids[s->first], *end = kid + s->count;

	switch (s->kind) {
	case NODE_PRED:
		return pred_holds(e, s->first);
	case NODE_NOT:
		return !eval_node(e, *kid);
	case NODE_AND:
		for (; kid < end; kid++)
			if (!eval_node(e, *kid))
				return false;
		return true;
	case NODE_OR:
		for (; kid < end; kid++)
			if (eval_node(e, *kid))
				return true;
		return false;
	default:
		return s->kind == NODE_TRUE;
	}
}

bool eval_node(struct eval *e, uint32_t node)
{
	struct step *s = &e->steps[node];
	bool holds;

	if (s->known >> 1 == e->turn)
		return s->known & 1;
	holds = decide(e, s);
	s->seen++;
	s->held += holds;
	if (!s->impure)
		s->known = e->turn << 1 | holds;
	return holds;
}
