// SPDX-License-Identifier: BSD-2-Clause
/* Times as text. */
#include <time.h>

#include "cmd/secmon-ship/timefmt.h"

struct second {
	time_t at;
	size_t len;
	char text[32];
};

static void whole_second(struct buf *b, struct second *s, uint64_t ns, const char *fmt, bool local)
{
	time_t t = (time_t)(ns / NS_PER_S);
	struct tm tm;

	if (s->len == 0 || s->at != t) {
		if (!(local ? localtime_r(&t, &tm) : gmtime_r(&t, &tm)))
			memset(&tm, 0, sizeof(tm));
		s->at = t;
		s->len = strftime(s->text, sizeof(s->text), fmt, &tm);
	}
	buf_put(b, s->text, s->len);
}

void time_utc(struct buf *b, uint64_t ns)
{
	static struct second last;

	whole_second(b, &last, ns, "%Y-%m-%dT%H:%M:%S", false);
	buf_c(b, '.');
	buf_pad(b, ns % NS_PER_S, 9);
	buf_c(b, 'Z');
}

void time_local(struct buf *b, uint64_t ns)
{
	static struct second last;

	whole_second(b, &last, ns, "%H:%M:%S", true);
	buf_c(b, '.');
	buf_pad(b, ns % NS_PER_S, 9);
}

void time_syslog(struct buf *b, uint64_t ns)
{
	static struct second last;

	whole_second(b, &last, ns, "%b %e %H:%M:%S", true);
}
