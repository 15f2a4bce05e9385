// SPDX-License-Identifier: BSD-2-Clause
/* One pass over an event: this runs for every one, so common forms are decoded in place. */
#include "view.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "common/compat.h"
#include "common/fields.h"
#include "common/pair.h"

enum { PLACES = F_EVT_RAWRES + 1 }; /* no field that is wanted has a higher id */

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

/* uint_at(p, v): the unsigned number at p, which is known to be whole. */
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

/* The values that are wanted, where they begin; they all end before end. */
struct places {
	const uint8_t *at[PLACES];
	const uint8_t *end;
};

static inline void take_uint(struct view *v, const struct places *p, unsigned int field,
			     uint64_t *to)
{
	if (view_has(v, field) && unlikely(!uint_at(p->at[field], to)))
		forget(v, field);
}

/* As take_uint(); numbers below zero are rare. */
static inline void take_int(struct view *v, const struct places *p, unsigned int field, int64_t *to)
{
	struct value val;
	uint64_t u;

	if (!view_has(v, field))
		return;
	if (likely(uint_at(p->at[field], &u) && u <= INT64_MAX))
		*to = (int64_t)u;
	else if (pull_next(&(struct pull){ p->at[field], p->end }, &val) != PULL_OK ||
		 !value_i64(&val, to))
		forget(v, field);
}

static void take_comm(struct view *v, const struct places *p)
{
	struct value val;

	if (!view_has(v, F_PROC_NAME))
		return;
	if (pull_next(&(struct pull){ p->at[F_PROC_NAME], p->end }, &val) == PULL_OK &&
	    value_is_text(&val)) {
		v->comm = (const char *)val.p;
		v->comm_len = val.len;
	} else {
		forget(v, F_PROC_NAME);
	}
}

/* Absent times are 0. */
static void take_all(struct view *v, const struct places *p)
{
	v->start_ns = v->pstart_ns = v->time_ns = 0;
	take_uint(v, p, F_EVT_RAWTIME, &v->time_ns);
	take_int(v, p, F_THREAD_TID, &v->tid);
	take_int(v, p, F_PROC_PID, &v->pid);
	take_uint(v, p, F_PROC_PID_TS, &v->start_ns);
	take_int(v, p, F_PROC_PPID, &v->ppid);
	take_uint(v, p, F_PROC_PPID_TS, &v->pstart_ns);
	take_comm(v, p);
	take_uint(v, p, F_USER_UID, &v->uid);
	take_uint(v, p, F_GROUP_GID, &v->gid);
	take_int(v, p, F_USER_LOGINUID, &v->loginuid);
	take_uint(v, p, F_THREAD_CGROUP_ID, &v->cgroup_id);
	take_uint(v, p, F_PROC_PIDNS, &v->pidns);
	take_uint(v, p, F_PROC_MNTNS, &v->mntns);
	take_int(v, p, F_PROC_VPID, &v->vpid);
	take_int(v, p, F_EVT_RAWRES, &v->res);
}

static int bad(const char **error, const char *why)
{
	*error = why;
	errno = EPROTO;
	return -1;
}

int view_read(struct view *v, const struct object *o, const char **error)
{
	const uint8_t *pos = o->map, *end = o->buf + o->len;
	struct places p;

	memset(&v->has, 0, sizeof(v->has));
	for (uint32_t i = 0; i < o->pairs; i++) {
		struct pair pair;

		pos = pair_next(pos, end, &pair, error);
		if (unlikely(!pos))
			return bad(error, *error);
		if (unlikely(pair.id <= F_WIRE_SIZE && i >= 2))
			return bad(error, "evt.type or wire.size outside the header");
		if (pair.id < PLACES)
			p.at[pair.id] = pair.value;
		if (likely(pair.id < VIEW_FIELDS))
			fieldset_add(&v->has, (unsigned int)pair.id);
	}
	if (pos != end)
		return bad(error, "an event is longer than its map");
	p.end = end;
	take_all(v, &p);
	return 0;
}
