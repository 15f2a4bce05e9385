// SPDX-License-Identifier: BSD-2-Clause
/* A plan read, printed, read again, and asked about events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/outq.h"
#include "common/plan.h"

static const char text[] =
	"plan 1\n"
	"# what two rules want\n"
	"need fd.name proc.args evt.arg.flags\n"
	"select \"Read a secret\" openat open\n"
	"\tevt.rawres is 0..\n"
	"\tfd.name is \"/etc/shadow\" ^\"/etc/pam.d/\" $\".p\\x22em\" ~\"/.ssh/\"\n"
	"\tnot proc.name is \"sshd\"\n"
	"select \"Talk to \\\"them\\\"\" connect\n"
	"\tfd.sip is 10.0.0.0/8 fd00::/8\n"
	"\tfd.sport is 443 8000..8099\n"
	"\tlimit 10/1000ms by proc.pid evt.arg.flags\n"
	"\tpriority warning\n"
	"\tpolicy\n"
	"\totherwise\n"
	"\tquiet\n"
	"\tsample 3\n";

static struct plan *parse(const char *s, char *err)
{
	FILE *fp = fmemopen((void *)(uintptr_t)s, strlen(s), "r");
	struct plan *p;

	assert_non_null(fp);
	p = plan_read(fp, "p", err, 200);
	fclose(fp);
	return p;
}

static void print(const struct plan *p, char *buf, size_t len)
{
	FILE *fp = fmemopen(buf, len, "w");

	assert_int_equal(plan_print(p, fp), 0);
	fclose(fp);
}

static void print_is_read_again(void **state)
{
	char err[200], a[4096] = "", b[4096] = "";
	struct plan *p = parse(text, err), *q;

	assert_non_null(p);
	print(p, a, sizeof(a));
	q = parse(a, err);
	if (!q)
		fail_msg("%s: %s", err, a);
	assert_non_null(q);
	print(q, b, sizeof(b));
	assert_string_equal(a, b);
	assert_non_null(strstr(a, "fd.sip is 10.0.0.0/8 fd00::/8"));
	assert_int_equal(p->selectors[1].rate_count, 10);
	assert_int_equal(p->selectors[1].sample, 3);
	assert_int_equal(p->selectors[1].nby, 2);
	assert_int_equal(p->selectors[1].priority, 4);
	assert_true(p->selectors[1].policy && p->selectors[1].otherwise && p->selectors[1].quiet);
	assert_int_equal(p->selectors[0].priority, PLAN_PRIORITY_UNSAID);
	assert_true(plan_needs(p, F_ARG(A_FLAGS)));
	assert_false(plan_needs(p, F_PROC_ENV));
	plan_free(p);
	plan_free(q);
}

static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "", "p:1:1: an empty plan" },
		{ "plan 2\n", "p:1:6: a plan of version 2" },
		{ "plan 1\nselect x\n", "p:2:8: a name in quotes" },
		{ "plan 1\nselect \"x\" opn\n", "p:2:12: no such event 'opn'" },
		{ "plan 1\nselect \"x\" open\n\tfd.nam is \"a\"\n", "p:3:2: no such field" },
		{ "plan 1\nselect \"x\" open\n\tfd.name \"a\"\n", "p:3:10: 'is' was due" },
		{ "plan 1\nselect \"x\" open\nfd.name is \"a\n", "a quoted text without its end" },
		{ "plan 1\nselect \"x\" open\nfd.sport is 1..x\n", "is no integer" },
		{ "plan 1\nselect \"x\" open\nfd.sip is 10.0.0.0/33\n", "0 to 32 bits" },
		{ "plan 1\nselect \"x\" open\nlimit 5\n", "limit COUNT" },
		{ "plan 1\nselect \"x\" open\nlimit 5/1ms by\n", "a field was due after 'by'" },
		{ "plan 1\nselect \"x\" open\nlimit 5/1ms fd.name\n", "'by' and fields were due" },
		{ "plan 1\nselect \"x\" open\npriority low\n", "no such priority 'low'" },
		{ "plan 1\nselect \"x\" open\nquiet now\n", "'now' is too much" },
		{ "plan 1\nfd.name is \"x\"\n", "need or select was due" },
	};
	char err[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(parse(cases[i].text, err));
		if (!strstr(err, cases[i].error))
			fail_msg("'%s' instead of '%s'", err, cases[i].error);
	}
}

/* an event as a reader sees it */
static void make(struct event *e, unsigned int type, const char *path, const char *comm, int res)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	static uint8_t copy[4096];
	struct object o;
	struct wire w;

	wire_event(&w, q, KIND_EVENT, type);
	if (path)
		wire_cstr(&w, F_FD_NAME, path);
	wire_cstr(&w, F_PROC_NAME, comm);
	wire_int(&w, F_EVT_RAWRES, res);
	assert_int_equal(wire_end(&w), 0);
	memcpy(copy, w.start, (size_t)(w.pos - w.start));
	o = (struct object){ .kind = KIND_EVENT,
			     .buf = copy,
			     .len = (size_t)(w.pos - w.start),
			     .map = copy + 7,
			     .pairs = w.count,
			     .type = (uint16_t)type,
			     .has_header = true };
	event_init(e);
	assert_int_equal(event_index(e, &o), 0);
	outq_free(q);
}

static bool wants(const struct plan *p, unsigned int type, const char *path, const char *comm,
		  int res)
{
	static struct event e;
	size_t from = 0;

	make(&e, type, path, comm, res);
	return plan_wants(p, &e, NULL, &from) != NULL;
}

static void wants_what_a_selector_describes(void **state)
{
	char err[200];
	struct plan *p = parse(text, err);

	assert_true(wants(p, EV_OPENAT, "/etc/shadow", "cat", 3));
	assert_true(wants(p, EV_OPEN, "/etc/pam.d/su", "cat", 3));
	assert_true(wants(p, EV_OPENAT, "/x/y.p\"em", "cat", 3));
	assert_true(wants(p, EV_OPENAT, "/home/u/.ssh/known_hosts", "cat", 3));
	assert_false(wants(p, EV_OPENAT, "/etc/shadow-", "cat", 3));
	assert_false(wants(p, EV_OPENAT, "/etc/shadow", "cat", -13));
	assert_false(wants(p, EV_OPENAT, "/etc/shadow", "sshd", 3));
	assert_false(wants(p, EV_UNLINK, "/etc/shadow", "cat", 3));
	/* what is not known cannot be refused */
	assert_true(wants(p, EV_OPENAT, NULL, "cat", 3));
	assert_true(plan_wants_type(p, EV_OPEN));
	assert_false(plan_wants_type(p, EV_UNLINK));
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(print_is_read_again),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(wants_what_a_selector_describes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
