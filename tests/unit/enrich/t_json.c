// SPDX-License-Identifier: BSD-2-Clause
/* The JSON walker, names of users, and SHA-256: what is read from files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-enrich/json.h"
#include "cmd/secmon-enrich/names.h"
#include "cmd/secmon-enrich/sha256.h"
#include "common/compat.h"

static char said[4096];

/* "a/0/b=1 " for each value */
static void on_value(void *arg, const struct json_path *p, enum json_type type, const char *v,
		     size_t len)
{
	size_t n = strlen(said);

	for (unsigned int i = 0; i < p->depth; i++)
		if (*p->key[i])
			n += (size_t)snprintf(said + n, sizeof(said) - n, "/%s", p->key[i]);
		else
			n += (size_t)snprintf(said + n, sizeof(said) - n, "/%u", p->index[i]);
	snprintf(said + n, sizeof(said) - n, "=%.*s ", (int)len, v);
}

static int walk(const char *text)
{
	size_t len = strlen(text);
	char *copy = test_malloc(len + 1);
	int r;

	memcpy(copy, text, len + 1);
	said[0] = '\0';
	r = json_walk(copy, len, on_value, NULL);
	test_free(copy);
	return r;
}

static void values_come_with_their_path(void **state)
{
	assert_int_equal(walk(" {\"a\": [1, {\"b\" : \"x\"}, []], \"c\":{}, "
			      "\"d\":null,\"e\":true} "),
			 0);
	assert_string_equal(said, "/a/0=1 /a/1/b=x /d=null /e=true ");
	assert_int_equal(walk("\"q\\\"\\\\\\n\\u00e9\\ud83d\\ude00\\ud800z\""), 0);
	assert_string_equal(said, "=q\"\\\n\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdz ");
	assert_int_equal(walk("-1.5e3"), 0);
	assert_string_equal(said, "=-1.5e3 ");
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const no[] = { "",	     "{",   "[1,",   "{\"a\"}", "{\"a\":}",
					  "[1 2]",   "tru", "\"x",   "\"\\",	"\"\\u12\"",
					  "\"\\x\"", "1 2", "{a:1}", "]" };
	char deep[2 * JSON_DEPTH_MAX + 3];

	for (size_t i = 0; i < nitems(no); i++)
		if (walk(no[i]) != -1)
			fail_msg("taken: %s", no[i]);
	memset(deep, '[', JSON_DEPTH_MAX);
	memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	deep[2 * JSON_DEPTH_MAX] = '\0';
	assert_int_equal(walk(deep), 0);
	memset(deep, '[', JSON_DEPTH_MAX + 1);
	memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	deep[2 * JSON_DEPTH_MAX + 2] = '\0';
	assert_int_equal(walk(deep), -1);
}

static void names(void **state)
{
	static const char users[] = "root:x:0:0:r:/root:/bin/sh\n# no\nx:y\n"
				    "big:x:4294967296:1::/:\nneg:x:-1:1::/:\n:x:5:1::/:\n"
				    "ann:x:1000:1::/a:/z\nb:x:1000:1::/b:\nlast:x:2000:1::/l:";
	struct names *n = names_new();

	assert_non_null(n);
	assert_null(names_user(n, 0));
	assert_int_equal(names_users(n, users, strlen(users)), 0);
	assert_string_equal(names_user(n, 0)->name, "root");
	assert_string_equal(names_user(n, 1000)->name, "ann");
	assert_string_equal(names_user(n, 1000)->shell, "/z");
	assert_string_equal(names_user(n, 2000)->home, "/l");
	assert_null(names_user(n, 5));
	assert_null(names_user(n, 4294967296ULL));
	assert_int_equal(names_users(n, "a:x:1:1::/:\n", 12), 0);
	assert_null(names_user(n, 0));
	assert_int_equal(names_groups(n, "wheel:x:10:a,b\n", 15), 0);
	assert_string_equal(names_group(n, 10)->name, "wheel");
	assert_null(names_group(n, 1));
	names_free(n);
}

static void sha256_of(const char *text, size_t times, const char *want)
{
	char hex[SHA256_HEX + 1];
	struct sha256 s;

	sha256_init(&s);
	while (times--)
		sha256_add(&s, text, strlen(text));
	sha256_hex(&s, hex);
	assert_string_equal(hex, want);
}

/* the examples of FIPS 180-4 */
static void sha256(void **state)
{
	sha256_of("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_of("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	sha256_of("aaaaaaaaaa", 100000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_with_their_path),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(names),
		cmocka_unit_test(sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
