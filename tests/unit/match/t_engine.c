// SPDX-License-Identifier: BSD-2-Clause
/* What the engine finds in a stream is what each rule finds, asked alone and without its short
 * cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-match/checker.h"
#include "cmd/secmon-match/engine.h"
#include "common/compat.h"
#include "common/wire.h"

enum { RULES = 150, EVENTS = 3000, ROUNDS = 6, DEPTH = 3 };

static uint32_t state;

static uint32_t pick(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

static const char *const words[] = {
	"sh",	       "bash",	     "cat",	    "nginx",	 "/etc/passwd",
	"/etc/shadow", "/etc/ssh/x", "/usr/bin/sh", "/tmp/a.so", "/root/.ssh/id_rsa",
	"/etc",	       "a",
};

static const uint16_t types[] = { EV_OPENAT, EV_EXECVE, EV_CONNECT, EV_UNLINK };

static const char *word(void)
{
	return words[pick(nitems(words))];
}

/* A piece of a word, so that it is found in some. */
static void piece(FILE *f)
{
	const char *w = word();
	size_t from = pick((uint32_t)strlen(w)), len = 1 + pick((uint32_t)(strlen(w) - from));

	fprintf(f, "\"%.*s\"", (int)len, w + from);
}

static void check(FILE *f)
{
	static const char *const fields[] = { "proc.name", "fd.name", "proc.exepath", "proc.aname",
					      "user.name" };
	static const char *const ops[] = { "startswith", "endswith", "contains", "icontains" };
	const char *field = fields[pick(nitems(fields))];

	switch (pick(8)) {
	case 0:
		fprintf(f, "%s = %s", field, word());
		break;
	case 1:
		fprintf(f, "%s != %s", field, word());
		break;
	case 2:
		fprintf(f, "%s in (%s, %s, %s)", field, word(), word(), word());
		break;
	case 3:
		fprintf(f, "%s glob \"%s*\"", field, pick(2) ? "/etc/" : "*/.ssh/*_");
		break;
	case 4:
		fprintf(f, "%s pmatch (%s, %s)", field, word(), word());
		break;
	case 5:
		fprintf(f, "proc.pid %s %u", pick(2) ? ">" : "<", pick(10));
		break;
	default:
		fprintf(f, "%s %s ", field, ops[pick(nitems(ops))]);
		piece(f);
	}
}

static void tree(FILE *f, int depth)
{
	const char *join = pick(2) ? " and " : " or ";
	uint32_t n = 2 + pick(3);

	if (pick(4) == 0)
		fputs("not ", f);
	if (depth == 0 || pick(3) == 0) {
		fputc('(', f);
		check(f);
		fputc(')', f);
		return;
	}
	fputc('(', f);
	for (uint32_t i = 0; i < n; i++) {
		fputs(i ? join : "", f);
		tree(f, depth - 1);
	}
	fputc(')', f);
}

static void write_rules(const char *path)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; i < RULES; i++) {
		fprintf(f,
			"- rule: r%d\n  desc: d\n  output: o\n  priority: INFO\n  condition: >\n   "
			" ",
			i);
		if (pick(3))
			fputs(pick(2) ? "evt.type in (openat, unlink) and "
				      : "evt.type=execve and ",
			      f);
		tree(f, DEPTH);
		fputs("\n", f);
	}
	fclose(f);
}

static struct ruleset *make_rules(void)
{
	char path[] = "/tmp/t_engine.XXXXXX.yaml";
	const char *paths[] = { path };
	struct report report;
	struct checker checker;
	struct checking *checking = checker_new(&checker);
	struct ruleset *rs;

	close(mkstemps(path, 5));
	write_rules(path);
	report_init(&report);
	rs = ruleset_load(paths, 1, &checker, NULL, &report);
	if (!rs)
		report_text(&report, stderr, false);
	report_free(&report);
	checker_free(checking);
	unlink(path);
	assert_non_null(rs);
	return rs;
}

static void make_event(struct event *e, struct outq *q)
{
	struct wire w;
	struct object o;

	outq_flush(q);
	assert_int_equal(wire_event(&w, q, KIND_EVENT, types[pick(nitems(types))]), 0);
	wire_uint(&w, F_PROC_PID, pick(10));
	if (pick(8))
		wire_cstr(&w, F_PROC_NAME, word());
	if (pick(8))
		wire_cstr(&w, F_PROC_EXEPATH, word());
	if (pick(3))
		wire_cstr(&w, F_FD_NAME, word());
	if (pick(2))
		wire_cstr(&w, F_USER_NAME, word());
	if (pick(4)) {
		uint32_t n = pick(20); /* also more than are numbered */

		wire_array(&w, F_PROC_ANAME, n);
		while (n--) {
			const char *s = word();

			wire_item_text(&w, s, strlen(s));
		}
	}
	assert_int_equal(wire_end(&w), 0);
	assert_int_equal(object_from(&o, w.start, (size_t)(w.pos - w.start)), 0);
	assert_int_equal(event_index(e, &o), 0);
}

/* The condition as it was written, each check got and put by itself. */
static bool holds(const struct program *p, uint32_t node, struct xctx *x)
{
	const struct node *o = &p->nodes[node];
	struct xval left, right;
	const struct pred *pred;
	bool there;

	if (o->kind == NODE_PRED) {
		pred = &p->preds[o->first];
		there = expr_value(x, pred->left, &left) && left.quant != Q_PRINTED;
		return pred_test(pred, there ? &left : NULL,
				 pred->right && expr_value(x, pred->right, &right) ? &right : NULL);
	}
	if (o->kind == NODE_NOT)
		return !holds(p, p->kids[o->first], x);
	for (uint32_t i = 0; i < o->count; i++)
		if (holds(p, p->kids[o->first + i], x) != (o->kind == NODE_AND))
			return o->kind == NODE_OR;
	return o->kind == NODE_AND || o->kind == NODE_TRUE;
}

static void one_event(struct engine *e, struct xctx *x, unsigned int *matches)
{
	const struct active *found;
	uint32_t at = 0;

	engine_event(e, x);
	found = engine_next(e, &at);
	for (uint32_t i = 0; i < e->nactive; i++) {
		if (!holds(e->program, e->active[i].node, x))
			continue;
		if (found != &e->active[i])
			fail_msg("%s matches, the engine says %s", e->active[i].rule->name,
				 found ? found->rule->name : "nothing");
		if (pick(16) == 0) /* told once more: the place is still good */
			engine_event(e, x);
		found = engine_next(e, &at);
		++*matches;
	}
	if (found)
		fail_msg("%s does not match", found->rule->name);
}

static void the_engine_finds_what_each_rule_finds_alone(void **unused)
{
	static struct event event;
	struct scratch scratch;
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	struct xctx x = { .s = &scratch };
	unsigned int matches = 0;

	assert_int_equal(scratch_init(&scratch, 1 << 20), 0);
	event_init(&event);
	for (state = 1; state <= ROUNDS; state++) {
		uint32_t round = state;
		const struct engine_options options = { 0 };
		struct check_error err;
		struct ruleset *rs = make_rules();
		struct engine *e = engine_new(rs, &options, &err);

		assert_non_null(e);
		for (int i = 0; i < EVENTS; i++) {
			make_event(&event, q);
			xctx_event(&x, &event);
			one_event(e, &x, &matches);
		}
		engine_free(e);
		ruleset_free(rs);
		state = round;
	}
	assert_in_range(matches, EVENTS, UINT32_MAX); /* or nothing was tried */
	outq_free(q);
	scratch_fini(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_finds_what_each_rule_finds_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
