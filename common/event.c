// SPDX-License-Identifier: BSD-2-Clause
/* One event read: values by field id. */
#include "common/event.h"

#include <errno.h>
#include <string.h>

#include "common/compat.h"
#include "common/pair.h"

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
		struct pair p;

		pos = pair_next(pos, end, &p, &e->error);
		if (unlikely(!pos))
			return bad(e, e->error);
		if (likely(p.id < FIELD_END))
			e->at[p.id] = mark | (uint16_t)(p.value - o->buf);
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
