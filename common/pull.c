// SPDX-License-Identifier: BSD-2-Clause
/* A pull reader for msgpack. */
#include "common/pull.h"

#include <endian.h>
#include <string.h>

/* bytes: 1, 2, 4 or 8 */
static inline uint64_t be(const uint8_t *p, unsigned int bytes)
{
	uint16_t v2;
	uint32_t v4;
	uint64_t v8;

	switch (bytes) {
	case 1:
		return *p;
	case 2:
		memcpy(&v2, p, sizeof(v2));
		return be16toh(v2);
	case 4:
		memcpy(&v4, p, sizeof(v4));
		return be32toh(v4);
	default:
		memcpy(&v8, p, sizeof(v8));
		return be64toh(v8);
	}
}

/*
 * What follows each first byte from 0xc0 on: a type, how many bytes of length
 * or of value, and for ext one byte more.
 */
enum form { BAD, NIL, FALSE, TRUE, BIN, EXT, FLOAT, UINT, INT, FIXEXT, STR, ARRAY, MAP };

static const struct {
	uint8_t form;
	uint8_t width;
} forms[32] = {
	{ NIL, 0 },	{ BAD, 0 },  { FALSE, 0 },  { TRUE, 0 },   { BIN, 1 },	  { BIN, 2 },
	{ BIN, 4 },	{ EXT, 1 },  { EXT, 2 },    { EXT, 4 },	   { FLOAT, 4 },  { FLOAT, 8 },
	{ UINT, 1 },	{ UINT, 2 }, { UINT, 4 },   { UINT, 8 },   { INT, 1 },	  { INT, 2 },
	{ INT, 4 },	{ INT, 8 },  { FIXEXT, 1 }, { FIXEXT, 2 }, { FIXEXT, 4 }, { FIXEXT, 8 },
	{ FIXEXT, 16 }, { STR, 1 },  { STR, 2 },    { STR, 4 },	   { ARRAY, 2 },  { ARRAY, 4 },
	{ MAP, 2 },	{ MAP, 4 },
};

const uint8_t pull_bytes[256] = {
	[0x00 ... 0x7f] = 1, /* small numbers */
	[0xa0] = 1,
	2,
	3,
	4,
	5,
	6,
	7,
	8,
	9,
	10,
	11,
	12,
	13,
	14,
	15,
	16,
	17,
	18,
	19,
	20,
	21,
	22,
	23,
	24,
	25,
	26,
	27,
	28,
	29,
	30,
	31,
	32, /* short text */
	[0xc0] = 1,
	0,
	1,
	1,		    /* nil, nothing, false, true */
	[0xc4] = PULL_LEN8, /* bytes, up to 255 */
	[0xca] = 5,
	9,
	2,
	3,
	5,
	9,
	2,
	3,
	5,
	9, /* float, uint, int */
	[0xd4] = 3,
	4,
	6,
	10,
	18,		     /* fixext */
	[0xd9] = PULL_LEN8,  /* text, up to 255 */
	[0xe0 ... 0xff] = 1, /* small negative numbers */
};

static enum pull_result bytes(struct pull *p, struct value *v, enum value_type type,
			      const uint8_t *from, uint64_t len)
{
	if (len > (uint64_t)(p->end - from))
		return PULL_MORE;
	v->type = type;
	v->len = (uint32_t)len;
	v->p = from;
	p->pos = from + len;
	return PULL_OK;
}

static enum pull_result container(struct pull *p, struct value *v, enum value_type type,
				  const uint8_t *from, uint64_t n)
{
	v->type = type;
	v->len = (uint32_t)n;
	p->pos = from;
	return PULL_OK;
}

static void number(struct value *v, enum form form, const uint8_t *p, unsigned int width)
{
	uint64_t u = be(p, width);
	int64_t i = (int64_t)(u << (64 - 8 * width)) >> (64 - 8 * width);

	if (form == FLOAT) {
		uint32_t u4 = (uint32_t)u;
		float f;

		v->type = VALUE_DOUBLE;
		if (width == 8) {
			memcpy(&v->d, &u, sizeof(v->d));
		} else {
			memcpy(&f, &u4, sizeof(f));
			v->d = (double)f;
		}
	} else if (form == INT && i < 0) {
		v->type = VALUE_INT;
		v->i = i;
	} else {
		v->type = VALUE_UINT;
		v->u = u;
	}
}

