// SPDX-License-Identifier: BSD-2-Clause
/* Counters: the table, the ledger, and STATS that others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "common/compat.h"
#include "common/stats.h"
#include "make.h"

static const unsigned int ids[] = {
#define STAT(id, sym, stage, kind, name, help) id,
#include "common/stats.def"
#undef STAT
};

static void ids_are_unique_in_order_and_below_their_limit(void **state)
{
	for (size_t i = 0; i < nitems(ids); i++) {
		if (i && ids[i] <= ids[i - 1])
			fail_msg("%u stands behind %u", ids[i], ids[i - 1]);
		assert_true(ids[i] < STAT_END);
	}
}

static void every_counter_has_a_name_of_its_stage(void **state)
{
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < n; i++) {
		const char *stage = stage_name(d[i].stage);

		assert_ptr_equal(stat_by_id(d[i].id), &d[i]);
		assert_memory_equal(d[i].name, stage, strlen(stage));
		assert_int_equal(d[i].name[strlen(stage)], '.');
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(d[i].name, d[j].name);
	}
	assert_null(stat_by_id(STAT_END));
	assert_string_equal(stage_name(STAGE_END), "?");
}

static void every_stage_has_a_way_in_and_a_way_out(void **state)
{
	size_t n;
	const struct stat_desc *d = stat_table(&n);
	unsigned int kinds[STAGE_END] = { 0 };

	for (size_t i = 0; i < n; i++)
		kinds[d[i].stage] |= 1u << d[i].kind;
	for (int s = 0; s < STAGE_END; s++) {
		assert_true(kinds[s] & 1u << STAT_IN);
		assert_true(kinds[s] & 1u << STAT_OUT);
	}
}

static void the_balance_is_what_is_not_accounted_for(void **state)
{
	struct stats s = { .stage = STAGE_SHIP };

	s.v[S_SHIP_IN] = 100;
	assert_int_equal(stats_balance(&s), 100);
	s.v[S_SHIP_OUT] = 40;
	s.v[S_SHIP_FILTERED] = 20;
	s.v[S_SHIP_DROP_FULL] = 10;
	s.v[S_SHIP_DROP_EXIT] = 5;
	s.v[S_SHIP_QUEUED] = 25;
	assert_int_equal(stats_balance(&s), 0);
	s.v[S_SHIP_RETRIED] = 7; /* INFO is no part of it */
	s.v[S_MATCH_IN] = 7;	 /* nor are others' counters */
	assert_int_equal(stats_balance(&s), 0);
	s.v[S_SHIP_OUT]++;
	assert_int_equal(stats_balance(&s), -1);
}

static void a_label_of_any_length_is_said(void **state)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	char *name = malloc(100001);
	struct stat_label l = { S_MATCH_ALERTS, name, 5 };
	struct stats s = { .stage = STAGE_MATCH, .labelled = &l, .nlabelled = 1 };
	size_t from = 0;

	memset(name, 'x', 100000);
	name[100000] = '\0';
	assert_int_equal(stats_write(&s, q, true, &from), 0);
	assert_int_equal(from, 1);
	outq_free(q);
	free(name);
}

static void no_room_is_said_and_nothing_is_skipped(void **state)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	struct stats s = { .stage = STAGE_MATCH };
	size_t from = 0;

	outq_room(q, 65536);
	outq_commit(q, 65536);
	outq_commit(q, 1);
	errno = 0;
	assert_int_equal(stats_write(&s, q, false, &from), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(stats_loss(STAGE_MATCH, S_MATCH_IN, NULL, 1, 0, 0, q), -1);
	assert_int_equal(errno, EAGAIN);
	outq_free(q);
}

static int read_pairs(struct stats_view *v, const char *bytes, size_t len, uint32_t pairs)
{
	static uint8_t *b; /* views point into it: freed by the next call */
	struct object o = { .kind = KIND_STATS, .len = len, .pairs = pairs };

	free(b);
	b = malloc(len ? len : 1);
	memcpy(b, bytes, len);
	o.buf = o.map = b;
	errno = 0;
	return stats_read(v, &o);
}

#define READ(v, pairs, bytes) read_pairs(v, bytes, sizeof(bytes) - 1, pairs)

static void stats_of_others_are_read_as_far_as_they_are_known(void **state)
{
	struct stats_view v;

	assert_int_equal(READ(&v, 0, ""), 0);
	assert_string_equal(v.stage, "");
	/* unknown keys and counters, and counters that are no numbers */
	assert_int_equal(READ(&v, 3,
			      "\x63\x92\x01\x02"
			      "\x00\xa4ship"
			      "\x04\x84\x60\x07\x61\x92\x01\x02\x62\xff"
			      "\xcd\xff\xff\x01"),
			 0);
	assert_string_equal(v.stage, "ship");
	assert_int_equal(v.v[96], 7);
	assert_int_equal(v.v[97], 0);
	assert_int_equal(v.v[98], 0);
	assert_int_equal(v.v[1], 0);
	assert_int_equal(READ(&v, 1, "\x05\x91\x93\x60\xa1x\x01"), 0);
	assert_int_equal(v.nlabelled, 1);
}

static void stats_that_are_wrong_are_refused(void **state)
{
	struct stats_view v;
	struct object o = { .kind = KIND_LOSS };

	assert_int_equal(READ(&v, 1,
			      "\x00\xb0"
			      "0123456789abcdef"),
			 -1); /* no room for \0 */
	assert_int_equal(errno, EPROTO);
	assert_int_equal(READ(&v, 1, "\x00\x07"), -1);
	assert_int_equal(READ(&v, 1, "\x04\x91\x01"), -1);
	assert_int_equal(READ(&v, 1, "\x05\x80"), -1);
	assert_int_equal(READ(&v, 1, "\xa1x\x01"), -1);
	errno = 0;
	assert_int_equal(stats_read(&v, &o), -1);
	assert_int_equal(errno, EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_unique_in_order_and_below_their_limit),
		cmocka_unit_test(every_counter_has_a_name_of_its_stage),
		cmocka_unit_test(every_stage_has_a_way_in_and_a_way_out),
		cmocka_unit_test(the_balance_is_what_is_not_accounted_for),
		cmocka_unit_test(a_label_of_any_length_is_said),
		cmocka_unit_test(no_room_is_said_and_nothing_is_skipped),
		cmocka_unit_test(stats_of_others_are_read_as_far_as_they_are_known),
		cmocka_unit_test(stats_that_are_wrong_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
