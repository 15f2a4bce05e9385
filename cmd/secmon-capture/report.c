// SPDX-License-Identifier: BSD-2-Clause
/* What capture says of itself. */
#include "report.h"

#include <stdio.h>

#include "classes.h"
#include "common/events.h"
#include "common/log.h"
#include "probes.h"

int report_events(void)
{
	static const char *const on[] = {
		[CLASS_REQUEST] = "request", [CLASS_COMMAND] = "command", [CLASS_DEFAULT] = "default",
	};
	size_t n;
	const struct class *c = class_table(&n);

	for (size_t i = 0; i < n; i++)
		printf("%-20s %-8s %s\n", event_by_id(c[i].event)->name, on[c[i].on],
		       c[i].life ? "life" : "bulk");
	return 0;
}

int report_check(const struct options *o)
{
	struct probe_info info[64];
	struct probes *p;
	char err[512];
	size_t n;

	p = probes_load(o, err, sizeof(err));
	if (!p) {
		log_err("%s", err);
		return 1;
	}
	n = probes_info(p, info, 64);
	for (size_t i = 0; i < n; i++)
		printf("%-12s %s\n", info[i].name, info[i].hook);
	probes_free(p);
	return 0;
}

int report_programs(void)
{
	return 0;
}
