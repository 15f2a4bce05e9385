// SPDX-License-Identifier: BSD-2-Clause
/* Rules ready to run. */
#include "cmd/secmon-match/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

static int add_rule(struct engine *e, const struct rule *rule, const struct engine_options *o,
		    struct check_error *err)
{
	struct active *a = &e->active[e->nactive];
	long node = program_add(e->program, rule->condition, err);

	if (node < 0)
		return -1;
	a->rule = rule;
	a->node = (uint32_t)node;
	a->format = appends_format(o->appends, rule, &e->arena, err);
	a->tally = tally_of(rule->name);
	if (!a->format || !a->tally)
		return -1;
	format_always(a->format);
	a->limit = o->limit;
	if (rule->rate_count)
		a->limit = (struct limit){ .count = rule->rate_count,
					   .per_ns = rule->rate_ms * NS_PER_MS };
	e->nactive++;
	return 0;
}

static void bucket_free(struct bucket *b, uint32_t nblocks)
{
	for (uint32_t i = 0; i < nblocks; i++)
		block_fini(&b->blocks[i]);
	free(b->blocks);
	free(b->active);
	free(b->nodes);
	free(b);
}

static uint32_t blocks_of(uint32_t n)
{
	return (n + BLOCK_RULES - 1) / BLOCK_RULES;
}

/* Each rule reduced to events of that type, if it can be true; NULL: nothing is known of it. */
static int reduce(struct engine *e, struct bucket *b, const struct event_type *type)
{
	if (type && program_special_begin(e->program) < 0)
		return -1;
	b->hash = 0;
	for (uint32_t i = 0; i < e->nactive; i++) {
		long node = e->active[i].node;

		if (type)
			node = program_specialize(e->program, e->active[i].node, type);
		if (node < 0)
			return -1;
		if (node == NODE_FALSE)
			continue;
		b->active[b->n] = i;
		b->nodes[b->n++] = (uint32_t)node;
		b->hash = (b->hash ^ (uint64_t)node << 32 ^ i) * 0x9e3779b97f4a7c15ULL;
	}
	return 0;
}

static struct bucket *same(const struct engine *e, const struct bucket *b)
{
	struct bucket *o = e->buckets;

	while (o && (o->hash != b->hash || o->n != b->n ||
		     memcmp(o->active, b->active, b->n * sizeof(*b->active)) != 0 ||
		     memcmp(o->nodes, b->nodes, b->n * sizeof(*b->nodes)) != 0))
		o = o->next;
	return o;
}

static int add_blocks(const struct eval *e, struct bucket *b)
{
	uint32_t n = blocks_of(b->n), at;

	b->blocks = calloc(n, sizeof(*b->blocks));
	if (!b->blocks)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		at = i * BLOCK_RULES;
		if (block_init(&b->blocks[i], e, &b->nodes[at],
			       b->n - at < BLOCK_RULES ? b->n - at : BLOCK_RULES) < 0)
			return -1;
	}
	return 0;
}

static void shrink(uint32_t **v, uint32_t n)
{
	uint32_t *fit = reallocarray(*v, n, sizeof(*fit));

	if (fit)
		*v = fit;
}

/* The bucket for events of a type into *to: NULL if no rule can match them. */
static int fill(struct engine *e, struct bucket **to, const struct event_type *type)
{
	struct bucket *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	b->active = calloc(e->nactive + 1, sizeof(*b->active));
	b->nodes = calloc(e->nactive + 1, sizeof(*b->nodes));
	if (!b->active || !b->nodes || reduce(e, b, type) < 0) {
		bucket_free(b, 0);
		return -1;
	}
	*to = b->n ? same(e, b) : NULL;
	if (*to || !b->n) {
		bucket_free(b, 0);
		return 0;
	}
	shrink(&b->active, b->n);
	shrink(&b->nodes, b->n);
	b->next = e->buckets;
	e->buckets = b;
	*to = b;
	return 0;
}

static int fill_all(struct engine *e)
{
	size_t n;
	const struct event_type *t = event_table(&n);

	for (size_t i = 0; i < n; i++)
		/* what tells the state of the machine at the start is nobody's deed */
		if (t[i].id != EV_SNAPSHOT && fill(e, &e->of_type[t[i].id], &t[i]) < 0)
			return -1;
	return fill(e, &e->unknown, NULL);
}

/* The program is whole: how its conditions are asked. */
static int add_eval(struct engine *e)
{
	e->eval = eval_new(e->program);
	if (!e->eval)
		return -1;
	for (struct bucket *b = e->buckets; b; b = b->next)
		if (add_blocks(e->eval, b) < 0)
			return -1;
	return 0;
}

struct engine *engine_new(const struct ruleset *rs, const struct engine_options *o,
			  struct check_error *err)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	arena_init(&e->arena, 0);
	e->program = program_new();
	e->active = calloc(rs->nrules + 1, sizeof(*e->active));
	if (!e->program || !e->active)
		goto fail;
	for (size_t i = 0; i < rs->nrules; i++)
		if (rs->rules[i].enabled && add_rule(e, &rs->rules[i], o, err) < 0)
			goto fail;
	if (fill_all(e) == 0 && add_eval(e) == 0)
		return e;
fail:;
	int saved = errno;

	engine_free(e);
	errno = saved;
	return NULL;
}

void engine_free(struct engine *e)
{
	struct bucket *b, *next;

	if (!e)
		return;
	for (b = e->buckets; b; b = next) {
		next = b->next;
		bucket_free(b, b->blocks ? blocks_of(b->n) : 0);
	}
	eval_free(e->eval);
	program_free(e->program);
	free(e->active);
	arena_free(&e->arena);
	free(e);
}

static void sort(struct engine *e)
{
	for (struct bucket *b = e->buckets; b; b = b->next)
		for (uint32_t i = 0; i < blocks_of(b->n); i++)
			if (b->blocks[i].asked)
				block_sort(&b->blocks[i]);
}

void engine_event(struct engine *e, struct xctx *x)
{
	unsigned int type = x->e->type;

	e->bucket = type < EVENT_ID_END ? e->of_type[type] : e->unknown;
	e->asked = 0;
	if (eval_event(e->eval, x))
		sort(e);
}

struct active *engine_next(struct engine *e, uint32_t *at)
{
	const struct bucket *b = e->bucket;

	while (b && *at < b->n) {
		uint32_t block = *at / BLOCK_RULES, first = block * BLOCK_RULES;
		uint64_t left;

		if (e->asked != block + 1) {
			e->left = block_ask(&b->blocks[block], e->eval);
			e->asked = block + 1;
		}
		left = e->left >> (*at - first) << (*at - first);
		if (!left) {
			*at = first + BLOCK_RULES;
			continue;
		}
		*at = first + (uint32_t)__builtin_ctzll(left) + 1;
		if (!(b->blocks[block].whole >> (*at - 1 - first) & 1) ||
		    eval_node(e->eval, b->nodes[*at - 1]))
			return &e->active[b->active[*at - 1]];
	}
	return NULL;
}
