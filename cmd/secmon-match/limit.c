// SPDX-License-Identifier: BSD-2-Clause
/* Rate limits. */
#include "cmd/secmon-match/limit.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/compat.h"
#include "common/parse.h"

#define LIMIT_MS_MAX (366ULL * 86400000)

int limit_parse(struct limit *l, const char *text)
{
	const char *slash = strchr(text, '/');
	uint64_t ms = 1000;
	char count[24], time[24];

	memset(l, 0, sizeof(*l));
	if (!slash || (size_t)(slash - text) >= sizeof(count)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(count, text, slash - text);
	count[slash - text] = '\0';
	/* 10/m is 10/1m */
	snprintf(time, sizeof(time), "%s%s", isalpha((unsigned char)slash[1]) ? "1" : "",
		 slash + 1);
	if (parse_uint(count, 1, 1000000000, &l->count) < 0 ||
	    parse_duration(time, 1, LIMIT_MS_MAX, &ms) < 0)
		return -1;
	l->per_ns = ms * NS_PER_MS;
	return 0;
}

bool limit_take(struct limit *l, uint64_t now_ns)
{
	if (!l->count)
		return true;
	if (!l->used || now_ns < l->since_ns || now_ns - l->since_ns >= l->per_ns) {
		l->since_ns = now_ns;
		l->used = 0;
	}
	if (l->used == l->count)
		return false;
	l->used++;
	return true;
}
