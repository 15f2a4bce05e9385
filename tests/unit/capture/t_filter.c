// SPDX-License-Identifier: BSD-2-Clause
/*
 * The tables of a plan, evaluated here the way bpf/filter.bpf.h does it, never
 * refuse what the plan itself wants, and do refuse what they can.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-capture/filter.h"

static const char text[] = "plan 1\nneed *\n"
			   "select \"shadow\" open openat\n"
			   "\tevt.rawres is 0..\n"
			   "\tevt.arg.flags is &1\n"
			   "\tfd.name is \"/etc/shadow\" ^\"/etc/pam.d/\" $\"/authorized_keys\"\n"
			   "\tnot proc.name is \"sshd\" \"login\"\n"
			   "select \"below a part of a name\" open openat\n"
			   "\tfd.name is ^\"/var/log/aud\"\n"
			   "select \"only one comm\" openat\n"
			   "\tproc.name is \"nc\"\n"
			   "select \"deep\" openat\n"
			   "\tfd.name is ^\"/a/b/c/d/e/f/g/h/i/j/\"\n"
			   "select \"root only\" unlink\n"
			   "\tuser.uid is 0\n";

static struct filter_tables *tables;

static int setup(void **state)
{
	FILE *fp = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	char err[200];
	struct plan *p = plan_read(fp, "p", err, sizeof(err));

	fclose(fp);
	if (!p)
		fail_msg("%s", err);
	tables = filter_compile(p);
	assert_non_null(tables);
	plan_free(p);
	return 0;
}

static int teardown(void **state)
{
	filter_free(tables);
	return 0;
}

static void set_and(struct filter_set *a, const struct filter_set *b)
{
	for (int i = 0; i < FILTER_WORDS; i++)
		a->w[i] &= b->w[i];
}

static void set_or(struct filter_set *a, const struct filter_set *b)
{
	for (int i = 0; i < FILTER_WORDS; i++)
		a->w[i] |= b->w[i];
}

static const struct filter_path_row *step(uint32_t node, const char *s, size_t len)
{
	for (size_t i = 0; i < tables->npaths; i++)
		if (tables->paths[i].parent == node &&
		    strlen(tables->paths[i].name) ==
			    (len > FILTER_NAME - 1 ? FILTER_NAME - 1 : len) &&
		    !strncmp(tables->paths[i].name, s,
			     len > FILTER_NAME - 1 ? FILTER_NAME - 1 : len))
			return &tables->paths[i];
	return NULL;
}

static void walk(const char *path, struct filter_set *paths)
{
	uint32_t node = 0;

	for (size_t i = 0; i < tables->nnames; i++)
		if (tables->names[i].where == WHERE_LAST &&
		    !strcmp(tables->names[i].name, strrchr(path, '/') + 1))
			set_or(paths, &tables->names[i].set);
	for (int depth = 0; depth < FILTER_DEPTH && *path; depth++) {
		size_t len = strcspn(path + 1, "/");
		const struct filter_path_row *r;

		for (size_t i = 0; i < FILTER_PARTIALS; i++) {
			uint32_t part = tables->defaults.partial[i].len;

			r = part && part <= len ? step(node | FILTER_PARTIAL, path + 1, part)
						: NULL;
			if (r)
				set_or(paths, &r->step.here);
		}
		r = step(node, path + 1, len);

		if (!r)
			return;
		path += 1 + len;
		set_or(paths, *path ? &r->step.below : &r->step.here);
		node = r->step.node;
	}
}

static bool wanted(unsigned int type, unsigned int facts, const char *comm, const char *path)
{
	struct filter_set left = tables->types[type], paths = tables->defaults.path;
	const struct filter_set *c = &tables->defaults.comm;

	set_and(&left, &tables->facts[facts]);
	for (size_t i = 0; i < tables->ncomms; i++)
		if (!strcmp(tables->comms[i].comm, comm))
			c = &tables->comms[i].set;
	set_and(&left, c);
	if (path) {
		walk(path, &paths);
		set_and(&left, &paths);
	}
	for (int i = 0; i < FILTER_WORDS; i++)
		if (left.w[i])
			return true;
	return false;
}

enum { READ_OK = FACT_SUCCESS | FACT_READ, WRITE_OK = FACT_SUCCESS | FACT_WRITE };

static void what_the_plan_wants_passes(void **state)
{
	assert_true(wanted(EV_OPENAT, READ_OK, "cat", "/etc/shadow"));
	assert_true(wanted(EV_OPEN, READ_OK, "cat", "/etc/pam.d/su"));
	assert_true(wanted(EV_OPENAT, READ_OK, "cat", "/home/u/.ssh/authorized_keys"));
	assert_true(wanted(EV_OPENAT, WRITE_OK, "cat", "/var/log/audit/audit.log"));
	assert_true(wanted(EV_OPENAT, WRITE_OK, "cat", "/var/log/aud"));
	assert_true(wanted(EV_OPENAT, WRITE_OK, "cat", "/var/log/auditd.log"));
	assert_true(wanted(EV_OPENAT, WRITE_OK, "nc", "/anything"));
	assert_true(wanted(EV_OPENAT, 0, "cat", "/a/b/c/d/e/f/g/h/i/j/k"));
	assert_true(wanted(EV_UNLINK, FACT_ROOT, "rm", NULL));
	/* an open whose flags are not told, and one whose path is not */
	assert_true(wanted(EV_OPENAT, FACT_SUCCESS | FACT_NO_FLAGS, "cat", "/etc/shadow"));
	assert_true(wanted(EV_OPENAT, READ_OK, "cat", NULL));
}

