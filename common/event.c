// SPDX-License-Identifier: BSD-2-Clause
/* One event read: values by field id. */
#include "common/event.h"

#include <errno.h>
#include <string.h>

#include "common/compat.h"

static_assert(WIRE_OBJECT_MAX <= UINT16_MAX + 1, "offsets have 16 bits");

/* where the values of the fixed header are: 92 kind df nnnn 00 [cd tt] 01 [ce ssss] */
enum { TYPE_AT = 8, SIZE_AT = 12 };

void event_init(struct event *e)
{
	memset(e, 0, sizeof(*e));
	e->turn = 1;
}

static int bad(struct event *e, const char *why)
{
	e->error = why;
	errno = EPROTO;
	return -1;
}

/* A pair of any form: where its value begins, behind it, and the key; NULL with e->error. */
static const uint8_t *any_pair(struct event *e, const uint8_t *pos, const uint8_t *end,
			       const uint8_t **value, uint64_t *id)
{
	struct pull p = { pos, end };
	struct value v;

	if (pull_next(&p, &v) != PULL_OK || v.type != VALUE_UINT) {
		bad(e, "a key of an event is no number");
		return NULL;
	}
	*id = v.u;
	*value = p.pos;
	if (pull_skip(&p, WIRE_DEPTH_MAX - 2) != PULL_OK) {
		bad(e, "a value of an event is broken");
		return NULL;
	}
	return p.pos;
}

/* Behind an array of simple values, or NULL. */
static const uint8_t *simple_array(const uint8_t *v, const uint8_t *end)
{
	unsigned int left = *v & 0x0f;

	if (*v == 0xdc && end - v > 2) {
		left = (unsigned int)v[1] << 8 | v[2];
		v += 2;
	} else if ((*v & 0xf0) != 0x90) {
		return NULL;
	}
	for (v++; left; left--) {
		size_t n = pull_measure(v, end);

		if (unlikely(!n))
			return NULL;
		v += n;
	}
	return v;
}

/*
 * A pair as writers make it: a key of one byte, or behind 0xcc or 0xcd, and a value
 * without depth. What is behind it, or NULL if it is not that, or stands too near the end.
 */
static inline const uint8_t *simple_pair(const uint8_t *pos, const uint8_t *end,
					 const uint8_t **value, uint64_t *id)
{
	const uint8_t *v = pos + 1;
	size_t n;

	if (unlikely(end - pos < 5))
		return NULL;
	*id = *pos;
	if (unlikely(*id >= 0x80)) {
		if (*id != 0xcd && *id != 0xcc)
			return NULL;
		v = pos + (*id == 0xcd ? 3 : 2);
		*id = *id == 0xcd ? (uint64_t)pos[1] << 8 | pos[2] : pos[1];
	}
	*value = v;
	n = pull_bytes[*v];
	if (n == PULL_LEN8)
		n = 2 + (size_t)v[1];
	if (likely(n - 1 < (size_t)(end - v)))
		return v + n;
	return simple_array(v, end);
}

/* All that was there is absent now: nothing of it is of this turn. */
static void next_turn(struct event *e)
{
	if (likely(++e->turn))
		return;
	memset(e->at, 0, sizeof(e->at));
	e->turn = 1;
}

int event_index(struct event *e, const struct object *o)
{
	const uint8_t *pos = o->map, *end = o->buf + o->len;
	uint32_t mark;

	next_turn(e);
	mark = (uint32_t)e->turn << 16;
	e->o = *o;
	e->type = o->type;
	e->error = NULL;
	for (uint32_t left = o->pairs; left; left--) {
		const uint8_t *value, *next;
		uint64_t id;

		next = simple_pair(pos, end, &value, &id);
		if (unlikely(!next))
			next = any_pair(e, pos, end, &value, &id);
		if (unlikely(!next))
			return -1;
		if (likely(id < FIELD_END))
			e->at[id] = mark | (uint16_t)(value - o->buf);
		pos = next;
	}
	if (pos != end)
		return bad(e, "an event is longer than its map");
	if (e->at[F_EVT_TYPE] != (mark | TYPE_AT) || e->at[F_WIRE_SIZE] != (mark | SIZE_AT))
		return bad(e, "evt.type or wire.size outside the header");
	return 0;
}

bool event_get(const struct event *e, unsigned int field, struct value *v)
{
	struct pull p = { .end = e->o.buf + e->o.len };

	if (field >= FIELD_END)
		return false;
	p.pos = event_at(e, field);
	return p.pos && pull_next(&p, v) == PULL_OK;
}

bool event_u64(const struct event *e, unsigned int field, uint64_t *v)
{
	struct value val;

	if (!event_get(e, field, &val) || val.type != VALUE_UINT)
		return false;
	*v = val.u;
	return true;
}

bool event_i64(const struct event *e, unsigned int field, int64_t *v)
{
	struct value val;

	return event_get(e, field, &val) && value_i64(&val, v);
}

bool event_bool(const struct event *e, unsigned int field, bool *v)
{
	struct value val;

	if (!event_get(e, field, &val) || val.type != VALUE_BOOL)
		return false;
	*v = val.b;
	return true;
}

bool event_text(const struct event *e, unsigned int field, const char **s, size_t *len)
{
	struct value val;

	if (!event_get(e, field, &val) || !value_is_text(&val))
		return false;
	*s = (const char *)val.p;
	*len = val.len;
	return true;
}

bool event_list(const struct event *e, unsigned int field, struct pull *p, size_t *n)
{
	struct value val;

	if (field >= FIELD_END || !event_has(e, field))
		return false;
	*p = (struct pull){ event_at(e, field), e->o.buf + e->o.len };
	if (pull_next(p, &val) != PULL_OK || val.type != VALUE_ARRAY)
		return false;
	*n = val.len;
	return true;
}
