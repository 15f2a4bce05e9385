/* SPDX-License-Identifier: BSD-2-Clause */
/* What enrich needs of every event, taken off in one pass over its fields. */
#ifndef ENRICH_VIEW_H
#define ENRICH_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/inq.h"

enum { VIEW_FIELDS = 192 }; /* fields that enrich may add have smaller ids */

struct fieldset {
	uint64_t bits[VIEW_FIELDS / 64];
};

/* Members are set only if the field is there: ask view_has(). */
struct view {
	struct fieldset has;
	uint64_t time_ns;
	int64_t tid, pid, ppid, vpid, res;
	uint64_t start_ns, pstart_ns; /* 0 if absent */
	uint64_t uid, gid, cgroup_id, mntns, pidns;
	int64_t loginuid;
	const char *comm;
	uint32_t comm_len;
};

static inline bool fieldset_has(const struct fieldset *s, unsigned int field)
{
	return field < VIEW_FIELDS && s->bits[field / 64] >> (field % 64) & 1;
}

static inline void fieldset_add(struct fieldset *s, unsigned int field)
{
	if (field < VIEW_FIELDS)
		s->bits[field / 64] |= 1ULL << (field % 64);
}

/* fieldset_meet(a, b): whether a field is in both. */
static inline bool fieldset_meet(const struct fieldset *a, const struct fieldset *b)
{
	return a->bits[0] & b->bits[0] || a->bits[1] & b->bits[1] || a->bits[2] & b->bits[2];
}

static inline bool view_has(const struct view *v, unsigned int field)
{
	return fieldset_has(&v->has, field);
}

/*
 * view_read(v, o): walk all fields of an event, to its last byte. A field of
 * another type than its own counts as absent. 0, or -1 with EPROTO and *error
 * saying why if the bytes are no map.
 */
int view_read(struct view *v, const struct object *o, const char **error);

#endif
