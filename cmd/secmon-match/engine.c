/* SPDX-License-Identifier: BSD-2-Clause */
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

/* The rules that may match events of one type, each reduced to that type. */
static int fill(struct engine *e, struct bucket *b, const struct event_type *type)
{
	struct entry_rule *rules = reallocarray(NULL, e->nactive + 1, sizeof(*rules));
	struct entry_rule *fit;

	if (!rules || (type && program_special_begin(e->program) < 0)) {
		free(rules);
		return -1;
	}
	for (uint32_t i = 0; i < e->nactive; i++) {
		long node = e->active[i].node;

		if (type)
			node = program_specialize(e->program, e->active[i].node, type);
		if (node < 0) {
			free(rules);
			return -1;
		}
		if (node != NODE_FALSE)
			rules[b->n++] = (struct entry_rule){ i, (uint32_t)node };
	}
	fit = reallocarray(rules, b->n + 1, sizeof(*fit));
	b->rules = fit ? fit : rules;
	return 0;
}

static int fill_all(struct engine *e)
{
	size_t n;
	const struct event_type *t = event_table(&n);

	for (size_t i = 0; i < n; i++)
		/* what tells the state of the machine at the start is nobody's deed */
		if (t[i].id != EV_SNAPSHOT && fill(e, &e->buckets[t[i].id], &t[i]) < 0)
			return -1;
	return fill(e, &e->unknown, NULL);
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
	if (fill_all(e) < 0)
		goto fail;
	e->eval = eval_new(e->program);
	if (e->eval)
		return e;
fail:;
	int saved = errno;

	engine_free(e);
	errno = saved;
	return NULL;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < nitems(e->buckets); i++)
		free(e->buckets[i].rules);
	free(e->unknown.rules);
	eval_free(e->eval);
	program_free(e->program);
	free(e->active);
	arena_free(&e->arena);
	free(e);
}

void engine_event(struct engine *e, struct xctx *x)
{
	eval_event(e->eval, x);
}

struct active *engine_next(struct engine *e, unsigned int type, uint32_t *at)
{
	const struct bucket *b = type < EVENT_ID_END ? &e->buckets[type] : &e->unknown;

	while (*at < b->n) {
		const struct entry_rule *r = &b->rules[(*at)++];

		if (eval_node(e->eval, r->node))
			return &e->active[r->active];
	}
	return NULL;
}
