/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan made into the tables that the kernel side evaluates (bpf/filter.h). */
#ifndef SECMON_CAPTURE_FILTER_H
#define SECMON_CAPTURE_FILTER_H

#include <stddef.h>

#include "bpf/filter.h"
#include "common/plan.h"

struct filter_comm_row {
	char comm[16];
	struct filter_set set;
};

struct filter_name_row {
	__u32 where; /* enum filter_where */
	char name[FILTER_NAME];
	struct filter_set set;
};

struct filter_path_row {
	__u32 parent; /* node of the directory */
	char name[FILTER_NAME];
	struct filter_path step;
};

struct filter_tables {
	struct filter_set types[EVENT_ID_END];
	struct filter_set facts[FACT_COUNT];
	struct filter_defaults defaults;
	struct filter_quick quick;
	struct filter_comm_row *comms;
	struct filter_name_row *names;
	struct filter_path_row *paths;
	size_t ncomms, nnames, npaths;
	unsigned int groups;		    /* bits in use */
	uint8_t priority[FILTER_SELECTORS]; /* of the plan, of each bit */
};

/*
 * filter_compile(plan): the tables, which pass at least what plan_wants()
 * wants. Selectors that differ in their paths only share a bit without loss;
 * if there are more than FILTER_SELECTORS others, the last bit takes them all.
 * NULL with ENOMEM.
 */
struct filter_tables *filter_compile(const struct plan *plan);
void filter_free(struct filter_tables *t);

/* filter_quicken(t): t->quick from the rest of the tables. */
void filter_quicken(struct filter_tables *t);

/* filter_shed(t, priority): the bits of that priority and of less urgent ones. */
struct filter_set filter_shed(const struct filter_tables *t, unsigned int priority);

/* Descriptors of the maps of bpf/filter_state.bpf.h. */
struct filter_maps {
	int types, facts, defaults, comms, names, paths;
};

/*
 * filter_install(t, maps, generation): write the tables as that generation (0
 * or 1), which must not be in use, in place of what it held. 0, or -1 with
 * errno: E2BIG or ENOSPC if a map cannot hold them.
 */
int filter_install(const struct filter_tables *t, const struct filter_maps *maps,
		   unsigned int generation);

#endif
