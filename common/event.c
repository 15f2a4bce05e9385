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

int event_index(struct event *e, const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len };
	struct value v;

	while (e->nset)
		e->at[e->set[--e->nset]] = 0;
	e->o = *o;
	e->type = o->type;
	e->error = NULL;
	for (uint32_t i = 0; i < o->pairs; i++) {
		if (pull_next(&p, &v) != PULL_OK || v.type != VALUE_UINT)
			return bad(e, "a key of an event is no number");
		if (v.u < FIELD_END) {
			if (!e->at[v.u])
				e->set[e->nset++] = (uint16_t)v.u;
			e->at[v.u] = (uint16_t)(p.pos - o->buf);
		}
		if (pull_skip(&p, WIRE_DEPTH_MAX - 2) != PULL_OK)
			return bad(e, "a value of an event is broken");
	}
	if (p.pos != p.end)
		return bad(e, "an event is longer than its map");
	if (e->at[F_EVT_TYPE] != TYPE_AT || e->at[F_WIRE_SIZE] != SIZE_AT)
		return bad(e, "evt.type or wire.size is not where the header has it, and only there");
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
