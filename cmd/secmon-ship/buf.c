// SPDX-License-Identifier: BSD-2-Clause
/* A byte buffer of fixed size: numbers, base64, printf. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-ship/buf.h"

int buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .p = malloc(cap), .cap = cap };
	return b->p ? 0 : -1;
}

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

void buf_u64(struct buf *b, uint64_t v)
{
	char text[20];
	size_t i = sizeof(text);

	do {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_put(b, text + i, sizeof(text) - i);
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_c(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_pad(struct buf *b, uint64_t v, unsigned int digits)
{
	char text[20];

	for (unsigned int i = digits; i-- > 0; v /= 10)
		text[i] = (char)('0' + v % 10);
	buf_put(b, text, digits);
}

void buf_hex(struct buf *b, uint64_t v)
{
	char text[16];
	size_t i = sizeof(text);

	do {
		text[--i] = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	buf_put(b, text + i, sizeof(text) - i);
}

void buf_double(struct buf *b, double v)
{
	char text[40];

	if (!isfinite(v)) {
		buf_str(b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits += 2) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_str(b, text);
}

void buf_base64(struct buf *b, const void *p, size_t len)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *s = p;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)s[i] << 16;

		if (n > 1)
			v |= (uint32_t)s[i + 1] << 8;
		if (n > 2)
			v |= s[i + 2];
		char four[4] = { digit[v >> 18], digit[v >> 12 & 63],
				 n > 1 ? digit[v >> 6 & 63] : '=', n > 2 ? digit[v & 63] : '=' };

		buf_put(b, four, sizeof(four));
	}
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->p + b->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		b->full = true;
	else
		b->len += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
	if (b->len == b->cap)
		return "";
	b->p[b->len] = '\0';
	return b->p;
}
