// SPDX-License-Identifier: BSD-2-Clause
/* What is written can be read: objects through outq, a pipe, inq and event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "common/event.h"
#include "common/hello.h"
#include "common/inq.h"
#include "common/outq.h"
#include "common/stats.h"

struct link {
	int fd[2];
	struct outq *out;
	struct inq *in;
};

static int setup(void **state)
{
	static struct link l;

	assert_int_equal(pipe(l.fd), 0);
	l.out = outq_new(l.fd[1], "pipe", OUTQ_DEFAULT);
	l.in = inq_new(l.fd[0], "pipe");
	assert_non_null(l.out);
	assert_non_null(l.in);
	*state = &l;
	return 0;
}

static int teardown(void **state)
{
	struct link *l = *state;

	outq_free(l->out);
	inq_free(l->in);
	close(l->fd[0]);
	close(l->fd[1]);
	return 0;
}

static void carry(struct link *l, struct object *o)
{
	assert_int_equal(outq_flush(l->out), 0);
	assert_true(inq_read(l->in) > 0);
	assert_int_equal(inq_next(l->in, o), 1);
}

static void event_round_trip(void **state)
{
	struct link *l = *state;
	static struct event e;
	struct object o;
	struct wire w;
	const char *s;
	uint64_t u;
	int64_t i;
	size_t n;
	bool b;

	assert_int_equal(wire_event(&w, l->out, KIND_EVENT, EV_OPENAT), 0);
	wire_uint(&w, F_PROC_PID, 4711);
	wire_int(&w, F_EVT_RAWRES, -2);
	wire_cstr(&w, F_PROC_NAME, "cat");
	wire_text(&w, F_FD_NAME, "/tmp/\xff", 6);
	wire_bool(&w, F_FD_CONNECTED, true);
	wire_array(&w, F_PROC_ARGS, 2);
	wire_item_text(&w, "a", 1);
	wire_item_text(&w, "bc", 2);
	wire_uint(&w, F_ARG(A_FLAGS), 1);
	assert_int_equal(wire_end(&w), 0);
	carry(l, &o);
	assert_true(o.has_header);
	assert_int_equal(o.kind, KIND_EVENT);
	assert_int_equal(o.type, EV_OPENAT);
	event_init(&e);
	assert_int_equal(event_index(&e, &o), 0);
	assert_true(event_u64(&e, F_PROC_PID, &u));
	assert_int_equal(u, 4711);
	assert_true(event_i64(&e, F_EVT_RAWRES, &i));
	assert_int_equal(i, -2);
	assert_true(event_text(&e, F_FD_NAME, &s, &n));
	assert_int_equal(n, 6);
	assert_memory_equal(s, "/tmp/\xff", 6);
	assert_true(event_bool(&e, F_FD_CONNECTED, &b));
	assert_true(b);
	assert_true(event_u64(&e, F_ARG(A_FLAGS), &u));
	assert_false(event_has(&e, F_USER_UID));
}

static void copy_appends_without_decoding(void **state)
{
	struct link *l = *state;
	static struct event e;
	struct object o;
	uint8_t first[256];
	size_t len;
	struct wire w;
	uint64_t u;

	wire_event(&w, l->out, KIND_EVENT, EV_CLOSE);
	wire_uint(&w, F_PROC_PID, 1);
	wire_end(&w);
	carry(l, &o);
	memcpy(first, o.buf, o.len);
	len = o.len;
	assert_int_equal(wire_copy(&w, l->out, KIND_ALERT, first, len), 0);
	wire_uint(&w, F_USER_UID, 33);
	assert_int_equal(wire_end(&w), 0);
	carry(l, &o);
	assert_int_equal(o.kind, KIND_ALERT);
	assert_int_equal(o.type, EV_CLOSE);
	event_init(&e);
	assert_int_equal(event_index(&e, &o), 0);
	assert_true(event_u64(&e, F_PROC_PID, &u));
	assert_true(event_u64(&e, F_USER_UID, &u));
	assert_int_equal(u, 33);
}

static void an_object_past_the_limit_is_not_written(void **state)
{
	struct link *l = *state;
	static char big[WIRE_OBJECT_MAX];
	struct wire w;

	memset(big, 'x', sizeof(big));
	wire_event(&w, l->out, KIND_EVENT, EV_CLOSE);
	wire_text(&w, F_FD_NAME, big, sizeof(big));
	assert_int_equal(wire_end(&w), -1);
	assert_int_equal(outq_pending(l->out), 0);
}

static void hello_round_trip(void **state)
{
	struct link *l = *state;
	static struct hello h, back;
	struct object o;

	hello_local(&h);
	assert_int_equal(hello_write(&h, l->out), 0);
	carry(l, &o);
	assert_int_equal(hello_read(&back, &o), 0);
	assert_string_equal(back.hostname, h.hostname);
	assert_string_equal(back.boot_id, h.boot_id);
	assert_int_equal(back.boot_offset_ns, h.boot_offset_ns);
	assert_int_equal(back.nextra, 0);
}

static void hello_of_a_newer_major_is_refused(void **state)
{
	struct link *l = *state;
	static struct hello h, back;
	struct object o;

	hello_local(&h);
	h.major = WIRE_MAJOR + 1;
	assert_int_equal(hello_write(&h, l->out), 0);
	carry(l, &o);
	assert_int_equal(hello_read(&back, &o), -1);
	assert_int_equal(back.major, WIRE_MAJOR + 1);
}

static void stats_round_trip_in_parts(void **state)
{
	enum { RULES = 2000 };
	struct link *l = *state;
	static struct stat_label labels[RULES];
	struct stats s = { .stage = STAGE_MATCH, .labelled = labels, .nlabelled = RULES };
	struct stats_view v;
	size_t from = 0, seen = 0;
	struct object o;

	for (size_t i = 0; i < RULES; i++)
		labels[i] = (struct stat_label){ S_MATCH_ALERTS,
						 "a rule with a name of some "
						 "length, as people write them in their files",
						 i };
	s.v[S_MATCH_IN] = 7;
	while (from < s.nlabelled) {
		assert_int_equal(stats_write(&s, l->out, false, &from), 0);
		carry(l, &o);
		assert_int_equal(stats_read(&v, &o), 0);
		assert_string_equal(v.stage, "match");
		assert_int_equal(v.v[S_MATCH_IN], 7);
		seen += v.nlabelled;
	}
	assert_int_equal(seen, RULES - 1); /* a zero is not said */
}

static void utf8(void **state)
{
	assert_true(utf8_valid("plain text that is long enough", 30));
	assert_true(utf8_valid("gr\xc3\xbc\xc3\x9f", 6));
	assert_true(utf8_valid("\xf0\x9f\x90\xa7", 4));
	assert_false(utf8_valid("\xc0\x80", 2));	 /* overlong */
	assert_false(utf8_valid("\xed\xa0\x80", 3));	 /* surrogate */
	assert_false(utf8_valid("\xf4\x90\x80\x80", 4)); /* above U+10FFFF */
	assert_false(utf8_valid("abc\xe2\x82", 5));	 /* cut */
	assert_false(utf8_valid("0123456789\xff", 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(event_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(copy_appends_without_decoding, setup, teardown),
		cmocka_unit_test_setup_teardown(an_object_past_the_limit_is_not_written, setup,
						teardown),
		cmocka_unit_test_setup_teardown(hello_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(hello_of_a_newer_major_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(stats_round_trip_in_parts, setup, teardown),
		cmocka_unit_test(utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
