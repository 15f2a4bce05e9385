// SPDX-License-Identifier: BSD-2-Clause
/* Text that ship writes: JSON strings, numbers, safe text, times; and JSON that it reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/hostport.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/jsonscan.h"
#include "cmd/secmon-ship/timefmt.h"
#include "cmd/secmon-ship/utf8.h"

static char memory[4096];
static struct buf b;

static int fresh(void **state)
{
	b = buf_wrap(memory, sizeof(memory));
	return 0;
}

static void is(const char *text)
{
	assert_false(b.full);
	assert_string_equal(buf_cstr(&b), text);
	buf_clear(&b);
}

static void strings(void **state)
{
	assert_true(json_string(&b, "a\"b\\c\n\x01\x7f", 8));
	is("\"a\\\"b\\\\c\\n\\u0001\\u007f\"");
	assert_true(json_string(&b, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa7", 11));
	is("\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa7\"");
	assert_true(json_string(&b, "\xc2\x9b", 2));
	is("\"\\u009b\"");
	assert_false(json_string(&b,
				 "a\xff"
				 "b",
				 3));
	is("\"a\xef\xbf\xbd"
	   "b\"");
	/* every position of a byte in a word of eight */
	for (size_t i = 0; i < 20; i++) {
		char text[20], want[40];

		memset(text, 'x', sizeof(text));
		text[i] = '"';
		json_string(&b, text, sizeof(text));
		want[0] = '"';
		memset(want + 1, 'x', i);
		memcpy(want + 1 + i, "\\\"", 2);
		memset(want + 3 + i, 'x', 19 - i);
		memcpy(want + 22, "\"", 2);
		is(want);
	}
}

static void no_room_is_noticed(void **state)
{
	b.cap = 10;
	json_cstr(&b, "0123456789");
	assert_true(b.full);
	buf_cut(&b, 0);
	buf_printf(&b, "%s", "0123456789");
	assert_true(b.full);
}

static void utf8(void **state)
{
	static const char *const wrong[] = { "\xc0\x80",     "\xc1\xbf",	 "\xe0\x80\x80",
					     "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80",
					     "\x80",	     "\xe2\x82" };
	uint32_t code;

	for (size_t i = 0; i < nitems(wrong); i++)
		assert_int_equal(utf8_decode(wrong[i], strlen(wrong[i]), &code), 0);
	assert_int_equal(utf8_decode("\xf4\x8f\xbf\xbf", 4, &code), 4);
	assert_int_equal(code, 0x10ffff);
	assert_int_equal(utf8_decode("\xe2\x82\xac", 3, &code), 3);
	assert_int_equal(code, 0x20ac);
	assert_int_equal(utf8_decode("", 0, &code), 0);
}

static void numbers(void **state)
{
	buf_u64(&b, UINT64_MAX);
	is("18446744073709551615");
	buf_i64(&b, INT64_MIN);
	is("-9223372036854775808");
	buf_i64(&b, 0);
	is("0");
	buf_pad(&b, 42, 9);
	is("000000042");
	buf_hex(&b, 0xfe01);
	is("fe01");
	buf_double(&b, 0.1);
	is("0.1");
	buf_double(&b, 1.0 / 3);
	assert_true(strtod(buf_cstr(&b), NULL) == 1.0 / 3);
	buf_clear(&b);
	buf_double(&b, 1e308 * 10);
	is("null");
}

static void base64(void **state)
{
	buf_base64(&b, "", 0);
	is("");
	buf_base64(&b, "f", 1);
	is("Zg==");
	buf_base64(&b, "fo", 2);
	is("Zm8=");
	buf_base64(&b, "foobar", 6);
	is("Zm9vYmFy");
	buf_base64(&b, "\xff\xfe\xfd", 3);
	is("//79");
}

