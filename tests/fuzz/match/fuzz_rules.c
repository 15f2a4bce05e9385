// SPDX-License-Identifier: BSD-2-Clause
/* Any bytes as a rules file: loaded as -V would, reported and described. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/secmon-match/checker.h"
#include "cmd/secmon-match/describe.h"
#include "cmd/secmon-match/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void show(const struct ruleset *rs, const struct checker *c, const struct report *report)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		abort();
	report_text(report, f, true);
	report_json(report, f);
	if (rs)
		describe_json(rs, c, f);
	if (rs)
		describe_text(rs, c, NULL, f);
	fclose(f);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("rules", MFD_CLOEXEC);
	char path[64];
	const char *paths[] = { path };
	struct checker checker;
	struct checking *checking = checker_new(&checker);
	struct report report;
	struct ruleset *rs;

	if (fd == -1 || !checking || write(fd, data, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	report_init(&report);
	rs = ruleset_load(paths, 1, &checker, NULL, &report);
	if (!rs && !report.errors)
		abort();
	show(rs, &checker, &report);
	ruleset_free(rs);
	report_free(&report);
	checker_free(checking);
	close(fd);
	return 0;
}
