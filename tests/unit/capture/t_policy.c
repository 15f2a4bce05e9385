// SPDX-License-Identifier: BSD-2-Clause
/* Policies become selectors of a plan; what is wrong with them is told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-capture/policy.h"

#define HEAD "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: { name: p }\nspec:\n"

static char *said;

/* the plan of a spec; NULL if it is refused, and then said is why */
static struct plan *parse(const char *spec)
{
	char *text;
	size_t n;
	struct plan *plan = plan_new();
	FILE *err;

	free(said);
	err = open_memstream(&said, &n);
	assert_true(asprintf(&text, HEAD "%s", spec) > 0);
	if (policy_parse(plan, "f", text, strlen(text), err) == -1) {
		plan_free(plan);
		plan = NULL;
	}
	fclose(err);
	free(text);
	return plan;
}

static int teardown(void **state)
{
	free(said);
	return 0;
}

/* the first term of predicate i of the first selector that a value of operator makes */
static struct plan_term term(const char *call, const char *type, const char *op, const char *value,
			     unsigned int *field)
{
	struct plan *plan;
	struct plan_term t;
	char *spec;

	assert_true(
		asprintf(&spec,
			 "  kprobes: [ { call: %s, args: [ { index: 2, type: %s } ], selectors: "
			 "[ { matchArgs: [ { index: 2, operator: %s, values: [ \"%s\" ] } ] } ] } "
			 "]\n",
			 call, type, op, value) > 0);
	plan = parse(spec);
	if (!plan)
		fail_msg("%s", said);
	*field = plan->selectors[0].preds[0].field;
	t = plan->selectors[0].preds[0].terms[0];
	plan_free(plan);
	free(spec);
	return t;
}

static void numbers_have_the_width_and_sign_of_their_type(void **state)
{
	unsigned int field;
	struct plan_term t = term("sys_openat", "int", "LT", "0", &field);

	assert_int_equal(field, F_EVT_SYSARG2);
	assert_int_equal(t.lo, INT32_MIN);
	assert_int_equal(t.hi, -1);
	t = term("sys_write", "size_t", "GT", "0x10", &field);
	assert_int_equal(field, F_ARG(A_SIZE));
	assert_int_equal(t.lo, 17);
	assert_true(t.hi == INT64_MAX);
	t = term("sys_openat", "int", "Mask", "0100", &field);
	assert_int_equal(t.kind, PLAN_BITS);
	assert_int_equal(t.lo, 64);
	t = term("sys_openat", "int", "InRange", "-2:3", &field);
	assert_int_equal(t.lo, -2);
	assert_int_equal(t.hi, 3);
}

static void selectors_of_a_hook_are_a_chain(void **state)
{
	struct plan *plan = parse("  kprobes:\n  - call: sys_unlink\n    selectors:\n"
				  "    - matchActions: [ { action: NoPost } ]\n"
				  "    - matchActions: [ { action: Post, rateLimit: 2m, "
				  "rateLimitScope: process } ]\n");

	assert_non_null(plan);
	assert_int_equal(plan->nselectors, 2);
	assert_true(plan->selectors[0].quiet && !plan->selectors[0].otherwise);
	assert_true(!plan->selectors[1].quiet && plan->selectors[1].otherwise);
	assert_true(plan->selectors[1].policy);
	assert_int_equal(plan->selectors[1].rate_ms, 120000);
	assert_int_equal(plan->selectors[1].by[0], F_PROC_PID);
	plan_free(plan);
}

static void a_mask_that_is_never_so_selects_nothing(void **state)
{
	struct plan *plan =
		parse("  kprobes:\n  - call: security_file_permission\n"
		      "    args: [ { index: 1, type: int } ]\n    selectors:\n"
		      "    - matchArgs: [ { index: 1, operator: Equal, values: [ 8 ] } ]\n");

	assert_non_null(plan);
	assert_int_equal(plan->nselectors, 0);
	plan_free(plan);
}

static void children_are_followed_by_another_selector(void **state)
{
	struct plan *plan = parse("  kprobes:\n  - call: sys_unlink\n    selectors:\n"
				  "    - matchBinaries: [ { operator: In, followChildren: true, "
				  "values: [ /bin/sh ] } ]\n");

	assert_non_null(plan);
	assert_int_equal(plan->nselectors, 2);
	assert_int_equal(plan->selectors[0].preds[0].field, F_PROC_EXEPATH);
	assert_int_equal(plan->selectors[1].preds[0].field, F_PROC_AEXEPATH);
	plan_free(plan);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	assert_null(parse("  kprobes: [ { call: sys_unlnk } ]\n"));
	assert_string_equal(said, "f:5:22: 'sys_unlnk': there is no such system call, did you mean "
				  "sys_unlink?\n");
	assert_null(parse("  kprobes: 7\n"));
	assert_string_equal(said, "f:5:12: kprobes: a list is due here\n");
	assert_null(parse("  nothing: []\n"));
	assert_non_null(strstr(said, "f:5:3: spec has no 'nothing'"));
}

static void aliases_that_stand_for_too_much_are_refused(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *fp = open_memstream(&text, &n);

	fputs("  kprobes:\n  - &k { call: sys_unlink, selectors: [ &s { matchActions: [ { action: "
	      "Post } ] }",
	      fp);
	for (int i = 0; i < 3000; i++)
		fputs(", *s", fp);
	fputs(" ] }\n", fp);
	for (int i = 0; i < 3000; i++)
		fputs("  - *k\n", fp);
	fclose(fp);
	assert_null(parse(text));
	assert_true(strstr(said, "stand for too much") ||
		    strstr(said, "more than a plan may hold"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_the_width_and_sign_of_their_type),
		cmocka_unit_test(selectors_of_a_hook_are_a_chain),
		cmocka_unit_test(a_mask_that_is_never_so_selects_nothing),
		cmocka_unit_test(children_are_followed_by_another_selector),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(aliases_that_stand_for_too_much_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
