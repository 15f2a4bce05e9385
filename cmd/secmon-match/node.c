// SPDX-License-Identifier: BSD-2-Clause
/* Nodes of the graph: folded, put in order, and each made only once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/program_impl.h"

static int grow(void *array, uint32_t *room, uint32_t want, size_t size)
{
	void **a = array, *grown;
	uint32_t n = *room ? *room : 64;

	if (want <= *room)
		return 0;
	while (n < want)
		n *= 2;
	grown = reallocarray(*a, n, size);
	if (!grown)
		return -1;
	*a = grown;
	*room = n;
	return 0;
}

struct pred *pred_new(struct program *p)
{
	if (grow(&p->preds, &p->preds_room, p->npreds + 1, sizeof(*p->preds)) < 0)
		return NULL;
	memset(&p->preds[p->npreds], 0, sizeof(*p->preds));
	return &p->preds[p->npreds++];
}

long slot_new(struct program *p, const struct expr *e)
{
	if (grow(&p->slots, &p->slots_room, p->nslots + 1, sizeof(*p->slots)) < 0)
		return -1;
	p->slots[p->nslots] = e;
	return p->nslots++;
}

static uint64_t hash(enum node_kind kind, const uint32_t *kids, uint32_t n)
{
	uint64_t h = 0x9e3779b97f4a7c15ULL * (kind + 1);

	for (uint32_t i = 0; i < n; i++)
		h = (h ^ kids[i]) * 0xff51afd7ed558ccdULL + (h >> 29);
	return h ^ h >> 32;
}

static bool same(const struct program *p, uint32_t node, enum node_kind kind, const uint32_t *kids,
		 uint32_t n)
{
	const struct node *o = &p->nodes[node];

	if (o->kind != kind)
		return false;
	if (kind == NODE_PRED)
		return o->first == kids[0];
	return o->count == n && memcmp(&p->kids[o->first], kids, n * sizeof(*kids)) == 0;
}

static uint64_t hash_of(const struct program *p, uint32_t node)
{
	const struct node *o = &p->nodes[node];

	if (o->kind == NODE_PRED)
		return hash(o->kind, &o->first, 1);
	return hash(o->kind, &p->kids[o->first], o->count);
}

static int index_grow(struct program *p)
{
	uint32_t room = p->index_room ? p->index_room * 2 : 1024;
	uint32_t *index = calloc(room, sizeof(*index));

	if (!index)
		return -1;
	for (uint32_t i = 2; i < p->nnodes; i++) {
		uint32_t at = (uint32_t)hash_of(p, i) & (room - 1);

		while (index[at])
			at = (at + 1) & (room - 1);
		index[at] = i;
	}
	free(p->index);
	p->index = index;
	p->index_room = room;
	return 0;
}

/* Place of a node in the index: of an equal one, or empty. */
static uint32_t *find(struct program *p, enum node_kind kind, const uint32_t *kids, uint32_t n)
{
	uint32_t at;

	if (2 * p->nnodes >= p->index_room && index_grow(p) < 0)
		return NULL;
	at = (uint32_t)hash(kind, kids, n) & (p->index_room - 1);
	while (p->index[at] && !same(p, p->index[at], kind, kids, n))
		at = (at + 1) & (p->index_room - 1);
	return &p->index[at];
}

static struct node *node_new(struct program *p, enum node_kind kind)
{
	if (grow(&p->nodes, &p->nodes_room, p->nnodes + 1, sizeof(*p->nodes)) < 0)
		return NULL;
	memset(&p->nodes[p->nnodes], 0, sizeof(*p->nodes));
	p->nodes[p->nnodes].kind = kind;
	return &p->nodes[p->nnodes++];
}

long node_leaf(struct program *p, enum node_kind kind)
{
	struct node *o = node_new(p, kind);

	if (!o)
		return -1;
	evset_all(kind == NODE_TRUE ? &o->when : &o->unless);
	return p->nnodes - 1;
}

long node_pred(struct program *p, uint32_t pred)
{
	uint32_t *at = find(p, NODE_PRED, &pred, 1);
	struct node *o;

	if (!at)
		return -1;
	if (*at && !p->preds[pred].impure)
		return *at;
	o = node_new(p, NODE_PRED);
	if (!o)
		return -1;
	o->first = pred;
	o->cost = p->preds[pred].cost;
	o->impure = p->preds[pred].impure;
	evset_of_pred(&p->preds[pred], &o->when, &o->unless);
	*at = p->nnodes - 1;
	return p->nnodes - 1;
}

/*
 * Cheapest first: AND and OR give the same whatever the order, because a
 * check has no effect; impure ones stay where they are, and all behind them.
 */
