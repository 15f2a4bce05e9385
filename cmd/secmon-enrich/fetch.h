/* SPDX-License-Identifier: BSD-2-Clause */
/* What enrich asks its reader, when, and what becomes of the answers. */
#ifndef ENRICH_FETCH_H
#define ENRICH_FETCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "enrich.h"
#include "meta.h"
#include "reader.h"

struct fetch {
	struct enrich *e;      /* not ours */
	struct reader *reader; /* not ours */
	bool users_due, groups_due, lost;
	struct container *asked; /* whose state is being read; a reference */
	unsigned int step;	 /* of its plan */
	bool any;		 /* a file of the plan was there */
	bool refused;		 /* ... or was not for us */
	struct meta meta;
	char id[CGROUP_ID_MAX + 1];
	uint64_t hash_max; /* bytes of a file that is hashed */
	struct hash *hash; /* being made; it may be another's by then */
	uint64_t hash_ino;
};

/* fetch_start(f, e, r): begin, with passwd and group read before it returns. */
void fetch_start(struct fetch *f, struct enrich *e, struct reader *r);

/*
 * fetch_hash(fetch, exe, h): for struct enrich: hash the file, and wait a short
 * time for it. What is not done by then comes later; h says so.
 */
void fetch_hash(void *fetch, const struct exe *exe, struct hash *h);

/* fetch_tick(f): a second is over: passwd and group may have changed. */
void fetch_tick(struct fetch *f);

/* fetch_fds(f, fds, timeout_ms), fetch_on_fds(f, fds, n): for the loop. */
int fetch_fds(struct fetch *f, struct pollfd *fds, int *timeout_ms);
void fetch_on_fds(struct fetch *f, const struct pollfd *fds, int n);

#endif
