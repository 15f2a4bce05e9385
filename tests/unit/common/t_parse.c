// SPDX-License-Identifier: BSD-2-Clause
/* Numbers from text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "common/compat.h"
#include "common/parse.h"

typedef int parser(const char *s, uint64_t min, uint64_t max, uint64_t *v);

static void gives(parser *parse, const char *s, uint64_t want)
{
	uint64_t v = ~want;

	if (parse(s, 0, UINT64_MAX, &v) == -1)
		fail_msg("'%s' was refused", s);
	if (v != want)
		fail_msg("'%s' gave %llu", s, (unsigned long long)v);
}

static void refuses(parser *parse, const char *s, int why)
{
	uint64_t v = 4711;

	errno = 0;
	if (parse(s, 1, 1000000, &v) != -1 || errno != why)
		fail_msg("'%s': errno %d, not %d", s, errno, why);
	assert_int_equal(v, 4711);
}

static void whole_numbers(void **state)
{
	static const char *const no[] = { "",	 " 1", "+1",  "-1",  "1 ", "0x10",    "1e3",
					  "1.0", "1.", "1.5", "abc", "1K", "\xd9\xa1" };

	gives(parse_uint, "0", 0);
	gives(parse_uint, "007", 7);
	gives(parse_uint, "18446744073709551615", UINT64_MAX);
	for (size_t i = 0; i < nitems(no); i++)
		refuses(parse_uint, no[i], EINVAL);
	refuses(parse_uint, "18446744073709551616", ERANGE);
	refuses(parse_uint, "0", ERANGE);
	refuses(parse_uint, "1000001", ERANGE);
}

static void sizes(void **state)
{
	static const char *const no[] = { "", "K", "1Q", "1KB", "1 K", "1.K", "1.5", "1Mi" };

	gives(parse_size, "0", 0);
	gives(parse_size, "4096", 4096);
	gives(parse_size, "1K", 1024);
	gives(parse_size, "1k", 1024);
	gives(parse_size, "3M", 3 << 20);
	gives(parse_size, "3MiB", 3 << 20);
	gives(parse_size, "2G", 2ULL << 30);
	gives(parse_size, "1.5K", 1536);
	gives(parse_size, "1.5M", 1572864);
	gives(parse_size, "0.25G", 1ULL << 28);
	for (size_t i = 0; i < nitems(no); i++)
		refuses(parse_size, no[i], EINVAL);
	refuses(parse_size, "99999999999G", ERANGE);
	refuses(parse_size, "17179869184G", ERANGE); /* 2^64 */
}

static void durations(void **state)
{
	static const char *const no[] = { "", "s", "1 s", "1w", "-1s", "1.s", "1.5ns" };

	gives(parse_duration, "3", 3000);
	gives(parse_duration, "1.5s", 1500);
	gives(parse_duration, "1.5", 1500);
	gives(parse_duration, "0.0005s", 0);
	gives(parse_duration, "250ms", 250);
	gives(parse_duration, "2m", 120000);
	gives(parse_duration, "1h", 3600000);
	gives(parse_duration, "1.999d", 172713600);
	gives(parse_duration, "1999us", 1);
	for (size_t i = 0; i < nitems(no); i++)
		refuses(parse_duration, no[i], EINVAL);
	refuses(parse_duration, "999us", ERANGE); /* below the least, not rounded to it */
	refuses(parse_duration, "1001s", ERANGE);
	refuses(parse_duration, "999999999d", ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
