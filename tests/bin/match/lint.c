// SPDX-License-Identifier: BSD-2-Clause
/*
 * Conditions in, warnings out. Each input is a line "LENGTH" and so many bytes; each
 * answer a line with the codes of the warnings, or "error".
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/parse.h"

static void answer(const char *text, size_t len)
{
	struct subject s = { .item = "rule", .name = "" };
	struct parse_error err;
	struct report report;
	struct loader l = { .report = &report };
	struct arena arena;
	struct ast *tree;

	arena_init(&arena, 0);
	report_init(&report);
	tree = parse_condition(text, len, &arena, NULL, 0, NULL, &err);
	if (tree)
		lint_condition(&l, &s, tree);
	else
		printf("error");
	for (const struct finding *f = report.first; f; f = f->next)
		printf("%s ", load_code_name(f->code));
	putchar('\n');
	report_free(&report);
	arena_free(&arena);
}

int main(void)
{
	size_t len;

	while (scanf("%zu", &len) == 1 && getchar() == '\n') {
		char *text = malloc(len + 1);

		if (!text || fread(text, 1, len, stdin) != len)
			return 1;
		answer(text, len);
		free(text);
	}
	return 0;
}
