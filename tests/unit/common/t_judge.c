// SPDX-License-Identifier: BSD-2-Clause
/* Limits, samples, chains and priorities of a plan at work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/judge.h"
#include "common/siphash.h"
#include "common/wire.h"

enum { SECOND = 1000000000 };

static struct plan *plan;
static struct judge *judge;

static void begin(const char *text)
{
	FILE *fp = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	char err[200];

	plan = plan_read(fp, "p", err, sizeof(err));
	fclose(fp);
	if (!plan)
		fail_msg("%s", err);
	judge = judge_new(plan);
	assert_non_null(judge);
}

static void end(void)
{
	judge_free(judge);
	plan_free(plan);
}

static enum verdict ask(uint64_t time, int tid, const char *path, const char **policy)
{
	static struct event e;
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	const struct plan_selector *s;
	struct object o;
	enum verdict v;
	struct wire w;

	event_init(&e);
	wire_event(&w, q, KIND_EVENT, EV_UNLINK);
	wire_uint(&w, F_EVT_RAWTIME, time);
	wire_int(&w, F_THREAD_TID, tid);
	if (path)
		wire_cstr(&w, F_FD_NAME, path);
	assert_int_equal(wire_end(&w), 0);
	assert_int_equal(object_from(&o, w.start, (size_t)(w.pos - w.start)), 0);
	assert_int_equal(event_index(&e, &o), 0);
	v = judge_event(judge, &e, NULL, &s);
	if (policy)
		*policy = s ? s->name : NULL;
	outq_free(q);
	return v;
}

static void a_limit_is_kept_apart_by_its_fields(void **state)
{
	begin("plan 1\nselect \"x\" unlink\nlimit 2/1000ms by thread.tid fd.name\n");
	assert_int_equal(ask(1, 1, "/a", NULL), VERDICT_WANTED);
	assert_int_equal(ask(2, 1, "/a", NULL), VERDICT_WANTED);
	assert_int_equal(ask(3, 1, "/a", NULL), VERDICT_LIMITED);
	assert_int_equal(ask(4, 2, "/a", NULL), VERDICT_WANTED);
	assert_int_equal(ask(5, 1, "/b", NULL), VERDICT_WANTED);
	assert_int_equal(ask(SECOND, 1, "/a", NULL), VERDICT_LIMITED);
	assert_int_equal(ask(SECOND + 1, 1, "/a", NULL), VERDICT_WANTED);
	assert_int_equal(judge_counts(judge, 0)->held, 7);
	assert_int_equal(judge_counts(judge, 0)->passed, 5);
	assert_int_equal(judge_counts(judge, 0)->limited, 2);
	end();
}

static void more_keys_than_there_are_places_let_pass(void **state)
{
	begin("plan 1\nselect \"x\" unlink\nlimit 1/1000000ms by thread.tid\n");
	for (int i = 0; i < 3 * JUDGE_KEYS; i++)
		assert_int_equal(ask((uint64_t)i + 1, i, NULL, NULL), VERDICT_WANTED);
	end();
}

static void a_sample_is_the_first_and_one_of_so_many(void **state)
{
	int passed = 0;

	begin("plan 1\nselect \"x\" unlink\nsample 10\n");
	assert_int_equal(ask(1, 1, NULL, NULL), VERDICT_WANTED);
	for (int i = 1; i < 100; i++)
		passed += ask(1, 1, NULL, NULL) == VERDICT_WANTED;
	assert_int_equal(passed, 9);
	assert_int_equal(judge_counts(judge, 0)->sampled, 90);
	end();
}

static void what_is_quiet_takes_from_those_that_follow(void **state)
{
	const char *policy;

	begin("plan 1\nselect \"not these\" unlink\nfd.name is ^\"/tmp/\"\nquiet\n"
	      "select \"the rest\" unlink\notherwise\npolicy\n");
	assert_int_equal(ask(1, 1, "/tmp/a", &policy), VERDICT_UNWANTED);
	assert_null(policy);
	assert_int_equal(ask(1, 1, "/etc/a", &policy), VERDICT_WANTED);
	assert_string_equal(policy, "the rest");
	/* nobody knows the path: it may not be one of those */
	assert_int_equal(ask(1, 1, NULL, &policy), VERDICT_WANTED);
	end();
}

static void a_limit_of_one_selector_does_not_hold_back_for_another(void **state)
{
	const char *policy;

	begin("plan 1\nselect \"once\" unlink\nlimit 1/1000ms\npolicy\n"
	      "select \"always\" unlink\nfd.name is \"/a\"\n");
	assert_int_equal(ask(1, 1, "/a", &policy), VERDICT_WANTED);
	assert_string_equal(policy, "once");
	assert_int_equal(ask(2, 1, "/a", &policy), VERDICT_WANTED);
	assert_null(policy);
	assert_int_equal(ask(3, 1, "/b", &policy), VERDICT_LIMITED);
	end();
}

static void the_least_urgent_are_shed_first(void **state)
{
	begin("plan 1\nselect \"x\" unlink\nfd.name is \"/a\"\npriority critical\n"
	      "select \"y\" unlink\nfd.name is \"/b\"\npriority notice\n"
	      "select \"z\" unlink\nfd.name is \"/c\"\n");
	judge_shed(judge, 5);
	assert_int_equal(ask(1, 1, "/a", NULL), VERDICT_WANTED);
	assert_int_equal(ask(1, 1, "/b", NULL), VERDICT_SHED);
	judge_shed(judge, 2);
	assert_int_equal(ask(1, 1, "/a", NULL), VERDICT_SHED);
	assert_int_equal(ask(1, 1, "/c", NULL), VERDICT_WANTED);
	judge_shed(judge, PLAN_PRIORITY_UNSAID);
	assert_int_equal(ask(1, 1, "/b", NULL), VERDICT_WANTED);
	assert_int_equal(judge_counts(judge, 0)->shed, 1);
	end();
}

/* the vector of the paper: key 00 01 .. 0f, message 00 01 .. 0e */
static void the_hash_is_siphash_2_4(void **state)
{
	const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	uint8_t message[15];
	struct siphash h;

	for (uint8_t i = 0; i < sizeof(message); i++)
		message[i] = i;
	siphash_begin(&h, key);
	siphash_add(&h, message, 4);
	siphash_add(&h, message + 4, 11);
	assert_true(siphash_end(&h) == 0xa129ca6149be45e5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_kept_apart_by_its_fields),
		cmocka_unit_test(more_keys_than_there_are_places_let_pass),
		cmocka_unit_test(a_sample_is_the_first_and_one_of_so_many),
		cmocka_unit_test(what_is_quiet_takes_from_those_that_follow),
		cmocka_unit_test(a_limit_of_one_selector_does_not_hold_back_for_another),
		cmocka_unit_test(the_least_urgent_are_shed_first),
		cmocka_unit_test(the_hash_is_siphash_2_4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