static void what_no_selector_wants_is_refused(void **state)
{
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/etc/passwd"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/etc/shadow-"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/etc/pam.d"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/etc"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/var/log/au"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/var/log/messages"));
	assert_false(wanted(EV_OPENAT, WRITE_OK, "cat", "/etc/shadow"));
	assert_false(wanted(EV_OPENAT, FACT_READ, "cat", "/etc/shadow"));
	assert_false(wanted(EV_OPENAT, READ_OK, "sshd", "/etc/shadow"));
	assert_false(wanted(EV_OPENAT, READ_OK, "cat", "/usr/lib/x/shadow"));
	assert_false(wanted(EV_CONNECT, READ_OK, "cat", NULL));
	assert_false(wanted(EV_UNLINK, FACT_SUCCESS, "rm", NULL));
}

/* 1,000 selectors that differ in their paths need one bit */
static void selectors_that_differ_in_paths_share_a_bit(void **state)
{
	struct plan *p = plan_new();
	struct filter_tables *t;
	char path[32];

	for (int i = 0; i < 1000; i++) {
		struct plan_selector *s = plan_add_selector(p, "s");
		struct plan_term term = { .kind = PLAN_EQUAL, .text = path };

		term.len = (uint32_t)snprintf(path, sizeof(path), "/srv/%d", i);
		plan_add_event(s, EV_OPENAT);
		assert_int_equal(plan_add_term(p, plan_add_pred(p, s, F_FD_NAME, false), &term), 0);
	}
	t = filter_compile(p);
	assert_non_null(t);
	assert_int_equal(t->groups, 1);
	assert_int_equal(t->npaths, 1001);
	filter_free(t);
	plan_free(p);
}

/* more kinds of selectors than bits: the last ones share, nothing is refused that was wanted */
static void more_selectors_than_bits_widen_the_last(void **state)
{
	struct plan *p = plan_new();
	struct filter_tables *t;
	char comm[16];

	for (int i = 0; i < FILTER_SELECTORS + 50; i++) {
		struct plan_selector *s = plan_add_selector(p, "s");
		struct plan_term term = { .kind = PLAN_EQUAL, .text = comm };

		term.len = (uint32_t)snprintf(comm, sizeof(comm), "c%d", i);
		plan_add_event(s, EV_OPENAT);
		assert_int_equal(plan_add_term(p, plan_add_pred(p, s, F_PROC_NAME, false), &term),
				 0);
	}
	t = filter_compile(p);
	assert_non_null(t);
	assert_int_equal(t->groups, FILTER_SELECTORS);
	/* the last bit holds for a comm that nobody lists */
	assert_true(t->defaults.comm.w[FILTER_WORDS - 1] >> 63);
	filter_free(t);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_plan_wants_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(what_no_selector_wants_is_refused, setup, teardown),
		cmocka_unit_test(selectors_that_differ_in_paths_share_a_bit),
		cmocka_unit_test(more_selectors_than_bits_widen_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
