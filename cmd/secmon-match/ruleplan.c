// SPDX-License-Identifier: BSD-2-Clause
/* From rules to a plan. */
#include "cmd/secmon-match/ruleplan.h"

#include <errno.h>
#include <string.h>

#include "cmd/secmon-match/planexplain.h"
#include "cmd/secmon-match/pushdown.h"
#include "common/compat.h"

/* Fields that cost capture or enrich something; the rest is there in any case. */
static const struct {
	const char *prefix; /* of the name that a rule uses */
	uint16_t field;	    /* what must be collected then */
} dear[] = {
	{ "proc.env", F_PROC_ENV },
	{ "proc.aenv", F_PROC_ENV },
	{ "evt.arg.env", F_PROC_ENV },
	{ "evt.args", F_PROC_ENV },
	{ "evt.info", F_PROC_ENV },
	{ "evt.buffer", F_EVT_BUFFER },
	{ "proc.exe_hash", F_PROC_EXE_HASH_SHA256 },
	{ "thread.cgroup", F_THREAD_CGROUPS },
};

static bool is_dear(unsigned int field)
{
	for (size_t i = 0; i < nitems(dear); i++)
		if (dear[i].field == field)
			return true;
	return false;
}

static void need_cheap(struct plan *p)
{
	size_t n;
	const struct field *f = field_table(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].filled == FILLED_CAPTURE && !is_dear(f[i].id))
			plan_need(p, f[i].id);
	for (unsigned int arg = 0; arg < ARG_END; arg++)
		if (arg_name(arg))
			plan_need(p, F_ARG(arg));
}

static void need_named(struct plan *p, const char *name, size_t len)
{
	for (size_t i = 0; i < nitems(dear); i++)
		if (len >= strlen(dear[i].prefix) &&
		    !memcmp(name, dear[i].prefix, strlen(dear[i].prefix)))
			plan_need(p, dear[i].field);
}

static void need_operand(struct plan *p, const struct operand *o)
{
	if (!o)
		return;
	if (o->kind == OPERAND_FIELD)
		need_named(p, o->text.s, o->text.len);
	for (uint32_t i = 0; i < o->nargs; i++)
		need_operand(p, o->args[i]);
}

static void need_check(void *arg, const struct ast *node)
{
	need_operand(arg, node->check.left);
	need_operand(arg, node->check.right);
}

void ruleplan_output(struct plan *p, const char *output)
{
	for (size_t i = 0; i < nitems(dear); i++)
		if (strstr(output, dear[i].prefix))
			plan_need(p, dear[i].field);
}

/* ---- one rule */

struct telling {
	FILE *fp;
	const char *rule;
};

static void tell_left(void *arg, const struct ast *node, const char *why)
{
	const struct telling *t = arg;

	if (!t->fp)
		return;
	fputs("  not pushed: ", t->fp);
	ast_print(t->fp, node);
	fprintf(t->fp, " (%s)\n", why);
}

static int add_selector(struct plan *p, const struct rule *rule, const struct cube *c)
{
	struct plan_selector *s = plan_add_selector(p, rule->name);

	if (!s)
		return -1;
	memcpy(s->events, c->events.bits, sizeof(s->events));
	s->priority = (uint8_t)rule->priority;
	for (unsigned int i = 0; i < c->npreds; i++) {
		const struct plan_pred *from = c->preds[i];
		struct plan_pred *pred = plan_add_pred(p, s, from->field, from->negated);

		if (!pred)
			return -1;
		for (size_t j = 0; j < from->nterms; j++)
			if (plan_add_term(p, pred, &from->terms[j]) == -1)
				return -1;
	}
	return 0;
}

static int plan_rule(struct plan *p, const struct rule *rule, struct arena *arena, FILE *explain)
{
	struct telling t = { explain, rule->name };
	struct cubes *cubes = arena_new(arena, struct cubes);

	if (explain)
		fprintf(explain, "%s\n", rule->name);
	if (!cubes || pushdown(rule->condition, arena, tell_left, &t, cubes) == -1)
		return -1;
	for (unsigned int i = 0; i < cubes->n; i++)
		if (add_selector(p, rule, &cubes->c[i]) == -1)
			return -1;
	if (explain)
		planexplain(explain, rule->name, cubes);
	ast_walk(rule->condition, need_check, p);
	ruleplan_output(p, rule->output);
	return 0;
}

struct plan *ruleplan(const struct ruleset *rs, FILE *explain)
{
	struct plan *p = plan_new();
	struct arena arena;

	if (!p)
		return NULL;
	need_cheap(p);
	for (size_t i = 0; i < rs->nrules; i++) {
		int r;

		if (!rs->rules[i].enabled)
			continue;
		arena_init(&arena, 0);
		r = plan_rule(p, &rs->rules[i], &arena, explain);
		arena_free(&arena);
		if (r == -1) {
			plan_free(p);
			return NULL;
		}
	}
	return p;
}
