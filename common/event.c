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
}

static int bad(struct event *e, const char *why)
{
	e->error = why;
	errno = EPROTO;
	return -1;
}

/* key of a pair, in the two forms that writers use, or in any other */
static inline const uint8_t *take_key(const uint8_t *pos, const uint8_t *end, uint64_t *id)
{
	struct pull p = { pos, end };
	struct value v;

	if (likely(pos < end && *pos < 0x80)) {
		*id = *pos;
		return pos + 1;
	}
	if (likely(end - pos > 2 && *pos == 0xcd)) {
		*id = (uint64_t)pos[1] << 8 | pos[2];
		return pos + 3;
	}
	if (pull_next(&p, &v) != PULL_OK || v.type != VALUE_UINT)
		return NULL;
	*id = v.u;
	return p.pos;
}

static inline const uint8_t *skip_value(const uint8_t *pos, const uint8_t *end)
{
	struct pull p = { pos, end };
	size_t n = pull_measure(pos, end);

	if (likely(n))
		return pos + n;
	return pull_skip_any(&p, WIRE_DEPTH_MAX - 2) == PULL_OK ? p.pos : NULL;
}

int event_index(struct event *e, const struct object *o)
{
	const uint8_t *pos = o->map, *end = o->buf + o->len;
	unsigned int nset = 0;

	for (unsigned int i = 0; i < e->nset; i++)
		e->at[e->set[i]] = 0;
	e->nset = 0;
	e->o = *o;
	e->type = o->type;
	e->error = NULL;
	for (uint32_t i = 0; i < o->pairs; i++) {
		uint64_t id;

		pos = take_key(pos, end, &id);
		if (unlikely(!pos))
			return bad(e, "a key of an event is no number");
		if (likely(id < FIELD_END)) {
			if (likely(!e->at[id]))
				e->set[nset++] = (uint16_t)id;
			e->nset = nset;
			e->at[id] = (uint16_t)(pos - o->buf);
		}
		pos = skip_value(pos, end);
		if (unlikely(!pos))
			return bad(e, "a value of an event is broken");
	}
	if (pos != end)
		return bad(e, "an event is longer than its map");
	if (e->at[F_EVT_TYPE] != TYPE_AT || e->at[F_WIRE_SIZE] != SIZE_AT)
		return bad(e, "evt.type or wire.size outside the header");
	return 0;
}

bool event_get(const struct event *e, unsigned int field, struct value *v)
{
	struct pull p;

	if (field >= FIELD_END || !e->at[field])
		return false;
	p = (struct pull){ e->o.buf + e->at[field], e->o.buf + e->o.len };
	return pull_next(&p, v) == PULL_OK;
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

	if (field >= FIELD_END || !e->at[field])
		return false;
	*p = (struct pull){ e->o.buf + e->at[field], e->o.buf + e->o.len };
	if (pull_next(p, &val) != PULL_OK || val.type != VALUE_ARRAY)
		return false;
	*n = val.len;
	return true;
}
