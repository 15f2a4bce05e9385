/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields packed ahead for the events of one process, so that an event costs a
 * copy. They lie in a ring of fixed size; what the ring overwrites is packed
 * again when it is needed.
 */
#ifndef ENRICH_BLOB_H
#define ENRICH_BLOB_H

#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"
#include "desc.h"
#include "view.h"

enum { BLOB_RUN_MAX = 2 * WIRE_OBJECT_MAX, MARKS_MAX = 8 };

/* Why a field is missing: evt.incomplete is FIELD:REASON. */
enum reason {
	REASON_UNKNOWN,
	REASON_PENDING,
	REASON_TOO_LONG,
	REASON_UNREADABLE,
	REASON_CHANGED,
	REASON_TOO_LARGE
};

struct mark {
	uint16_t field;
	uint16_t reason; /* enum reason */
};

struct marks {
	unsigned int n;
	struct mark mark[MARKS_MAX];
};

/* marks_add(m, field, reason): once per field; more than MARKS_MAX are of no more use. */
void marks_add(struct marks *m, unsigned int field, enum reason reason);

/* marks_write(m, w): evt.incomplete, if there is a mark. */
void marks_write(const struct marks *m, struct wire *w);

/* What of an event, beside its process, the fields depend on. */
struct blob_key {
	uint64_t epoch;
	uint64_t uid, gid, cgroup_id;
	int64_t loginuid;
	uint64_t given; /* which of the four the event has, as bits */
};

struct blob {
	struct blob_key key;
	struct fieldset has; /* in run, or marked: an event with one takes the long way */
	struct marks marks;
	uint32_t npieces; /* evt.incomplete is the last, if there are marks */
	uint32_t len;
	uint8_t *run;
	struct piece piece[];
};

struct blobs;

/* blobs_new(bytes): a ring; at least 1 MiB. NULL with ENOMEM. */
struct blobs *blobs_new(size_t bytes);
void blobs_free(struct blobs *b);

/* blobs_get(b, at): what blobs_put() put there, or NULL if it is overwritten (or at is 0). */
const struct blob *blobs_get(const struct blobs *b, uint64_t at);

/* blobs_put(b, key, marks, run, len): keep a run of fields; *at is its place. */
const struct blob *blobs_put(struct blobs *b, const struct blob_key *key, const struct marks *marks,
			     const uint8_t *run, size_t len, uint64_t *at);

/* blob_append(blob, has, w): what has does not have. False if the event is incomplete for it. */
bool blob_append(const struct blob *blob, const struct fieldset *has, struct wire *w);

#endif
