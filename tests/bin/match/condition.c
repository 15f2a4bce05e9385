// SPDX-License-Identifier: BSD-2-Clause
/*
 * Conditions in, trees out. Each input is "DEPTH LENGTH\n" and so many bytes;
 * each answer a line of JSON: {"text": canonical} or {"error", "idx", "line", "col"}.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-match/jsontext.h"
#include "cmd/secmon-match/parse.h"

static void answer(const char *text, size_t len, unsigned int depth)
{
	struct parse_error err;
	struct arena arena;
	struct ast *tree;
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	arena_init(&arena, 0);
	tree = parse_condition(text, len, &arena, NULL, depth, NULL, &err);
	if (tree) {
		f = open_memstream(&out, &n);
		ast_print(f, tree);
		fclose(f);
		printf("{\"weight\": %" PRIu64 ", \"text\": ", tree->weight);
		json_text(stdout, out, n);
		free(out);
	} else {
		printf("{\"error\": ");
		json_str(stdout, err.text);
		printf(", \"idx\": %zu, \"line\": %u, \"col\": %u", err.index, err.line,
		       err.column);
	}
	puts("}");
	arena_free(&arena);
}

int main(void)
{
	unsigned int depth;
	size_t len;

	while (scanf("%u %zu", &depth, &len) == 2 && getchar() == '\n') {
		char *text = malloc(len + 1);

		if (!text || fread(text, 1, len, stdin) != len)
			return 1;
		answer(text, len, depth);
		free(text);
	}
	return 0;
}
