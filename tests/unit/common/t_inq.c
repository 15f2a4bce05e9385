// SPDX-License-Identifier: BSD-2-Clause
/* The input queue against streams as a hostile writer, or the world, sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/event.h"
#include "common/hello.h"
#include "common/inq.h"
#include "make.h"

/* an event of exactly size bytes, most of them text */
static size_t make_event(uint8_t *buf, size_t size, unsigned int type)
{
	static struct bytes b;

	b.len = 0;
	add_event(&b, size, type, 1);
	memcpy(buf, b.buf, b.len);
	return b.len;
}

struct stream {
	int fd[2];
	struct inq *q;
};

static int setup(void **state)
{
	static struct stream s;

	assert_int_equal(pipe2(s.fd, O_NONBLOCK), 0);
	assert_true(fcntl(s.fd[1], F_SETPIPE_SZ, 1 << 20) > 0);
	s.q = inq_new(s.fd[0], "test");
	assert_non_null(s.q);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stream *s = *state;

	inq_free(s->q);
	close(s->fd[0]);
	if (s->fd[1] != -1)
		close(s->fd[1]);
	return 0;
}

static void feed(struct stream *s, const void *buf, size_t len)
{
	assert_int_equal(write(s->fd[1], buf, len), len);
	assert_true(inq_read(s->q) > 0);
}

/* the stream is refused, at that byte, for that reason */
static void refused(struct stream *s, const char *byte, const char *why)
{
	struct object o;

	errno = 0;
	assert_int_equal(inq_next(s->q, &o), -1);
	assert_int_equal(errno, EPROTO);
	assert_memory_equal(inq_error(s->q), byte, strlen(byte));
	if (!strstr(inq_error(s->q), why))
		fail_msg("'%s' does not say '%s'", inq_error(s->q), why);
	/* and stays so */
	errno = 0;
	assert_int_equal(inq_next(s->q, &o), -1);
	assert_int_equal(errno, EPROTO);
}

static void a_writer_of_single_bytes(void **state)
{
	static uint8_t b[400];
	struct stream *s = *state;
	size_t len = make_event(b, sizeof(b), EV_OPEN);
	struct object o;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < len; i++) {
			assert_int_equal(inq_next(s->q, &o), 0);
			feed(s, b + i, 1);
		}
		assert_int_equal(inq_next(s->q, &o), 1);
		assert_int_equal(o.len, len);
		assert_int_equal(o.offset, (size_t)round * len);
		assert_int_equal(o.type, EV_OPEN);
		assert_true(o.has_header);
		assert_memory_equal(o.buf, b, len);
	}
	assert_int_equal(inq_next(s->q, &o), 0);
	assert_int_equal(inq_torn(s->q), 0);
}

static void hello_by_single_bytes(void **state)
{
	static struct hello h, back;
	struct outq *out = outq_new(-1, "nowhere", OUTQ_MIN);
	struct stream *s = *state;
	const uint8_t *b = outq_room(out, 1);
	struct object o;

	hello_local(&h);
	assert_int_equal(hello_write(&h, out), 0);
	for (size_t i = 0; i < outq_pending(out); i++) {
		assert_int_equal(inq_next(s->q, &o), 0);
		feed(s, b + i, 1);
	}
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(o.kind, KIND_HELLO);
	assert_int_equal(o.len, outq_pending(out));
	assert_int_equal(hello_read(&back, &o), 0);
	outq_free(out);
}

static void a_writer_that_stops_inside_an_object(void **state)
{
	static uint8_t b[300];
	struct stream *s = *state;
	struct object o;

	make_event(b, sizeof(b), EV_OPEN);
	feed(s, b, sizeof(b));
	feed(s, b, sizeof(b) - 1);
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(inq_next(s->q, &o), 0);
	close(s->fd[1]);
	s->fd[1] = -1;
	assert_int_equal(inq_read(s->q), 0);
	assert_int_equal(inq_torn(s->q), sizeof(b) - 1);
}

