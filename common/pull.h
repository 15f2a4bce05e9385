/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pull reader for msgpack: takes one value at a time off a span of bytes,
 * never allocates, never believes a length that the span does not hold.
 */
#ifndef COMMON_PULL_H
#define COMMON_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/compat.h"

enum value_type {
	VALUE_NIL,
	VALUE_BOOL,
	VALUE_UINT,
	VALUE_INT /* negative only */,
	VALUE_DOUBLE,
	VALUE_STR,
	VALUE_BIN,
	VALUE_ARRAY,
	VALUE_MAP,
	VALUE_EXT
};

struct value {
	enum value_type type;
	uint32_t len; /* bytes of STR, BIN, EXT; items of ARRAY; pairs of MAP; else 0 */
	union {
		bool b;
		uint64_t u;
		int64_t i;
		double d;
		const uint8_t *p; /* STR, BIN, EXT: a view into the span, not terminated */
	};
};

struct pull {
	const uint8_t *pos;
	const uint8_t *end;
};

enum pull_result {
	PULL_OK = 0,
	PULL_MORE = -1, /* the span ends inside a value */
	PULL_BAD = -2	/* not msgpack (0xc1), or nested too deep */
};

/*
 * pull_next(p, v): take the next value. Of a container only the header is
 * taken; its items follow. PULL_MORE also if a container claims more items
 * than bytes are left in the span. On failure p does not move.
 */
enum pull_result pull_next(struct pull *p, struct value *v);

/*
 * pull_head(p, v): the same, but what a container claims is not judged, because
 * the span is not all that will come: the caller must.
 */
enum pull_result pull_head(struct pull *p, struct value *v);

/* value_items(v): how many values follow the header of a container; 0 for anything else. */
static inline uint64_t value_items(const struct value *v)
{
	if (v->type == VALUE_MAP)
		return 2 * (uint64_t)v->len;
	return v->type == VALUE_ARRAY ? v->len : 0;
}

/* Bytes of a value whose first byte says how many, or PULL_LEN8; 0 for the others. */
enum { PULL_LEN8 = 255 }; /* the second byte says how many follow it */
extern const uint8_t pull_bytes[256];

/* pull_measure(pos, end): bytes of the value at pos if it is a simple one and whole; else 0. */
static inline size_t pull_measure(const uint8_t *pos, const uint8_t *end)
{
	size_t left = (size_t)(end - pos), n;

	if (unlikely(!left))
		return 0;
	n = pull_bytes[*pos];
	if (n == PULL_LEN8)
		n = left > 1 ? 2 + (size_t)pos[1] : 0;
	return n <= left ? n : 0;
}

/* pull_skip_any(p, depth): pull_skip() of values of every kind. */
enum pull_result pull_skip_any(struct pull *p, unsigned int depth);

/* pull_skip(p, depth): take the next value with all that it contains, at most depth levels. */
static inline enum pull_result pull_skip(struct pull *p, unsigned int depth)
{
	size_t n = pull_measure(p->pos, p->end);

	if (unlikely(!n))
		return pull_skip_any(p, depth);
	p->pos += n;
	return PULL_OK;
}

/* value_is_text(v): STR or BIN, the two forms of text on the wire. */
static inline bool value_is_text(const struct value *v)
{
	return v->type == VALUE_STR || v->type == VALUE_BIN;
}

/* value_i64(v, out): an integer that fits; false for anything else. */
bool value_i64(const struct value *v, int64_t *out);

#endif
