// SPDX-License-Identifier: BSD-2-Clause
/* Rules that are asked together. */
#include "cmd/secmon-match/block.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARTS_MAX = 32, /* guards of one rule: the cheapest, and then it is asked whole */
	SORTED_MAX = 256
};

/* What looking at a text costs; that it may have to be got first is not counted. */
static uint32_t looking(unsigned int places)
{
	static const uint8_t costs[PLACE_END] = {
		[MANY_PREFIX] = 8, [MANY_SUFFIX] = 8,  [MANY_PART] = 30,
		[MANY_IPART] = 30, [PLACE_WHOLE] = 12,
	};
	uint32_t cost = 0;

	for (unsigned int i = 0; i < PLACE_END; i++)
		cost += places >> i & 1 ? costs[i] : 0;
	return cost;
}

static int by_what(const void *a, const void *b)
{
	const struct guard *g = a, *h = b;

	if (g->places != h->places)
		return g->places < h->places ? -1 : 1;
	return (g->what > h->what) - (g->what < h->what);
}

/* A part is a guard; if it looks for something in a text, so is that text. */
static uint32_t part(const struct eval *e, uint32_t node, uint64_t bit, struct guard *to)
{
	uint32_t slot;
	unsigned int places = eval_places(e, node, &slot);

	to[0] = (struct guard){ .needed = bit,
				.what = node,
				.cost = eval_program(e)->nodes[node].cost + 1 };
	if (!places)
		return 1;
	to[1] = (struct guard){
		.needed = bit, .what = slot, .places = (uint8_t)places, .cost = looking(places)
	};
	return 2;
}

/* The guards of one rule, one behind the other. Impure parts are none: each asking counts. */
static uint32_t parts(struct block *b, const struct eval *e, uint32_t node, uint64_t bit,
		      struct guard *to)
{
	const struct program *p = eval_program(e);
	const struct node *o = &p->nodes[node];
	uint32_t n = 0;

	if (o->impure) {
		b->whole |= bit;
		return 0;
	}
	if (o->kind != NODE_AND)
		return part(e, node, bit, to);
	for (uint32_t i = 0; i < o->count && i < PARTS_MAX; i++)
		n += part(e, p->kids[o->first + i], bit, &to[n]);
	if (o->count > PARTS_MAX)
		b->whole |= bit;
	return n;
}

/* The same guard of several rules is one. */
static uint32_t merge(struct guard *g, uint32_t n)
{
	uint32_t left = 0;

	qsort(g, n, sizeof(*g), by_what);
	for (uint32_t i = 0; i < n; i++) {
		if (left && by_what(&g[left - 1], &g[i]) == 0)
			g[left - 1].needed |= g[i].needed;
		else
			g[left++] = g[i];
	}
	return left;
}

int block_init(struct block *b, const struct eval *e, const uint32_t *nodes, uint32_t n)
{
	struct guard *all = reallocarray(NULL, 2 * PARTS_MAX * BLOCK_RULES, sizeof(*all));
	uint32_t count = 0;

	if (!all)
		return -1;
	*b = (struct block){ .all = n < BLOCK_RULES ? (1ULL << n) - 1 : UINT64_MAX };
	for (uint32_t i = 0; i < n; i++)
		count += parts(b, e, nodes[i], 1ULL << i, &all[count]);
	b->nguards = merge(all, count);
	b->guards = reallocarray(all, b->nguards + 1, sizeof(*all));
	if (!b->guards)
		b->guards = all; /* more than is needed */
	block_sort(b);
	return 0;
}

void block_fini(struct block *b)
{
	free(b->guards);
	b->guards = NULL;
	b->nguards = 0;
}

static bool strikes(const struct guard *g, struct eval *e)
{
	return g->places ? eval_plain(e, g->what, g->places) : !eval_node(e, g->what);
}

uint64_t block_ask(struct block *b, struct eval *e)
{
	struct guard *g = b->guards, *end = g + b->nguards;
	uint64_t left = b->all;

	b->asked++;
	for (; g < end && left; g++) {
		if (!(g->needed & left))
			continue;
		g->asked++;
		if (strikes(g, e)) {
			g->struck++;
			left &= ~g->needed;
		}
	}
	return left;
}

/* How likely a guard strikes. */
static float odds(const struct guard *g)
{
	return ((float)g->struck + 1) / ((float)g->asked + 2);
}

/* What asking it next is worth: the rules that it is likely to strike out, for its cost. */
static float worth(const struct guard *g, const float *alive)
{
	float rules = 0;

	for (uint64_t m = g->needed; m; m &= m - 1)
		rules += alive[__builtin_ctzll(m)];
	return rules * odds(g) / (float)g->cost;
}

static uint32_t most_worth(const struct block *b, uint32_t from, const float *alive)
{
	uint32_t best = from;
	float most = -1;

	for (uint32_t i = from; i < b->nguards; i++) {
		float w = worth(&b->guards[i], alive);

		if (w > most) {
			most = w;
			best = i;
		}
	}
	return best;
}

void block_sort(struct block *b)
{
	float alive[BLOCK_RULES]; /* how likely each rule is not struck out by then */

	b->asked = 0;
	for (int i = 0; i < BLOCK_RULES; i++)
		alive[i] = 1;
	for (uint32_t at = 0; at < b->nguards && at < SORTED_MAX; at++) {
		uint32_t best = most_worth(b, at, alive);
		struct guard g = b->guards[best];

		b->guards[best] = b->guards[at];
		for (uint64_t m = g.needed; m; m &= m - 1)
			alive[__builtin_ctzll(m)] *= 1 - odds(&g);
		g.asked /= 2; /* the past counts less and less */
		g.struck /= 2;
		b->guards[at] = g;
	}
}