static enum pull_result long_form(struct pull *p, struct value *v)
{
	const uint8_t *at = p->pos + 1;
	unsigned int width = forms[*p->pos - 0xc0].width;
	enum form form = forms[*p->pos - 0xc0].form;

	if (form == FIXEXT)
		return bytes(p, v, VALUE_EXT, at, width + 1);
	if (width > p->end - at)
		return PULL_MORE;
	v->len = 0;
	switch (form) {
	case BAD:
		return PULL_BAD;
	case STR:
		return bytes(p, v, VALUE_STR, at + width, be(at, width));
	case BIN:
		return bytes(p, v, VALUE_BIN, at + width, be(at, width));
	case EXT:
		return bytes(p, v, VALUE_EXT, at + width, be(at, width) + 1);
	case ARRAY:
		return container(p, v, VALUE_ARRAY, at + width, be(at, width));
	case MAP:
		return container(p, v, VALUE_MAP, at + width, be(at, width));
	case NIL:
		v->type = VALUE_NIL;
		break;
	case FALSE:
	case TRUE:
		v->type = VALUE_BOOL;
		v->b = form == TRUE;
		break;
	default:
		number(v, form, at, width);
	}
	p->pos = at + width;
	return PULL_OK;
}

enum pull_result pull_head(struct pull *p, struct value *v)
{
	uint8_t c;

	if (p->pos >= p->end)
		return PULL_MORE;
	c = *p->pos;
	if (c < 0x80) {
		v->type = VALUE_UINT;
		v->len = 0;
		v->u = c;
		p->pos++;
		return PULL_OK;
	}
	if (c >= 0xe0) {
		v->type = VALUE_INT;
		v->len = 0;
		v->i = (int8_t)c;
		p->pos++;
		return PULL_OK;
	}
	if (c >= 0xc0)
		return long_form(p, v);
	if (c >= 0xa0)
		return bytes(p, v, VALUE_STR, p->pos + 1, c & 0x1f);
	if (c >= 0x90)
		return container(p, v, VALUE_ARRAY, p->pos + 1, c & 0x0f);
	return container(p, v, VALUE_MAP, p->pos + 1, c & 0x0f);
}

enum pull_result pull_next(struct pull *p, struct value *v)
{
	const uint8_t *start = p->pos;
	enum pull_result r = pull_head(p, v);

	/* each item takes at least one byte */
	if (r == PULL_OK && value_items(v) > (uint64_t)(p->end - p->pos)) {
		p->pos = start;
		r = PULL_MORE;
	}
	return r;
}

/* n values one after another, most of them simple */
static enum pull_result skip_items(struct pull *p, uint64_t n, unsigned int depth)
{
	struct pull at = *p;
	enum pull_result r = PULL_OK;

	for (; n && r == PULL_OK; n--) {
		size_t len = pull_measure(at.pos, at.end);

		if (likely(len))
			at.pos += len;
		else
			r = pull_skip_any(&at, depth);
	}
	p->pos = at.pos;
	return r;
}

enum pull_result pull_skip_any(struct pull *p, unsigned int depth)
{
	const uint8_t *start = p->pos;
	struct value v;
	enum pull_result r = pull_next(p, &v);

	if (r == PULL_OK && (v.type == VALUE_ARRAY || v.type == VALUE_MAP))
		r = depth ? skip_items(p, value_items(&v), depth - 1) : PULL_BAD;
	if (r != PULL_OK)
		p->pos = start;
	return r;
}

bool value_i64(const struct value *v, int64_t *out)
{
	if (v->type == VALUE_INT)
		*out = v->i;
	else if (v->type == VALUE_UINT && v->u <= INT64_MAX)
		*out = (int64_t)v->u;
	else
		return false;
	return true;
}