static void objects_of_exactly_the_largest_size(void **state)
{
	static uint8_t b[WIRE_OBJECT_MAX];
	static struct event e;
	struct stream *s = *state;
	struct object o;

	make_event(b, sizeof(b), EV_OPEN);
	event_init(&e);
	/* more than the buffer holds, one behind the other */
	for (int i = 0; i < 20; i++) {
		feed(s, b, sizeof(b));
		assert_int_equal(inq_next(s->q, &o), 1);
		assert_int_equal(o.len, WIRE_OBJECT_MAX);
		assert_int_equal(event_index(&e, &o), 0);
		assert_int_equal(inq_next(s->q, &o), 0);
	}
}

static void unknown_kinds_have_the_same_limit(void **state)
{
	enum { N = WIRE_OBJECT_MAX - 9 };
	/* [77, {1: N bytes}] */
	static uint8_t b[WIRE_OBJECT_MAX] = { 0x92, 77,	     0x81,	    1,	     0xc6,
					      0,    N >> 16, N >> 8 & 0xff, N & 0xff };
	struct stream *s = *state;
	struct object o;

	feed(s, b, sizeof(b));
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(o.kind, 77);
	assert_int_equal(o.pairs, 1);
	assert_int_equal(o.len, WIRE_OBJECT_MAX);
	assert_false(o.has_header);
	b[8]++;
	feed(s, b, WIRE_OBJECT_MAX - 1);
	assert_int_equal(inq_next(s->q, &o), 0);
	feed(s, b, 1);
	refused(s, "byte 65536: ", "more than 65536 bytes");
}

static void sizes_that_lie(void **state)
{
	static const struct {
		uint32_t pairs, size;
		const char *at, *why;
	} lies[] = {
		{ 2, 0, "byte 13: ", "says it has 0 bytes" },
		{ 2, WIRE_HEADER - 1, "byte 13: ", "says it has 16 bytes" },
		{ 2, WIRE_OBJECT_MAX + 1, "byte 13: ", "says it has 65537 bytes" },
		{ 2, UINT32_MAX, "byte 13: ", "4294967295" },
		{ 1, 100, "byte 3: ", "a map of 1 pairs" },
		{ 51, 100, "byte 3: ", "a map of 51 pairs" },
		{ UINT32_MAX, 100, "byte 3: ", "4294967295" },
	};

	for (size_t i = 0; i < nitems(lies); i++) {
		uint8_t b[100] = { 0x92,
				   KIND_EVENT,
				   0xdf,
				   (uint8_t)(lies[i].pairs >> 24),
				   (uint8_t)(lies[i].pairs >> 16),
				   (uint8_t)(lies[i].pairs >> 8),
				   (uint8_t)lies[i].pairs,
				   0,
				   0xcd,
				   0,
				   2,
				   1,
				   0xce,
				   (uint8_t)(lies[i].size >> 24),
				   (uint8_t)(lies[i].size >> 16),
				   (uint8_t)(lies[i].size >> 8),
				   (uint8_t)lies[i].size };

		feed(*state, b, sizeof(b));
		refused(*state, lies[i].at, lies[i].why);
		teardown(state);
		setup(state);
	}
}

static void what_is_no_stream_is_refused_where_it_is_wrong(void **state)
{
	static const struct {
		uint8_t bytes[24];
		size_t len;
		const char *at, *why;
	} wrong[] = {
		{ "#!/bin/sh\n", 10, "byte 0: ", "array of two was due" },
		{ { 0xc1 }, 1, "byte 0: ", "array of two was due" },
		{ { 0x93, 1, 2, 3 }, 4, "byte 0: ", "array of two was due" },
		{ { 0xdd, 0xff, 0xff, 0xff, 0xff }, 5, "byte 0: ", "array of two was due" },
		{ { 0x92, 0xa1, 'x' }, 3, "byte 1: ", "no small number" },
		{ { 0x92, 0xff }, 2, "byte 1: ", "no small number" },
		{ { 0x92, 0xce, 0, 1, 0, 0 }, 6, "byte 1: ", "no small number" },
		{ { 0x92, 1, 0x90 }, 3, "byte 2: ", "a map was due" },
		{ { 0x92, 1, 0xdf, 0xff, 0xff, 0xff, 0xff }, 7, "byte 2: ", "4294967295 pairs" },
		{ { 0x92, 1, 0xdf, 0, 0, 0x80, 1 }, 7, "byte 2: ", "32769 pairs" },
		{ { 0x92, 9, 0x82, 1, 1, 2, 0xc1 }, 7, "byte 6: ", "not msgpack" },
		{ { 0x92, 9, 0x81, 1, 0x92, 5, 0xc1 }, 7, "byte 6: ", "not msgpack" },
		/* refused at once, with no wait for what will never come */
		{ { 0x92, 9, 0x81, 1, 0xdd, 0xff, 0xff, 0xff, 0xff },
		  9,
		  "byte 4: ",
		  "container of 4294967295" },
		{ { 0x92, 9, 0x81, 1, 0xdf, 0, 0, 0x7f, 0xfd },
		  9,
		  "byte 4: ",
		  "container of 65530" },
		/* 2 + 6 levels are allowed */
		{ { 0x92, 9, 0x81, 1, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 1 },
		  12,
		  "byte 10: ",
		  "nested more than 8" },
	};

	for (size_t i = 0; i < nitems(wrong); i++) {
		feed(*state, wrong[i].bytes, wrong[i].len);
		refused(*state, wrong[i].at, wrong[i].why);
		teardown(state);
		setup(state);
	}
}

