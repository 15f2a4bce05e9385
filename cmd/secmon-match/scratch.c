// SPDX-License-Identifier: BSD-2-Clause
/* Memory for the values of one event. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/scratch.h"

int scratch_init(struct scratch *s, size_t size)
{
	memset(s, 0, sizeof(*s));
	s->buf = malloc(size);
	if (!s->buf)
		return -1;
	s->size = size;
	return 0;
}

void scratch_fini(struct scratch *s)
{
	free(s->buf);
	memset(s, 0, sizeof(*s));
}

void *scratch_alloc(struct scratch *s, size_t len)
{
	size_t at = (s->used + 15) & ~(size_t)15;

	if (at > s->size || len > s->size - at) {
		s->spent++;
		return NULL;
	}
	s->used = at + len;
	return s->buf + at;
}

void text_begin(struct text_out *t, struct scratch *s)
{
	t->s = s;
	t->start = t->pos = s->buf + s->used;
	t->end = s->buf + s->size;
	t->full = 0;
}

void text_add(struct text_out *t, const char *s, size_t len)
{
	if (len > (size_t)(t->end - t->pos)) {
		t->full = 1;
		return;
	}
	memcpy(t->pos, s, len);
	t->pos += len;
}

void text_char(struct text_out *t, char c)
{
	text_add(t, &c, 1);
}

void text_str(struct text_out *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_uint(struct text_out *t, uint64_t v)
{
	char b[20], *p = b + sizeof(b);

	do
		*--p = '0' + v % 10;
	while (v /= 10);
	text_add(t, p, b + sizeof(b) - p);
}

void text_int(struct text_out *t, int64_t v)
{
	if (v < 0)
		text_char(t, '-');
	text_uint(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void text_fmt(struct text_out *t, const char *fmt, ...)
{
	char b[128];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b, sizeof(b), fmt, ap);
	va_end(ap);
	if (n > 0)
		text_add(t, b, (size_t)n < sizeof(b) ? (size_t)n : sizeof(b) - 1);
}

const char *text_end(struct text_out *t, uint32_t *len)
{
	if (t->full) {
		t->s->spent++;
		return NULL;
	}
	*len = t->pos - t->start;
	t->s->used = t->pos - t->s->buf;
	return t->start;
}
