/* SPDX-License-Identifier: BSD-2-Clause */
/* The description of a thread as packed fields, made once and copied into its events. */
#ifndef SECMON_CAPTURE_SCAP_BLOB_H
#define SECMON_CAPTURE_SCAP_BLOB_H

#include "cmd/secmon-capture/scap_world.h"
#include "common/plan.h"
#include "common/wire.h"

enum { LINEAGE_MAX = 64 }; /* ancestors that are told */

struct scap_blobs {
	struct scap_world *w;
	bool env;		       /* environments, too */
	bool all;		       /* all fields; else these only, a bit set by wire id */
	bool thin;		       /* so few that it is worth to take the others out again */
	uint64_t keep[FIELD_END / 64]; /* ... and who it is */
	uint8_t buf[WIRE_OBJECT_MAX];
};

/*
 * blob_init(b, w, env, plan): tell of threads of w what somebody reads, or the plan
 * looks at to decide; plan NULL: everything.
 */
void blob_init(struct scap_blobs *b, struct scap_world *w, bool env, const struct plan *plan);

/* blob_needs(b, field): whether somebody reads it. */
static inline bool blob_needs(const struct scap_blobs *b, unsigned int field)
{
	return b->all || (field < FIELD_END && b->keep[field / 64] >> field % 64 & 1);
}

/*
 * blob_write(b, t, full, out): append what is known of t to an event. full: with
 * the environment, as events about the process itself have it.
 */
void blob_write(struct scap_blobs *b, struct scap_thread *t, bool full, struct wire *out);

/* blob_env(t, out): the environment of its process, as a field. */
void blob_env(struct scap_thread *t, struct wire *out);

#endif
