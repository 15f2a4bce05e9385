// SPDX-License-Identifier: BSD-2-Clause
/* The loop in a child: streams that are whole, torn, foreign, or one behind the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stage.h"

static void a_whole_stream_ends_with_status_0(void **state)
{
	whole_stream(1000, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_HELLO, NULL), 1);
	assert_int_equal(count(KIND_EVENT, NULL), 1000);
	ends_with_end(true);
}

static void a_stream_without_end_is_drained_and_ends_with_status_1(void **state)
{
	add_hello(&sent, WIRE_MAJOR);
	events(10);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the input: the stream ended without END");
	assert_int_equal(count(KIND_EVENT, NULL), 10);
	ends_with_end(false);
}

static void an_end_that_is_not_complete_is_told_on(void **state)
{
	whole_stream(3, false);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "not complete");
	ends_with_end(false);
}

static void a_torn_stream_is_drained_and_ends_with_status_1(void **state)
{
	whole_stream(3, true);
	sent.len--;
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "breaks off inside an object");
	assert_int_equal(count(KIND_EVENT, NULL), 3);
	ends_with_end(false);
}

static void no_stream_at_all(void **state)
{
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the program before this one wrote nothing");
	assert_int_equal(got.len, 0);
}

static void what_is_no_stream_is_refused(void **state)
{
	events(1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the input: byte 0: this is no secmon stream");
	assert_int_equal(got.len, 0);
}

static void garbage_ends_the_program_with_its_offset(void **state)
{
	char text[32];

	add_hello(&sent, WIRE_MAJOR);
	events(2);
	snprintf(text, sizeof(text), "byte %zu: ", sent.len);
	add_raw(&sent, "\xc1", 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, text);
	assert_int_equal(count(KIND_EVENT, NULL), 2);
	ends_with_end(false);
}

static void a_newer_protocol_ends_the_program_with_status_2(void **state)
{
	add_hello(&sent, WIRE_MAJOR + 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(2, "t_maker speaks protocol 2");
	assert_int_equal(got.len, 0);
}

static int count_hellos(void *arg, struct hello *h)
{
	stage.hellos++;
	snprintf(h->hostname, sizeof(h->hostname), "host%d", stage.hellos);
	return 0;
}

static void streams_one_behind_the_other_are_all_read(void **state)
{
	struct hello h;
	struct object o;

	whole_stream(5, true);
	whole_stream(6, true);
	stage.loop.on_hello = count_hellos;
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_EVENT, NULL), 11);
	assert_int_equal(count(KIND_HELLO, &o), 2);
	assert_int_equal(hello_read(&h, &o), 0);
	assert_string_equal(h.hostname, "host2");
	assert_string_equal(h.program, "t_loop");
	ends_with_end(true);
}

static void a_second_stream_without_end_is_not_excused_by_the_first(void **state)
{
	whole_stream(1, true);
	add_hello(&sent, WIRE_MAJOR);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "without END");
}

static void a_first_stream_with_a_gap_is_not_excused_by_the_second(void **state)
{
	whole_stream(1, false);
	whole_stream(1, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "not complete");
	ends_with_end(false);
}

static void a_second_hello_that_is_too_new_is_refused(void **state)
{
	whole_stream(1, true);
	add_hello(&sent, WIRE_MAJOR + 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(2, "speaks protocol 2");
	ends_with_end(false);
}

static void unknown_kinds_pass_through_untouched(void **state)
{
	static const uint8_t odd[] = { 0x92, 0xcd, 0x03, 0xe7, 0x81, 0xa1, 'k', 0x93, 0xc0, 0xcb, 1,
				       2,    3,	   4,	 5,    6,    7,	   8,	0xd4, 9,    9 };

	add_hello(&sent, WIRE_MAJOR);
	add_raw(&sent, odd, sizeof(odd));
	add_end(&sent, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_non_null(memmem(got.buf, got.len, odd, sizeof(odd)));
	assert_int_equal(count(999, NULL), 1);
}

static void a_reader_that_goes_away_ends_the_program_with_status_1(void **state)
{
	add_hello(&sent, WIRE_MAJOR);
	events(500);
	start(NULL, OUTQ_MIN);
	close(child.out);
	child.out = -1;
	exchange(0, false, false);
	ends(1, "the output: its reader has gone");
}

static void a_full_disk_ends_the_program_with_status_1(void **state)
{
	whole_stream(500, true);
	start("/dev/full", OUTQ_MIN);
	exchange(0, false, false);
	ends(1, "the output: No space left on device");
}

/* more labelled counters than the output holds at once, and a reader that comes late */
/* a stage without input, that makes its events in on_fds */

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_whole_stream_ends_with_status_0),
		T(a_stream_without_end_is_drained_and_ends_with_status_1),
		T(an_end_that_is_not_complete_is_told_on),
		T(a_torn_stream_is_drained_and_ends_with_status_1),
		T(no_stream_at_all),
		T(what_is_no_stream_is_refused),
		T(garbage_ends_the_program_with_its_offset),
		T(a_newer_protocol_ends_the_program_with_status_2),
		T(streams_one_behind_the_other_are_all_read),
		T(a_second_stream_without_end_is_not_excused_by_the_first),
		T(a_first_stream_with_a_gap_is_not_excused_by_the_second),
		T(a_second_hello_that_is_too_new_is_refused),
		T(unknown_kinds_pass_through_untouched),
		T(a_reader_that_goes_away_ends_the_program_with_status_1),
		T(a_full_disk_ends_the_program_with_status_1),
	};

	/* a child has them blocked from its birth: none comes too early */
	if (loop_signals() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
