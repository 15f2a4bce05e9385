/* SPDX-License-Identifier: BSD-2-Clause */
/* A byte buffer of fixed size that text is appended to and that never overflows. */
#ifndef SHIP_BUF_H
#define SHIP_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/compat.h"

/*
 * What does not fit is not written and sets full; the writer checks full once,
 * at the end of what it wrote, and goes back with buf_cut().
 */
struct buf {
	char *p;
	size_t len;
	size_t cap;
	bool full;
};

/* buf_init(b, cap): memory for cap bytes, touched only as it is used. 0, or -1 with ENOMEM. */
int buf_init(struct buf *b, size_t cap);
void buf_fini(struct buf *b);

/* buf_wrap(p, cap): a buffer over memory of the caller's. Not for buf_fini(). */
static inline struct buf buf_wrap(void *p, size_t cap)
{
	return (struct buf){ .p = p, .cap = cap };
}

static inline void buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
}

/* buf_cut(b, len): forget everything after len. */
static inline void buf_cut(struct buf *b, size_t len)
{
	b->len = len;
	b->full = false;
}

static inline void buf_put(struct buf *b, const void *s, size_t len)
{
	if (unlikely(len > b->cap - b->len)) {
		b->full = true;
		return;
	}
	memcpy(b->p + b->len, s, len);
	b->len += len;
}

static inline void buf_c(struct buf *b, char c)
{
	if (unlikely(b->len == b->cap)) {
		b->full = true;
		return;
	}
	b->p[b->len++] = c;
}

static inline void buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

/* buf_u64(b, v), buf_i64(b, v): in decimal. */
void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);

/* buf_pad(b, v, digits): in decimal with leading zeros, the last digits of v. */
void buf_pad(struct buf *b, uint64_t v, unsigned int digits);

/* buf_hex(b, v): in lower-case hex without leading zeros. */
void buf_hex(struct buf *b, uint64_t v);

/* buf_double(b, v): the shortest text that reads back as v; JSON null if it is no number. */
void buf_double(struct buf *b, double v);

/* buf_base64(b, p, len): RFC 4648, padded. */
void buf_base64(struct buf *b, const void *p, size_t len);

/* buf_printf(b, fmt, ...): for what is not in a hot path. */
void buf_printf(struct buf *b, const char *fmt, ...) printf_like(2, 3);

/* buf_cstr(b): the text with a NUL after it (not counted in len); "" if it has no room. */
const char *buf_cstr(struct buf *b);

#endif
