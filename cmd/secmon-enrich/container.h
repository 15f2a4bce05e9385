/* SPDX-License-Identifier: BSD-2-Clause */
/* The containers that were seen, found by their cgroups. */
#ifndef ENRICH_CONTAINER_H
#define ENRICH_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroup.h"
#include "common/pull.h"
#include "common/wire.h"
#include "blob.h"

/* How far the runtime's own state of a container has been read. */
enum meta_state { META_NONE, META_WANTED, META_ASKED, META_KNOWN, META_FAILED };

struct container {
	uint32_t refs;
	struct cgroup_name name;
	enum meta_state state;
	unsigned int tries;
	uint64_t retry_ns; /* CLOCK_MONOTONIC, with META_WANTED */
	uint8_t *meta;	   /* packed fields, with META_KNOWN */
	size_t meta_len;
	unsigned int meta_fields;
	struct container *next; /* all of a table */
};

struct containers;

/* containers_new(): a table that knows the host only. NULL with ENOMEM. */
struct containers *containers_new(void);
void containers_free(struct containers *t);

/*
 * containers_learn(t, id, list, n): the container of a process that is in
 * cgroup id (of the v2 hierarchy; 0: not known) and whose paths are
 * list, n texts "HIERARCHY=PATH". A new reference; the host is one too. NULL if
 * the list names no path, or with ENOMEM.
 */
struct container *containers_learn(struct containers *t, uint64_t id, struct pull list, size_t n);

/* containers_lookup(t, id): the container of a cgroup id; a new reference. NULL: not learnt. */
struct container *containers_lookup(struct containers *t, uint64_t id);

struct container *container_ref(struct container *c); /* NULL is fine */
void container_unref(struct containers *t, struct container *c);

/* containers_all(t): the first of a list by next. */
struct container *containers_all(struct containers *t);

/* container_write(c, w, marks): its fields; c may be NULL: not known. */
void container_write(const struct container *c, struct wire *w, struct marks *marks);

static inline bool container_is_host(const struct container *c)
{
	return c->name.runtime == RUNTIME_HOST;
}

#endif
