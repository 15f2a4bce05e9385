/* SPDX-License-Identifier: BSD-2-Clause */
/* One event in, the same event with more fields out. */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H

#include <stdbool.h>
#include <stddef.h>

#include "blob.h"
#include "common/event.h"
#include "common/hello.h"
#include "common/inq.h"
#include "common/outq.h"
#include "common/stats.h"
#include "hash.h"
#include "world.h"

struct enrich {
	struct world world;
	struct blobs *blobs;
	struct hashes *hashes; /* not ours; NULL: nobody asked for hashes */
	/* with hashes: a file was executed whose hash is not there; get it if that is quick */
	void (*on_exe)(void *arg, const struct exe *exe, struct hash *h);
	void *on_exe_arg;
	struct outq *out;    /* not ours */
	struct stats *stats; /* not ours */
	size_t desc_max;     /* bytes of all descriptions */
	struct event event;  /* of life events only: the others need no index */
	char boot_id[40];    /* of this machine */
	const char *error;   /* of the last enrich_event() that failed */
};

/*
 * enrich_init(e, proc_max, containers, out, stats): empty tables for at most
 * proc_max processes. 0, or -1 with ENOMEM.
 */
int enrich_init(struct enrich *e, size_t proc_max, bool containers, struct outq *out,
		struct stats *stats);
void enrich_fini(struct enrich *e);

/* enrich_hello(e, h): the stream that comes; names are looked up if it is of this boot. */
void enrich_hello(struct enrich *e, const struct hello *h);

/*
 * enrich_event(e, o): follow what it tells, and write it to the output with the
 * fields that it lacks and we know. 0; 1 if the output is full, nothing has
 * happened then; -1 with EPROTO and e->error if it is no event.
 */
int enrich_event(struct enrich *e, const struct object *o);

/* enrich_renew(e): what was packed ahead is stale: names or containers have changed. */
static inline void enrich_renew(struct enrich *e)
{
	e->world.epoch++;
}

/* enrich_gauges(e): bring the counters that are levels up to date. */
void enrich_gauges(struct enrich *e);

#endif
