// SPDX-License-Identifier: BSD-2-Clause
/* Any bytes as a file of policies: refused with words, or made into a plan that can be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-capture/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* what a policy becomes is a plan like any other */
static void check(const struct plan *plan)
{
	char *text = NULL, err[256];
	struct plan *again;
	size_t n = 0;
	FILE *fp = open_memstream(&text, &n);

	if (!fp || plan_print(plan, fp) == -1 || fclose(fp) == EOF)
		abort();
	fp = fmemopen(text, n, "r");
	again = fp ? plan_read(fp, "plan", err, sizeof(err)) : NULL;
	if (!again) {
		fprintf(stderr, "%s\n%s\n", err, text);
		abort();
	}
	plan_free(again);
	fclose(fp);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct plan *plan = plan_new();
	char *said = NULL;
	size_t n = 0;
	FILE *err = open_memstream(&said, &n);
	int r;

	if (!plan || !err)
		abort();
	r = policy_parse(plan, "policy", (const char *)data, len, err);
	fclose(err);
	if ((r == -1) != (n > 0)) /* refused means told why, and only then */
		abort();
	if (r == 0)
		check(plan);
	plan_free(plan);
	free(said);
	return 0;
}
