// SPDX-License-Identifier: BSD-2-Clause
/* The tables: what their users take for granted of fields, arguments, events and flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "common/compat.h"
#include "common/events.h"
#include "common/hello.h"
#include "common/inq.h"
#include "make.h"

static const unsigned int field_ids[] = {
#define FIELD(id, sym, name, type, filled, flags, help) id,
#include "common/fields.def"
#undef FIELD
};

static const unsigned int arg_ids[] = {
#define ARG(id, sym, name) id,
#include "common/args.def"
#undef ARG
};

static const unsigned int event_ids[] = {
#define EVENT(id, sym, name, category, flags) id,
#define PARAM(event, arg, type, fmt, set)
#include "common/events.def"
#undef EVENT
#undef PARAM
};

static void ascending(const unsigned int *ids, size_t n, unsigned int limit, const char *table)
{
	for (size_t i = 0; i < n; i++) {
		if (i && ids[i] <= ids[i - 1])
			fail_msg("%s: %u stands behind %u", table, ids[i], ids[i - 1]);
		if (ids[i] >= limit)
			fail_msg("%s: %u is not below %u", table, ids[i], limit);
	}
}

static void ids_are_unique_in_order_and_below_their_limits(void **state)
{
	ascending(field_ids, nitems(field_ids), FIELD_ARGS, "fields.def");
	ascending(arg_ids, nitems(arg_ids), FIELD_ARGTEXT - FIELD_ARGS, "args.def");
	ascending(event_ids, nitems(event_ids), EVENT_ID_END, "events.def");
}

static void every_field_is_found_by_id_and_by_name(void **state)
{
	size_t n;
	const struct field *f = field_table(&n);

	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(field_by_id(f[i].id), &f[i]);
		if (field_by_name(f[i].name, strlen(f[i].name)) != &f[i])
			fail_msg("two fields are called %s", f[i].name);
		assert_true(f[i].help && *f[i].help);
		assert_true(f[i].type != TYPE_NONE && f[i].type < TYPE_END);
	}
	assert_null(field_by_id(FIELD_ARGS));
	assert_null(field_by_id(UINT32_MAX));
	assert_null(field_by_name("proc.nam", 8));
	assert_null(field_by_name("proc.namex", 10));
	assert_null(field_by_name("", 0));
}

/* a header byte says so: 00 cd.. 01 ce.. */
static void the_fields_of_the_fixed_header_have_the_first_ids(void **state)
{
	assert_int_equal(F_EVT_TYPE, 0);
	assert_int_equal(F_WIRE_SIZE, 1);
}

static void every_argument_is_found_by_name(void **state)
{
	char buf[64];

	for (size_t i = 0; i < nitems(arg_ids); i++) {
		unsigned int id = arg_ids[i];
		const char *name = arg_name(id);

		assert_non_null(name);
		if (arg_by_name(name, strlen(name)) != (int)id)
			fail_msg("two arguments are called %s", name);
		assert_non_null(field_wire_name(F_ARG(id), buf, sizeof(buf)));
		assert_string_equal(buf + strlen("evt.arg."), name);
		assert_non_null(field_wire_name(F_ARGTEXT(id), buf, sizeof(buf)));
		assert_string_equal(buf + strlen("evt.argtext."), name);
	}
	assert_null(arg_name(ARG_END));
	assert_null(field_wire_name(F_ARG(ARG_END), buf, sizeof(buf)));
	assert_null(field_wire_name(FIELD_END, buf, sizeof(buf)));
	assert_int_equal(arg_by_name("", 0), -1);
}

static void every_event_is_found_with_its_parameters(void **state)
{
	size_t n, params = 0, all = 0;
	const struct event_type *e = event_table(&n);

	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(event_by_id(e[i].id), &e[i]);
		if (event_by_name(e[i].name, strlen(e[i].name)) != &e[i])
			fail_msg("two events are called %s", e[i].name);
		for (size_t p = 0; p < e[i].nparams; p++, params++) {
			const struct param *q = &e[i].params[p];

			assert_int_equal(q->event, e[i].id);
			assert_non_null(arg_name(q->arg));
			if (event_param(&e[i], q->arg) != q)
				fail_msg("%s has %s twice", e[i].name, arg_name(q->arg));
			assert_string_not_equal(type_name(q->type), "NONE");
		}
	}
#define EVENT(id, sym, name, category, flags)
#define PARAM(event, arg, type, fmt, set) all++;
#include "common/events.def"
#undef EVENT
#undef PARAM
	assert_int_equal(params, all);
	assert_null(event_by_id(EVENT_ID_END));
	assert_null(event_by_id(UINT32_MAX));
	assert_null(event_by_name("opena", 5));
}

/* a parameter that is printed as flags has some */
static void every_flag_set_that_is_named_exists(void **state)
{
	size_t n, nflags;
	const struct event_type *e = event_table(&n);

	for (size_t i = 0; i < n; i++)
		for (size_t p = 0; p < e[i].nparams; p++) {
			const struct param *q = &e[i].params[p];

			if (q->set != FLAGSET_NONE && !flagset(q->set, &nflags))
				fail_msg("%s.%s: its flag set is empty", e[i].name,
					 arg_name(q->arg));
		}
	assert_null(flagset(FLAGSET_NONE, &nflags));
	assert_int_equal(nflags, 0);
	/* a set is one run of the table: with a second, flags would be missed */
	for (int set = FLAGSET_NONE + 1; set < FLAGSET_END; set++) {
		size_t all = 0;
#define FLAGSET(s)
#define FLAG(s, name, value) all += FLAGSET_##s == set;
#include "common/flags.def"
#undef FLAGSET
#undef FLAG
		flagset((enum flagset)set, &nflags);
		assert_int_equal(nflags, all);
	}
}

