// SPDX-License-Identifier: BSD-2-Clause
/* Any bytes as a condition: parsed, and if that works printed, and warned about. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void print(const struct ast *tree)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		abort();
	ast_print(f, tree);
	fclose(f);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct subject s = { .item = "rule", .name = "fuzz" };
	struct parse_error err;
	struct report report;
	struct loader l = { .report = &report };
	struct arena arena;
	struct ast *tree;

	arena_init(&arena, 256 << 20);
	report_init(&report);
	tree = parse_condition((const char *)data, len, &arena, NULL, 0, NULL, &err);
	if (tree) {
		print(tree);
		lint_condition(&l, &s, tree);
	} else if (err.index > len || !err.line || !err.text[0]) {
		abort();
	}
	report_free(&report);
	arena_free(&arena);
	return 0;
}
