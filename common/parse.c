// SPDX-License-Identifier: BSD-2-Clause
/* Numbers from text, range-checked. */
#include "common/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

struct unit {
	const char *name;
	uint64_t factor;
};

/* digits, and behind them a suffix that is left in *rest; a fraction in thousandths, -1: none */
static int number(const char *s, uint64_t *v, int *milli, const char **rest)
{
	char *end;

	if (!isdigit((unsigned char)*s)) {
		errno = EINVAL;
		return -1;
	}
	errno = 0;
	*v = strtoull(s, &end, 10);
	if (errno)
		return -1;
	*milli = -1;
	if (*end == '.') {
		int place = 100;

		*milli = 0;

		if (!isdigit((unsigned char)end[1])) {
			errno = EINVAL;
			return -1;
		}
		for (end++; isdigit((unsigned char)*end); end++, place /= 10)
			*milli += (*end - '0') * place;
	}
	*rest = end;
	return 0;
}

static int scaled(const char *s, const struct unit *units, size_t n, uint64_t min, uint64_t max,
		  uint64_t *out)
{
	uint64_t v, part = 0, f = 0;
	const char *rest;
	int milli;

	if (number(s, &v, &milli, &rest) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rest, units[i].name))
			f = units[i].factor;
	if (!f || (milli != -1 && f < 1000)) {
		errno = EINVAL;
		return -1;
	}
	if (milli > 0)
		part = f * (unsigned int)milli / 1000; /* f is a day's ns at most */
	if (__builtin_mul_overflow(v, f, &v) || __builtin_add_overflow(v, part, &v) || v < min ||
	    v > max) {
		errno = ERANGE;
		return -1;
	}
	*out = v;
	return 0;
}

int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *v)
{
	static const struct unit units[] = { { "", 1 } };

	return scaled(s, units, nitems(units), min, max, v);
}

int parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 },	  { "k", 1 << 10 },   { "K", 1 << 10 },	  { "M", 1 << 20 },
		{ "G", 1 << 30 }, { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 },
	};

	return scaled(s, units, nitems(units), min, max, bytes);
}

int parse_duration(const char *s, uint64_t min_ms, uint64_t max_ms, uint64_t *ms)
{
	static const struct unit units[] = {
		{ "", NS_PER_S },	  { "ns", 1 },
		{ "us", 1000 },		  { "ms", NS_PER_MS },
		{ "s", NS_PER_S },	  { "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S }, { "d", 86400 * NS_PER_S },
	};
	uint64_t ns;

	if (max_ms > UINT64_MAX / NS_PER_MS)
		max_ms = UINT64_MAX / NS_PER_MS;
	if (scaled(s, units, nitems(units), min_ms * NS_PER_MS, max_ms * NS_PER_MS, &ns) == -1)
		return -1;
	*ms = ns / NS_PER_MS;
	return 0;
}
