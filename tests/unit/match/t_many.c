// SPDX-License-Identifier: BSD-2-Clause
/* Many texts at once find what each alone finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/many.h"

enum { TEXTS_MAX = 100, LEN_MAX = 12, ROUNDS = 300, VALUES = 60 };

static uint32_t state = 1;

static uint32_t pick(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

/* Few letters, so that texts begin, end and stand in each other. */
static size_t make(char *to, size_t max, unsigned int letters)
{
	size_t len = 1 + pick((uint32_t)max);

	for (size_t i = 0; i < len; i++)
		to[i] = (char)(letters > 26 ? pick(letters) : 'a' + pick(letters));
	return len;
}

static bool is_there(enum many_where where, const char *s, size_t len, const char *t, size_t tlen)
{
	bool there = false;

	if (tlen > len)
		return false;
	if (where == MANY_PREFIX)
		return !memcmp(s, t, tlen);
	if (where == MANY_SUFFIX)
		return !memcmp(s + len - tlen, t, tlen);
	for (size_t i = 0; i + tlen <= len && !there; i++) {
		there = true;
		for (size_t k = 0; k < tlen && there; k++)
			there = t[k] == (where == MANY_IPART && s[i + k] >= 'A' && s[i + k] <= 'Z'
						 ? s[i + k] - 'A' + 'a'
						 : s[i + k]);
	}
	return there;
}

static void compare(const struct many *m, enum many_where where, char texts[][LEN_MAX],
		    const size_t *lens, size_t n, unsigned int letters)
{
	uint64_t found[TEXTS_MAX / 64 + 1] = { 0 };
	char value[4 * LEN_MAX];
	size_t len = pick(8) ? make(value, sizeof(value), letters) : 0;
	bool any, one = false;

	for (size_t i = 0; i < len && where == MANY_IPART; i++)
		if (pick(2) && islower((unsigned char)value[i]))
			value[i] = (char)(value[i] - 'a' + 'A');
	any = many_find(m, value, len, found);
	for (size_t i = 0; i < n; i++) {
		bool there = is_there(where, value, len, texts[i], lens[i]);

		assert_int_equal(found[i / 64] >> (i % 64) & 1, there);
		one |= there;
	}
	assert_int_equal(any, one);
}

static void one_round(enum many_where where, unsigned int letters)
{
	static char texts[TEXTS_MAX][LEN_MAX];
	size_t lens[TEXTS_MAX], n = 0, want = 1 + pick(TEXTS_MAX);
	struct many *m = many_new(where);

	assert_non_null(m);
	for (size_t i = 0; i < want; i++) {
		long number;

		lens[n] = make(texts[n], LEN_MAX, letters);
		for (size_t k = 0; k < lens[n] && where == MANY_IPART; k++)
			if (texts[n][k] >= 'A' && texts[n][k] <= 'Z')
				texts[n][k] = 'z';
		number = many_add(m, texts[n], lens[n]);
		assert_in_range(number, 0, n);
		n += (size_t)number == n;
	}
	assert_int_equal(many_count(m), n);
	assert_int_equal(many_build(m), 0);
	for (int i = 0; i < VALUES; i++)
		compare(m, where, texts, lens, n, letters);
	many_free(m);
}

static void many_at_once_find_what_each_alone_finds(void **unused)
{
	static const unsigned int letters[] = { 1, 2, 3, 26, 256 };

	for (int where = 0; where < MANY_END; where++)
		for (int i = 0; i < ROUNDS; i++)
			one_round(where, letters[i % 5]);
}

static void any_finding_sets_a_bit_and_no_finding_none(void **unused)
{
	struct many *m = many_new(MANY_PART);
	uint64_t found = 0;

	assert_int_equal(many_add(m, "/.ssh/id_", 9), 0);
	assert_int_equal(many_add(m, "x", 1), 1);
	assert_int_equal(many_add(m, "/.ssh/id_", 9), 0);
	assert_int_equal(many_build(m), 0);
	assert_false(many_find(m, "/home/ann/.ssh/idrsa", 20, &found));
	assert_int_equal(found, 0);
	assert_true(many_find(m, "/home/ann/.ssh/id_rsax", 22, &found));
	assert_int_equal(found, 3);
	assert_false(many_find(m, "", 0, &found));
	many_free(m);
}

static void too_many_are_refused_and_the_others_stay(void **unused)
{
	static char big[17 * 1024];
	struct many *m = many_new(MANY_PREFIX);
	uint64_t found = 0;

	memset(big, 'a', sizeof(big));
	assert_int_equal(many_add(m, "/etc/", 5), 0);
	assert_int_equal(many_add(m, big, sizeof(big)), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(many_add(m, "/usr/", 5), 1);
	assert_int_equal(many_build(m), 0);
	assert_true(many_find(m, "/usr/bin", 8, &found));
	assert_int_equal(found, 2);
	many_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_at_once_find_what_each_alone_finds),
		cmocka_unit_test(any_finding_sets_a_bit_and_no_finding_none),
		cmocka_unit_test(too_many_are_refused_and_the_others_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