static void put_in_order(const struct program *p, uint32_t *kids, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint32_t k = kids[i], j = i;

		if (p->nodes[k].impure)
			continue;
		while (j > 0 && !p->nodes[kids[j - 1]].impure &&
		       p->nodes[kids[j - 1]].cost > p->nodes[k].cost) {
			kids[j] = kids[j - 1];
			j--;
		}
		kids[j] = k;
	}
}

/* Drop what decides nothing; *decided if a kid decides it all. */
static uint32_t fold(const struct program *p, enum node_kind kind, uint32_t *kids, uint32_t n,
		     bool *decided)
{
	uint32_t neutral = kind == NODE_AND ? NODE_TRUE : NODE_FALSE, left = 0;

	*decided = false;
	for (uint32_t i = 0; i < n; i++) {
		bool again = false;

		if (kids[i] == neutral)
			continue;
		if (kids[i] == NODE_TRUE || kids[i] == NODE_FALSE) {
			*decided = true;
			return 0;
		}
		for (uint32_t k = 0; k < left && left < 64 && !again; k++)
			again = kids[k] == kids[i] && !p->nodes[kids[i]].impure;
		if (!again)
			kids[left++] = kids[i];
	}
	return left;
}

static void summarize(struct program *p, struct node *o)
{
	uint64_t cost = 0;

	for (uint32_t i = 0; i < o->count; i++) {
		const struct node *kid = &p->nodes[p->kids[o->first + i]];

		/* the later ones are not always reached */
		cost += i == 0 ? kid->cost : kid->cost / 2;
		o->impure |= kid->impure;
		if (o->kind == NODE_NOT) {
			o->when = kid->unless;
			o->unless = kid->when;
		} else if (i == 0) {
			o->when = kid->when;
			o->unless = kid->unless;
		} else if (o->kind == NODE_AND) {
			evset_and(&o->when, &kid->when);
			evset_or(&o->unless, &kid->unless);
		} else {
			evset_or(&o->when, &kid->when);
			evset_and(&o->unless, &kid->unless);
		}
	}
	o->cost = cost < UINT32_MAX / 2 ? (uint32_t)cost + 1 : UINT32_MAX / 2;
}

/* An AND in an AND is part of it: each of its kids can spare all the others. */
static uint32_t *flatten(const struct program *p, uint32_t *kids, uint32_t *n)
{
	uint32_t room = 0, at = 0, *flat;

	for (uint32_t i = 0; i < *n; i++)
		room += p->nodes[kids[i]].kind == NODE_AND ? p->nodes[kids[i]].count : 1;
	flat = reallocarray(NULL, room + 1, sizeof(*flat));
	for (uint32_t i = 0; flat && i < *n; i++) {
		const struct node *o = &p->nodes[kids[i]];

		if (o->kind != NODE_AND) {
			flat[at++] = kids[i];
			continue;
		}
		memcpy(&flat[at], &p->kids[o->first], o->count * sizeof(*flat));
		at += o->count;
	}
	*n = at;
	return flat;
}

static long join(struct program *p, enum node_kind kind, uint32_t *kids, uint32_t n);

long node_join(struct program *p, enum node_kind kind, uint32_t *kids, uint32_t n)
{
	uint32_t *flat;
	long made;

	if (kind == NODE_NOT) {
		if (kids[0] <= NODE_TRUE)
			return kids[0] == NODE_TRUE ? NODE_FALSE : NODE_TRUE;
		if (p->nodes[kids[0]].kind == NODE_NOT)
			return p->kids[p->nodes[kids[0]].first];
	}
	if (kind != NODE_AND)
		return join(p, kind, kids, n);
	flat = flatten(p, kids, &n);
	made = flat ? join(p, kind, flat, n) : -1;
	free(flat);
	return made;
}

static long join(struct program *p, enum node_kind kind, uint32_t *kids, uint32_t n)
{
	struct node *o;
	uint32_t *at;
	bool decided;

	if (kind != NODE_NOT) {
		n = fold(p, kind, kids, n, &decided);
		if (decided)
			return kind == NODE_AND ? NODE_FALSE : NODE_TRUE;
		if (n == 0)
			return kind == NODE_AND ? NODE_TRUE : NODE_FALSE;
		if (n == 1)
			return kids[0];
		put_in_order(p, kids, n);
	}
	at = find(p, kind, kids, n);
	if (!at)
		return -1;
	if (*at)
		return *at;
	if (grow(&p->kids, &p->kids_room, p->nkids + n, sizeof(*p->kids)) < 0)
		return -1;
	o = node_new(p, kind);
	if (!o)
		return -1;
	o->first = p->nkids;
	o->count = n;
	memcpy(&p->kids[p->nkids], kids, n * sizeof(*kids));
	p->nkids += n;
	summarize(p, o);
	*at = p->nnodes - 1;
	return p->nnodes - 1;
}
