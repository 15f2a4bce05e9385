/* SPDX-License-Identifier: BSD-2-Clause */
/* The literal paths of a plan: those that are watched as files as well. */
#ifndef SECMON_CAPTURE_WATCH_LIST_H
#define SECMON_CAPTURE_WATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"
#include "common/plan.h"

enum {
	WATCH_INDEX_BITS = 12,
	WATCH_MAX = 1 << WATCH_INDEX_BITS /* paths; of a plan with more, the others are left out */
};

struct watch_path {
	char *path;
	size_t len;
	struct item_watch file; /* what it means, if it means a file */
	bool found, changed;
};

/* In the order of the paths, each once. */
struct watch_list {
	size_t n, left_out;
	uint32_t turn; /* of all lists of this run, from 1 */
	struct watch_path path[];
};

/*
 * watch_list_new(plan, turn): the absolute paths that a value of fd.name or
 * fs.path.* may equal, but not those that mean something else to each process
 * (/proc/self). NULL with ENOMEM.
 */
struct watch_list *watch_list_new(const struct plan *plan, uint32_t turn);
void watch_list_free(struct watch_list *l);

/* watch_list_find(l, path, len): that path of the list, or NULL. */
const struct watch_path *watch_list_find(const struct watch_list *l, const char *path, size_t len);

/* What the kernel side calls path i of the list l, item_watch.id; never 0. */
static inline uint32_t watch_list_id(const struct watch_list *l, size_t i)
{
	return l->turn << WATCH_INDEX_BITS | (uint32_t)i;
}

/* watch_list_path(l, id): the path that has this id, or NULL if it is another list's. */
const struct watch_path *watch_list_path(const struct watch_list *l, uint32_t id);

#endif