static void every_type_has_a_name(void **state)
{
	for (int t = 0; t < TYPE_END; t++)
		assert_non_null(type_name((enum type)t));
	assert_string_equal(type_name(TYPE_END), "NONE");
}

/* HELLO with our whole dictionary and as much as it may carry of others' */
static void hello_fits_in_an_object(void **state)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	static struct hello h;

	hello_local(&h);
	memset(h.program, 'x', sizeof(h.program) - 1);
	memset(h.hostname, 'x', sizeof(h.hostname) - 1);
	memset(h.kernel, 'x', sizeof(h.kernel) - 1);
	while (h.extra_len + 4 <= sizeof(h.extra)) {
		memcpy(h.extra + h.extra_len, "\xcd\x60\x00\xc0", 4);
		h.extra_len += 4;
		h.nextra++;
	}
	assert_int_equal(hello_write(&h, q), 0);
	outq_free(q);
}

/* [1, {0: [1, 0], 7: {n lines of each bytes, ids from 0x6000 on}}] */
static int read_hello(struct hello *h, size_t n, size_t each)
{
	static struct bytes b;
	const uint8_t head[] = { 0x92,	    1, 0x82,	     0,	   0x92,
				 1,	    0, HELLO_FIELDS, 0xde, (uint8_t)(n >> 8),
				 (uint8_t)n };
	struct object o = { .kind = KIND_HELLO, .buf = b.buf, .map = b.buf + 3, .pairs = 2 };

	b.len = 0;
	add_raw(&b, head, sizeof(head));
	for (size_t i = 0; i < n; i++) {
		uint8_t line[256] = { 0xcd, 0x60, (uint8_t)i, 0x92, 0xd9, (uint8_t)(each - 7) };

		line[each - 1] = 0xc0;
		add_raw(&b, line, each);
	}
	o.len = b.len;
	return hello_read(h, &o);
}

static void dictionary_lines_of_others_are_kept_or_refused_whole(void **state)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	static struct hello h, back;
	static struct bytes b;
	struct object o;

	assert_int_equal(read_hello(&h, 100, 40), 0);
	assert_int_equal(h.nextra, 100);
	assert_int_equal(h.extra_len, 4000);
	assert_int_equal(hello_write(&h, q), 0);
	b.len = 0;
	add_queue(&b, q);
	outq_free(q);
	assert_non_null(memmem(b.buf, b.len, h.extra, h.extra_len));
	/* 92 01 df nnnn: the map begins at byte 7 */
	o = (struct object){
		.kind = KIND_HELLO, .buf = b.buf, .map = b.buf + 7, .len = b.len, .pairs = b.buf[6]
	};
	assert_int_equal(hello_read(&back, &o), 0);
	assert_int_equal(back.nextra, 100);
	assert_int_equal(read_hello(&h, 128, HELLO_EXTRA_MAX / 128), 0);
	errno = 0;
	assert_int_equal(read_hello(&h, 129, HELLO_EXTRA_MAX / 128), -1);
	assert_int_equal(errno, EMSGSIZE);
}

static int read_bytes(const char *bytes, size_t len, uint32_t pairs)
{
	struct object o = { .kind = KIND_HELLO,
			    .buf = (const uint8_t *)bytes,
			    .len = len,
			    .map = (const uint8_t *)bytes,
			    .pairs = pairs };
	static struct hello h;

	errno = 0;
	return hello_read(&h, &o) == 0 ? 0 : errno;
}

static void a_hello_that_is_wrong_is_refused(void **state)
{
	assert_int_equal(read_bytes("\x00\x92\x01\x00", 4, 1), 0);
	assert_int_equal(read_bytes("", 0, 0), EPROTO);			/* no version */
	assert_int_equal(read_bytes("\x00\x92\x00\x00", 4, 1), EPROTO); /* of 0 */
	assert_int_equal(read_bytes("\x00\x01", 2, 1), EPROTO);		/* of another shape */
	assert_int_equal(read_bytes("\x00\x93\x01\x00\x00", 5, 1), EPROTO);
	assert_int_equal(read_bytes("\x00\x92\x01\x00\x07\x90", 6, 2), EPROTO);
	assert_int_equal(read_bytes("\x00\x92\x01\x00\x06\xa1x", 7, 2), EPROTO);
	/* a newer one may look different everywhere else */
	assert_int_equal(read_bytes("\x07\x90\x00\x92\x02\x00", 6, 2), EPROTONOSUPPORT);
	/* text of another type is no text */
	assert_int_equal(read_bytes("\x00\x92\x01\x00\x03\x05", 6, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_unique_in_order_and_below_their_limits),
		cmocka_unit_test(every_field_is_found_by_id_and_by_name),
		cmocka_unit_test(the_fields_of_the_fixed_header_have_the_first_ids),
		cmocka_unit_test(every_argument_is_found_by_name),
		cmocka_unit_test(every_event_is_found_with_its_parameters),
		cmocka_unit_test(every_flag_set_that_is_named_exists),
		cmocka_unit_test(every_type_has_a_name),
		cmocka_unit_test(hello_fits_in_an_object),
		cmocka_unit_test(dictionary_lines_of_others_are_kept_or_refused_whole),
		cmocka_unit_test(a_hello_that_is_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
