// SPDX-License-Identifier: BSD-2-Clause
/* The index of an event against events that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "common/event.h"
#include "make.h"

static struct event e;

/* an event whose pairs behind the header are body; the block ends where the event does */
static int index_body(const uint8_t *body, size_t len, uint32_t pairs)
{
	static uint8_t *b;
	struct object o = { .kind = KIND_EVENT,
			    .len = WIRE_HEADER + len,
			    .pairs = pairs + 2,
			    .type = 2,
			    .has_header = true };
	const uint8_t head[] = { 0x92, 2, 0xdf, 0, 0, 0, (uint8_t)(pairs + 2),	      0, 0xcd, 0,
				 2,    1, 0xce, 0, 0, 0, (uint8_t)(WIRE_HEADER + len) };
	int r;

	free(b); /* of the last call */
	b = malloc(WIRE_HEADER + len);
	o.buf = b;
	o.map = b + 7;
	memcpy(b, head, sizeof(head));
	memcpy(b + WIRE_HEADER, body, len);
	e.error = NULL;
	errno = 0;
	r = event_index(&e, &o);
	if (r == 0)
		for (unsigned int f = 0; f < FIELD_END; f++) {
			struct value v;
			struct pull p;
			size_t n;

			assert_int_equal(event_get(&e, f, &v), event_has(&e, f));
			event_list(&e, f, &p, &n);
		}
	return r;
}

#define INDEX(pairs, ...)                                                                          \
	index_body((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }),     \
		   pairs)

static void refused(int r, const char *why)
{
	assert_int_equal(r, -1);
	assert_int_equal(errno, EPROTO);
	assert_non_null(e.error);
	if (!strstr(e.error, why))
		fail_msg("'%s' does not say '%s'", e.error, why);
}

static void a_map_that_is_shorter_or_longer_than_its_object(void **state)
{
	assert_int_equal(INDEX(1, F_PROC_PID, 7), 0);
	refused(INDEX(1, F_PROC_PID, 7, 0), "longer than its map");
	refused(INDEX(2, F_PROC_PID, 7), "key");
	refused(INDEX(1, F_PROC_PID), "value");
	refused(INDEX(1, F_PROC_PID, 0xcd, 1), "value");
}

static void values_that_are_broken(void **state)
{
	refused(INDEX(1, F_PROC_PID, 0xc1), "value");
	refused(INDEX(1, 0xa1, 'x', 1), "key");
	refused(INDEX(1, 0xff, 1), "key");
	refused(INDEX(1, F_PROC_ARGS, 0xdd, 0xff, 0xff, 0xff, 0xff), "value");
	refused(INDEX(1, F_PROC_ARGS, 0x92, 1, 0xc1), "value");
	refused(INDEX(1, F_PROC_ARGS, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 1), "value");
	assert_int_equal(INDEX(1, F_PROC_ARGS, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 1), 0);
}

static void the_header_cannot_be_contradicted(void **state)
{
	refused(INDEX(1, F_EVT_TYPE, 5), "evt.type");
	refused(INDEX(1, F_WIRE_SIZE, 5), "wire.size");
}

static void a_field_that_occurs_twice_counts_with_its_last_value(void **state)
{
	static struct bytes b;
	uint64_t u;
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	struct object o = { .kind = KIND_EVENT, .pairs = 4, .has_header = true };
	struct wire w;

	wire_event(&w, q, KIND_EVENT, 2);
	wire_uint(&w, F_PROC_PID, 1);
	wire_uint(&w, F_PROC_PID, 2);
	wire_end(&w);
	b.len = 0;
	add_queue(&b, q);
	outq_free(q);
	o.buf = b.buf;
	o.map = b.buf + 7;
	o.len = b.len;
	assert_int_equal(event_index(&e, &o), 0);
	assert_true(event_u64(&e, F_PROC_PID, &u));
	assert_int_equal(u, 2);
}

static void no_field_is_left_of_65536_events_before(void **state)
{
	uint64_t u;

	event_init(&e);
	for (unsigned int i = 0; i < 67000; i++) {
		if (i % 1000) {
			assert_int_equal(INDEX(1, F_PROC_VPID, 1), 0);
			assert_false(event_has(&e, F_PROC_PID));
		} else {
			assert_int_equal(INDEX(1, F_PROC_PID, 7), 0);
			assert_true(event_u64(&e, F_PROC_PID, &u));
			assert_int_equal(u, 7);
		}
	}
}

static void unknown_fields_do_no_harm(void **state)
{
	assert_int_equal(INDEX(1, 0xcd, 0x06, 0x00, 7), 0); /* 1536, behind the last */
	assert_int_equal(INDEX(1, 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 7), 0);
	assert_int_equal(INDEX(1, 0xcd, 0x05, 0xff, 7), 0); /* 1535, the last there can be */
	assert_false(event_get(&e, FIELD_END, &(struct value){ 0 }));
	assert_false(event_get(&e, UINT32_MAX, &(struct value){ 0 }));
	/* any encoding of a key is that key */
	assert_int_equal(INDEX(1, 0xcf, 0, 0, 0, 0, 0, 0, 0, F_PROC_PID, 7), 0);
	assert_true(event_has(&e, F_PROC_PID));
	assert_int_equal(INDEX(1, 0xcc, F_PROC_PID, 7), 0);
	assert_true(event_has(&e, F_PROC_PID));
}

static void nothing_of_the_last_event_is_left(void **state)
{
	assert_int_equal(INDEX(2, F_PROC_PID, 7, F_PROC_ARGS, 0x91, 1), 0);
	assert_true(event_has(&e, F_PROC_ARGS));
	assert_int_equal(INDEX(1, F_PROC_PPID, 7), 0);
	assert_false(event_has(&e, F_PROC_ARGS));
	assert_false(event_has(&e, F_PROC_PID));
	refused(INDEX(2, F_PROC_PID, 7, F_PROC_ARGS, 0xc1), "value");
	assert_int_equal(INDEX(1, F_PROC_PPID, 7), 0);
	assert_false(event_has(&e, F_PROC_PID));
}

static void a_value_of_another_type_is_absent(void **state)
{
	const char *s;
	struct pull p;
	uint64_t u;
	int64_t i;
	size_t n;
	bool b;

	assert_int_equal(INDEX(2, F_PROC_PID, 0xa1, 'x', F_EVT_RAWRES, 0xff), 0);
	assert_false(event_u64(&e, F_PROC_PID, &u));
	assert_false(event_i64(&e, F_PROC_PID, &i));
	assert_false(event_bool(&e, F_PROC_PID, &b));
	assert_false(event_list(&e, F_PROC_PID, &p, &n));
	assert_false(event_u64(&e, F_EVT_RAWRES, &u));
	assert_false(event_text(&e, F_EVT_RAWRES, &s, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_that_is_shorter_or_longer_than_its_object),
		cmocka_unit_test(values_that_are_broken),
		cmocka_unit_test(the_header_cannot_be_contradicted),
		cmocka_unit_test(a_field_that_occurs_twice_counts_with_its_last_value),
		cmocka_unit_test(no_field_is_left_of_65536_events_before),
		cmocka_unit_test(unknown_fields_do_no_harm),
		cmocka_unit_test(nothing_of_the_last_event_is_left),
		cmocka_unit_test(a_value_of_another_type_is_absent),
	};

	event_init(&e);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
