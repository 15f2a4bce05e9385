// SPDX-License-Identifier: BSD-2-Clause
/* The examples that rules carry. */
#include "cmd/secmon-match/examples.h"

#include <errno.h>
#include <string.h>

#include "cmd/secmon-match/example_event.h"
#include "cmd/secmon-match/why.h"
#include "common/log.h"

enum { SCRATCH_BYTES = 1024 * 1024 };

struct tester {
	struct engine *engine;
	struct outq *q;
	struct scratch scratch;
	struct xctx x;
	struct event event;
	FILE *out;
	unsigned int right, wrong, broken, without;
};

static void complain(struct tester *t, const struct rule *r, const struct ynode *n,
		     const char *text)
{
	fprintf(t->out, "%s:%u:%u: rule '%s': %s\n", n->file ? n->file->path : "?", n->line,
		n->column, r->name, text);
}

/* What the rule found in an event that it should have let pass. */
static void say_why(struct tester *t, uint32_t node)
{
	struct why y;

	why_explain(&y, t->engine->eval, &t->x, node);
	for (size_t i = 0; i < y.n; i++)
		fprintf(t->out, "\t%.*s\n", (int)y.lines[i].len, y.lines[i].s);
}

static void one(struct tester *t, const struct active *a, const struct ynode *map, bool must)
{
	const struct ynode *where;
	char err[256];
	bool hit;

	if (outq_flush(t->q) < 0 ||
	    example_event(map, t->q, &t->event, &where, err, sizeof(err)) < 0) {
		complain(t, a->rule, where, err);
		t->broken++;
		return;
	}
	xctx_event(&t->x, &t->event);
	engine_event(t->engine, &t->x);
	hit = eval_node(t->engine->eval, a->node);
	if (hit == must) {
		t->right++;
		return;
	}
	t->wrong++;
	complain(t, a->rule, map, must ? "does not match this example" : "matches this example");
	if (hit)
		say_why(t, a->node);
}

static void several(struct tester *t, const struct active *a, const char *key, bool must)
{
	const struct ynode *list = ynode_get(a->rule->examples, key);

	if (!list)
		return;
	if (list->kind != YNODE_SEQ) {
		complain(t, a->rule, list, "'match' and 'pass' are lists of events");
		t->broken++;
		return;
	}
	for (uint32_t i = 0; i < list->n; i++)
		one(t, a, list->items[i], must);
}

static void of_rule(struct tester *t, const struct active *a)
{
	const struct ynode *e = a->rule->examples;

	if (!e) {
		t->without++;
		return;
	}
	if (e->kind != YNODE_MAP) {
		complain(t, a->rule, e, "examples: has 'match' and 'pass'");
		t->broken++;
		return;
	}
	for (uint32_t i = 0; i < e->n; i++) {
		const char *key = e->pairs[i].key->text;

		if (key && (strcmp(key, "match") == 0 || strcmp(key, "pass") == 0))
			continue;
		complain(t, a->rule, e->pairs[i].key, "examples: has 'match' and 'pass'");
		t->broken++;
	}
	several(t, a, "match", true);
	several(t, a, "pass", false);
}

int examples_run(const struct running *run, FILE *out)
{
	struct tester t = { .engine = run->engine, .out = out };

	t.q = outq_new(-1, "examples", OUTQ_MIN);
	if (!t.q || scratch_init(&t.scratch, SCRATCH_BYTES) < 0) {
		log_err("%s", strerror(errno));
		outq_free(t.q);
		return 1;
	}
	t.x.s = &t.scratch;
	event_init(&t.event);
	for (uint32_t i = 0; i < run->engine->nactive; i++)
		of_rule(&t, &run->engine->active[i]);
	fprintf(out, "%u examples right, %u wrong, %u broken; %u of %u rules have none\n", t.right,
		t.wrong, t.broken, t.without, run->engine->nactive);
	scratch_fini(&t.scratch);
	outq_free(t.q);
	if (fflush(out) != 0)
		return 1;
	return t.broken ? 2 : t.wrong ? 1 : 0;
}
