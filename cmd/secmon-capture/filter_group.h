/* SPDX-License-Identifier: BSD-2-Clause */
/* Selectors that share a bit of the kernel's sets. */
#ifndef SECMON_CAPTURE_FILTER_GROUP_H
#define SECMON_CAPTURE_FILTER_GROUP_H

#include <stdbool.h>

#include "bpf/filter.h"
#include "common/plan.h"

struct filter_group {
	uint64_t events[EVENT_ID_END / 64];
	uint32_t facts;	  /* filter_facts() */
	uint8_t priority; /* of the plan */
	/* its predicates on proc.name and fd.nameraw are the group's; NULL: any */
	const struct plan_selector *like;
};

/*
 * filter_group_of(groups, n, s): the group that s belongs to, of *n; a new one if need
 * be. When there are FILTER_SELECTORS the last one is widened to take all others.
 */
unsigned int filter_group_of(struct filter_group *groups, unsigned int *n,
			     const struct plan_selector *s);

/* filter_next_on(s, field, from): the predicates of s (may be NULL) on a field, one by one. */
const struct plan_pred *filter_next_on(const struct plan_selector *s, unsigned int field,
				       size_t *from);

#endif