static void an_event_must_have_the_fixed_header(void **state)
{
	static const uint8_t plain[20] = { 0x92, KIND_EVENT, 0x83, 0, 2, 1, 30, 6, 1 };
	static const uint8_t wide_kind[20] = { 0x92, 0xcc, KIND_ALERT, 0xdf, 0, 0, 0, 2 };
	struct stream *s = *state;
	struct object o;

	feed(s, plain, WIRE_HEADER - 1);
	assert_int_equal(inq_next(s->q, &o), 0);
	feed(s, plain, 1);
	refused(s, "byte 0: ", "fixed header");
	teardown(state);
	setup(state);
	feed(s, wide_kind, sizeof(wide_kind));
	refused(s, "byte 0: ", "fixed header");
}

static void the_deepest_nesting_allowed_is_read(void **state)
{
	static const uint8_t b[] = { 0x92, 9, 0x81, 1, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 1 };
	struct stream *s = *state;
	struct object o;

	feed(s, b, sizeof(b));
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(o.len, sizeof(b));
}

static void an_empty_map_is_an_object(void **state)
{
	static const uint8_t b[] = { 0x92, 0xcd, 0x12, 0x34, 0x80, 0x92, KIND_END, 0x80 };
	struct stream *s = *state;
	struct object o;

	feed(s, b, sizeof(b));
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(o.kind, 0x1234);
	assert_int_equal(o.pairs, 0);
	assert_int_equal(inq_next(s->q, &o), 1);
	assert_int_equal(o.kind, KIND_END);
	assert_int_equal(o.offset, 5);
	assert_int_equal(inq_next(s->q, &o), 0);
}

static void the_end_of_a_file_is_not_confused_with_a_full_buffer(void **state)
{
	struct stream *s = *state;
	static uint8_t b[400];
	char path[] = "/tmp/t_inq.XXXXXX";
	int fd = mkstemp(path);
	struct inq *q;
	struct object o;
	size_t n = 0;

	unlink(path);
	make_event(b, sizeof(b), EV_OPEN);
	for (int i = 0; i < 4000; i++)
		assert_int_equal(write(fd, b, sizeof(b)), sizeof(b));
	lseek(fd, 0, SEEK_SET);
	q = inq_new(fd, path);
	assert_true(inq_read(q) > 0);
	errno = 0;
	assert_int_equal(inq_read(q), -1); /* nothing was taken */
	assert_int_equal(errno, ENOBUFS);
	do
		while (inq_next(q, &o) == 1)
			n++;
	while (inq_read(q) > 0);
	assert_int_equal(n, 4000);
	inq_free(q);
	close(fd);
	assert_int_equal(inq_read(s->q), -1); /* an empty pipe is no end */
	assert_int_equal(errno, EAGAIN);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_writer_of_single_bytes),
		T(hello_by_single_bytes),
		T(a_writer_that_stops_inside_an_object),
		T(objects_of_exactly_the_largest_size),
		T(unknown_kinds_have_the_same_limit),
		T(sizes_that_lie),
		T(what_is_no_stream_is_refused_where_it_is_wrong),
		T(an_event_must_have_the_fixed_header),
		T(the_deepest_nesting_allowed_is_read),
		T(an_empty_map_is_an_object),
		T(the_end_of_a_file_is_not_confused_with_a_full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
