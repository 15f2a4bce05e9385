// SPDX-License-Identifier: BSD-2-Clause
/* One pass over an event: this runs for every one, so common forms are decoded in place. */
#include "view.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "common/compat.h"
#include "common/fields.h"
#include "common/pull.h"
#include "common/wire.h"

/* skip(p, end): behind the value at p, or NULL. */
static const uint8_t *skip(const uint8_t *p, const uint8_t *end)
{
	struct pull rest = { p, end };
	size_t len = pull_measure(p, end);

	if (likely(len))
		return p + len;
	return pull_skip_any(&rest, WIRE_DEPTH_MAX - 2) == PULL_OK ? rest.pos : NULL;
}

/* key(p, end, k): the key at p; behind it, or NULL. */
static const uint8_t *key(const uint8_t *p, const uint8_t *end, uint32_t *k)
{
	struct pull rest = { p, end };
	struct value v;

	if (p < end && *p < 0x80) {
		*k = *p;
		return p + 1;
	}
	if (end - p > 2 && *p == 0xcd) { /* arguments */
		*k = (uint32_t)p[1] << 8 | p[2];
		return p + 3;
	}
	if (pull_next(&rest, &v) != PULL_OK || v.type != VALUE_UINT)
		return NULL;
	*k = v.u > FIELD_END ? FIELD_END : (uint32_t)v.u;
	return rest.pos;
}

/* The last of two fields of one name counts, so a wrong one takes the first away. */
static void forget(struct view *v, unsigned int field)
{
	v->has.bits[field / 64] &= ~(1ULL << (field % 64));
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static uint32_t be32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

/* uint_at(p, v): the unsigned number at p, whose bytes skip() has seen. */
static inline bool uint_at(const uint8_t *p, uint64_t *v)
{
	switch (*p) {
	case 0xcc:
		*v = p[1];
		return true;
	case 0xcd:
		*v = (uint64_t)p[1] << 8 | p[2];
		return true;
	case 0xce:
		*v = be32(p + 1);
		return true;
	case 0xcf:
		*v = be64(p + 1);
		return true;
	}
	*v = *p;
	return *p < 0x80;
}

static void take_uint(struct view *v, unsigned int field, struct pull p, uint64_t *to)
{
	uint64_t u;

	if (likely(uint_at(p.pos, &u)))
		*to = u;
	else
		forget(v, field);
}

static void take_int(struct view *v, unsigned int field, struct pull p, int64_t *to)
{
	struct value val;
	uint64_t u;

	if (likely(uint_at(p.pos, &u) && u <= INT64_MAX))
		*to = (int64_t)u;
	else if (pull_next(&p, &val) != PULL_OK || !value_i64(&val, to))
		forget(v, field);
}

static void take_comm(struct view *v, struct pull p)
{
	struct value val;

	if (pull_next(&p, &val) == PULL_OK && value_is_text(&val)) {
		v->comm = (const char *)val.p;
		v->comm_len = val.len;
	} else {
		forget(v, F_PROC_NAME);
	}
}

static void take(struct view *v, unsigned int field, const uint8_t *at, const uint8_t *end)
{
	struct pull p = { at, end };

	switch (field) {
	case F_EVT_RAWTIME:
		return take_uint(v, field, p, &v->time_ns);
	case F_THREAD_TID:
		return take_int(v, field, p, &v->tid);
	case F_PROC_PID:
		return take_int(v, field, p, &v->pid);
	case F_PROC_PID_TS:
		return take_uint(v, field, p, &v->start_ns);
	case F_PROC_PPID:
		return take_int(v, field, p, &v->ppid);
	case F_PROC_PPID_TS:
		return take_uint(v, field, p, &v->pstart_ns);
	case F_PROC_NAME:
		return take_comm(v, p);
	case F_USER_UID:
		return take_uint(v, field, p, &v->uid);
	case F_GROUP_GID:
		return take_uint(v, field, p, &v->gid);
	case F_USER_LOGINUID:
		return take_int(v, field, p, &v->loginuid);
	case F_THREAD_CGROUP_ID:
		return take_uint(v, field, p, &v->cgroup_id);
	case F_PROC_PIDNS:
		return take_uint(v, field, p, &v->pidns);
	case F_PROC_MNTNS:
		return take_uint(v, field, p, &v->mntns);
	case F_PROC_VPID:
		return take_int(v, field, p, &v->vpid);
	case F_EVT_RAWRES:
		return take_int(v, field, p, &v->res);
	}
}

static int bad(const char **error, const char *why)
{
	*error = why;
	errno = EPROTO;
	return -1;
}

int view_read(struct view *v, const struct object *o, const char **error)
{
	const uint8_t *p = o->map, *end = o->buf + o->len, *next;
	uint32_t k;

	memset(&v->has, 0, sizeof(v->has));
	v->start_ns = v->pstart_ns = v->time_ns = 0;
	for (uint32_t i = 0; i < o->pairs; i++, p = next) {
		p = key(p, end, &k);
		if (!p)
			return bad(error, "a key of an event is no number");
		next = skip(p, end);
		if (k <= F_WIRE_SIZE && i >= 2)
			return bad(error, "evt.type or wire.size outside the header");
		if (!next)
			return bad(error, "a value of an event is broken");
		fieldset_add(&v->has, k);
		if (k <= F_EVT_RAWRES)
			take(v, k, p, next);
	}
	return p == end ? 0 : bad(error, "an event is longer than its map");
}
