// SPDX-License-Identifier: BSD-2-Clause
/* Counters of selectors, read from the maps that captures leave them in. */
#include "report_plan.h"

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/filter.h"
#include "common/compat.h"

enum { CAPTURES_MAX = 4 };

static struct before {
	uint32_t map; /* its id; 0: none */
	struct selector_counts counts[SELECTORS_SHOWN];
} before[CAPTURES_MAX];

static struct before *before_of(uint32_t map)
{
	for (size_t i = 0; i < CAPTURES_MAX; i++) {
		if (!before[i].map)
			before[i].map = map;
		if (before[i].map == map)
			return &before[i];
	}
	return NULL;
}

static void print_selector(const struct selector_counts *now, struct selector_counts *then,
			   uint64_t ns, bool *head)
{
	static const struct selector_counts none;
	const struct selector_counts *old = strcmp(now->name, then->name) == 0 ? then : &none;
	uint64_t held = now->held - old->held, took = now->ns - old->ns;
	double seconds = (double)ns / (double)NS_PER_S;

	if (held) {
		if (!*head)
			printf("%-40s %10s %10s %10s %9s %8s\n", "selector", "seen/s", "passed/s",
			       "held/s", "ns/event", "% of CPU");
		*head = true;
		printf("%-40.40s %10.0f %10.0f %10.0f %9.0f %8.2f\n", now->name,
		       (double)held / seconds, (double)(now->passed - old->passed) / seconds,
		       (double)(now->held_back - old->held_back) / seconds,
		       (double)took / (double)held, 100.0 * (double)took / (double)ns);
	}
	*then = *now;
}

static void print_map(int fd, struct before *b, uint64_t ns, bool *head)
{
	struct selector_counts now;

	for (uint32_t i = 0; i < SELECTORS_SHOWN; i++) {
		if (bpf_map_lookup_elem(fd, &i, &now) != 0 || !now.name[0])
			break;
		now.name[SELECTOR_NAME - 1] = '\0';
		print_selector(&now, &b->counts[i], ns, head);
	}
}

void report_plan(uint64_t ns)
{
	bool head = false;
	uint32_t id = 0;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);
		struct before *b;

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
		    strcmp(info.name, "secmon_select") == 0 &&
		    info.value_size == sizeof(struct selector_counts) && (b = before_of(id)))
			print_map(fd, b, ns, &head);
		close(fd);
	}
	fflush(stdout);
}