static void values(void **state)
{
	/* {"a": [1, -2, true, nil, 1.5], "b": bin ff} */
	static const uint8_t map[] = "\x82\xa1"
				     "a\x95\x01\xfe\xc3\xc0\xcb\x3f\xf8\0\0\0\0\0\0"
				     "\xa1"
				     "b\xc4\x01\xff";
	struct pull p = { map, map + sizeof(map) - 1 };

	assert_false(json_value(&b, &p));
	is("{\"a\":[1,-2,true,null,1.5],\"b\":\"\xef\xbf\xbd\"}");
	p.pos = map;
	json_exact(&b, &p);
	is("{\"a\":[null,null,null,null,null],\"b\":\"/w==\"}");
	/* nested deeper than anything that is read */
	uint8_t deep[32];

	memset(deep, 0x91, sizeof(deep));
	p = (struct pull){ deep, deep + sizeof(deep) };
	json_value(&b, &p);
	assert_false(b.full);
}

static void safe_text(void **state)
{
	text_safe(&b, "a\x1b[2J\n\x07\x7f\xff", 9);
	is("a\\x1b[2J\\n\\x07\\x7f\\xff");
	text_safe(&b,
		  "\xe2\x80\xae\xc2\x9b\xef\xbb\xbf"
		  "gr\xc3\xbc",
		  12);
	is("\\u202e\\u009b\\ufeffgr\xc3\xbc");
}

static void times(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	time_utc(&b, 1790000000000001000ULL);
	is("2026-09-21T14:13:20.000001000Z");
	time_utc(&b, 0);
	is("1970-01-01T00:00:00.000000000Z");
	time_local(&b, 1790000000999999999ULL);
	is("14:13:20.999999999");
	time_syslog(&b, 1788300800ULL * NS_PER_S);
	is("Sep  1 22:13:20");
	time_utc(&b, UINT64_MAX); /* a stream may claim any time */
	assert_false(b.full);
}

static void count_status(void *arg, const char *key, size_t key_len, const char *value, size_t len)
{
	if (key_len == 6 && memcmp(key, "status", 6) == 0 && len == 3)
		++*(int *)arg;
}

static bool scan(const char *text, int *n)
{
	*n = 0;
	return jsonscan(text, strlen(text), count_status, n);
}

static void answers(void **state)
{
	int n;

	assert_true(scan("{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},"
			 "{\"create\":{\"status\": 201 , \"x\":\"}\\\"]\"}}]}",
			 &n));
	assert_int_equal(n, 2);
	assert_false(scan("{\"items\":[{\"status\":201}", &n));
	assert_false(scan("", &n));
	assert_false(scan("{\"a\":1]", &n));
	assert_false(scan("{\"a", &n));
	assert_false(scan("}", &n));
	assert_false(scan("<html>502 Bad Gateway</html>\"", &n));
	char deep[300];

	memset(deep, '[', 299);
	deep[299] = '\0';
	assert_false(scan(deep, &n));
}

static void hosts(void **state)
{
	struct hostport hp;

	assert_int_equal(hostport_parse(&hp, "log.example:514", NULL), 0);
	assert_string_equal(hp.host, "log.example");
	assert_string_equal(hp.port, "514");
	assert_int_equal(hostport_parse(&hp, "[::1]:6514", NULL), 0);
	assert_string_equal(hp.host, "::1");
	assert_int_equal(hostport_parse(&hp, "[::1]", "99"), 0);
	assert_string_equal(hp.port, "99");
	assert_int_equal(hostport_parse(&hp, ":9", NULL), 0);
	assert_string_equal(hp.host, "");
	assert_int_equal(hostport_parse(&hp, "host", NULL), -1);
	assert_int_equal(hostport_parse(&hp, "::1:514", NULL), -1);
	assert_int_equal(hostport_parse(&hp, "host:65536", NULL), -1);
	assert_int_equal(hostport_parse(&hp, "[::1", "9"), -1);
	assert_int_equal(hostport_parse(&hp, "host:", NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(strings, fresh),
		cmocka_unit_test_setup(no_room_is_noticed, fresh),
		cmocka_unit_test_setup(utf8, fresh),
		cmocka_unit_test_setup(numbers, fresh),
		cmocka_unit_test_setup(base64, fresh),
		cmocka_unit_test_setup(values, fresh),
		cmocka_unit_test_setup(safe_text, fresh),
		cmocka_unit_test_setup(times, fresh),
		cmocka_unit_test_setup(answers, fresh),
		cmocka_unit_test_setup(hosts, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
