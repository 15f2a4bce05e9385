/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules that are asked together. */
#include "cmd/secmon-match/block.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARTS_MAX = 32, /* guards of one rule: the cheapest, and then it is asked whole */
	SORTED_MAX = 256
};

static int by_node(const void *a, const void *b)
{
	const struct guard *g = a, *h = b;

	return (g->node > h->node) - (g->node < h->node);
}

/* The guards of one rule, one behind the other. Impure parts are none: each asking counts. */
static uint32_t parts(struct block *b, const struct program *p, uint32_t node, uint64_t bit,
		      struct guard *to)
{
	const struct node *o = &p->nodes[node];
	uint32_t n = 0;

	if (o->impure) {
		b->whole |= bit;
		return 0;
	}
	if (o->kind != NODE_AND) {
		to[0] = (struct guard){ bit, node };
		return 1;
	}
	for (; n < o->count && n < PARTS_MAX; n++)
		to[n] = (struct guard){ bit, p->kids[o->first + n] };
	if (n < o->count)
		b->whole |= bit;
	return n;
}

/* The same part of several rules is one guard. */
static uint32_t merge(struct guard *g, uint32_t n)
{
	uint32_t left = 0;

	qsort(g, n, sizeof(*g), by_node);
	for (uint32_t i = 0; i < n; i++) {
		if (left && g[left - 1].node == g[i].node)
			g[left - 1].needed |= g[i].needed;
		else
			g[left++] = g[i];
	}
	return left;
}

int block_init(struct block *b, const struct program *p, const uint32_t *nodes, uint32_t n)
{
	struct guard all[BLOCK_RULES * PARTS_MAX];
	uint32_t count = 0;

	*b = (struct block){ .all = n < BLOCK_RULES ? (1ULL << n) - 1 : UINT64_MAX };
	for (uint32_t i = 0; i < n; i++)
		count += parts(b, p, nodes[i], 1ULL << i, &all[count]);
	count = merge(all, count);
	b->guards = reallocarray(NULL, count + 1, sizeof(*b->guards));
	if (!b->guards)
		return -1;
	memcpy(b->guards, all, count * sizeof(*all));
	b->nguards = count;
	return 0;
}

void block_fini(struct block *b)
{
	free(b->guards);
	b->guards = NULL;
	b->nguards = 0;
}

uint64_t block_ask(struct block *b, struct eval *e)
{
	const struct guard *g = b->guards, *end = g + b->nguards;
	uint64_t left = b->all;

	b->asked++;
	for (; g < end && left; g++)
		if (g->needed & left && !eval_node(e, g->node))
			left &= ~g->needed;
	return left;
}

/* What asking the guard next is worth: rules that it is likely to strike out, for its cost. */
static float worth(const struct guard *g, const struct eval *e, const float *alive)
{
	float rules = 0;

	for (uint64_t m = g->needed; m; m &= m - 1)
		rules += alive[__builtin_ctzll(m)];
	return rules * (1 - eval_odds(e, g->node)) / (float)eval_cost(e, g->node);
}

void block_sort(struct block *b, const struct eval *e)
{
	float alive[BLOCK_RULES]; /* how likely each rule is not struck out by then */

	b->asked = 0;
	for (int i = 0; i < BLOCK_RULES; i++)
		alive[i] = 1;
	for (uint32_t at = 0; at < b->nguards && at < SORTED_MAX; at++) {
		uint32_t best = at;
		float most = -1;
		struct guard g;

		for (uint32_t i = at; i < b->nguards; i++) {
			float w = worth(&b->guards[i], e, alive);

			if (w > most) {
				most = w;
				best = i;
			}
		}
		g = b->guards[best];
		b->guards[best] = b->guards[at];
		b->guards[at] = g;
		for (uint64_t m = g.needed; m; m &= m - 1)
			alive[__builtin_ctzll(m)] *= eval_odds(e, g.node);
	}
}
