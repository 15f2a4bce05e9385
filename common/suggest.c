// SPDX-License-Identifier: BSD-2-Clause
/* "did you mean": edit distance, where swapped neighbours count once. */
#include "common/suggest.h"

#include <stdio.h>
#include <string.h>

#include "common/compat.h"
#include "common/events.h"
#include "common/fields.h"

#define MAX_WORD 64

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* distance between a and b, both at most MAX_WORD long */
static unsigned int distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int rows[3][MAX_WORD + 1];
	unsigned int *before = rows[0], *last = rows[1], *now = rows[2], *swap;

	for (size_t j = 0; j <= nb; j++)
		last[j] = j;
	for (size_t i = 1; i <= na; i++) {
		now[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			now[j] = min(min(last[j], now[j - 1]) + 1,
				     last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = min(now[j], before[j - 2] + 1);
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[nb];
}

void suggest_init(struct suggest *s, const char *word, size_t len)
{
	*s = (struct suggest){ .word = word, .len = len };
	/* a third of the word may be wrong, and never all of it */
	s->distance = (len > 9 ? 3 : len / 3) + 1;
	if (len < 3)
		s->distance = len;
}

void suggest_try(struct suggest *s, const char *name, size_t len)
{
	size_t apart = len > s->len ? len - s->len : s->len - len;
	unsigned int d;

	if (len > MAX_WORD || s->len > MAX_WORD || apart >= s->distance)
		return;
	d = distance(s->word, s->len, name, len);
	if (d < s->distance) {
		s->distance = d;
		s->best = name;
		s->best_len = len;
	}
}

const char *suggest_answer(const struct suggest *s, const char *prefix, char *buf, size_t size)
{
	if (s->best)
		snprintf(buf, size, "did you mean %s%.*s?", prefix, (int)s->best_len, s->best);
	else if (size)
		buf[0] = '\0';
	return buf;
}

static const char *suggest_argument(const char *word, size_t len, const char *mark,
				    const char *base, char *buf, size_t size)
{
	char prefix[32];
	struct suggest s;

	suggest_init(&s, word, len);
	for (unsigned int i = 0; i < ARG_END; i++)
		if (arg_name(i))
			suggest_try(&s, arg_name(i), strlen(arg_name(i)));
	snprintf(prefix, sizeof(prefix), "%s%s", mark, base);
	return suggest_answer(&s, prefix, buf, size);
}

const char *suggest_field(const char *word, size_t len, const char *mark, char *buf, size_t size)
{
	static const char *const bases[] = { "evt.arg.", "evt.rawarg." };
	const struct field *fields;
	struct suggest s;
	size_t n;

	for (size_t i = 0; i < nitems(bases); i++) {
		size_t base = strlen(bases[i]);

		if (len > base && !memcmp(word, bases[i], base))
			return suggest_argument(word + base, len - base, mark, bases[i], buf, size);
	}
	suggest_init(&s, word, len);
	fields = field_table(&n);
	for (size_t i = 0; i < n; i++)
		if (!(fields[i].flags & FIELD_WIRE_ONLY))
			suggest_try(&s, fields[i].name, strlen(fields[i].name));
	return suggest_answer(&s, mark, buf, size);
}

const char *suggest_event(const char *word, size_t len, char *buf, size_t size)
{
	const struct event_type *types;
	struct suggest s;
	size_t n;

	suggest_init(&s, word, len);
	types = event_table(&n);
	for (size_t i = 0; i < n; i++)
		suggest_try(&s, types[i].name, strlen(types[i].name));
	return suggest_answer(&s, "", buf, size);
}
