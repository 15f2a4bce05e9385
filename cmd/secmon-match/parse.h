/* SPDX-License-Identifier: BSD-2-Clause */
/* From the text of a condition to its tree. */
#ifndef MATCH_PARSE_H
#define MATCH_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"

#define PARSE_DEPTH 1000 /* levels; a pair of parentheses is five of them */

struct parse_error {
	char text[512];		   /* what is wrong, without a position */
	size_t index;		   /* byte, from 0 */
	unsigned int line, column; /* from 1 */
};

/* A list too long to be kept by each condition that has it: see parse_condition(). */
struct long_list {
	const char *text; /* from behind the "(" to the ")" */
	size_t len;
	const struct ast_value *values; /* start counts from text */
	uint32_t nvalues;
	unsigned int serial; /* no other list has or had it */
	bool clean;	     /* for those who look at values: nothing was found */
	struct long_list *next;
};

/* Lives with the arena of the trees; begin with NULL. */
struct long_lists {
	struct long_list *first;
};

/*
 * parse_condition(text, len, arena, src, max_depth, lists, err): the tree, in
 * arena, or NULL with err filled and errno EINVAL (the text is wrong) or ENOMEM.
 * Names are not checked: any dotted name is a field, any other a macro.
 * src is only written into the positions of the nodes and may be NULL. text
 * may go away afterwards. max_depth 0 means PARSE_DEPTH. Long lists are read
 * once and shared by all conditions with the same lists, which may be NULL.
 */
struct ast *parse_condition(const char *text, size_t len, struct arena *arena,
			    const struct source *src, unsigned int max_depth,
			    struct long_lists *lists, struct parse_error *err);

/*
 * parse_operand(text, len, arena, &used, err): the field or transformer call at
 * the beginning of text, as an output format has it after "%": nothing
 * else is asked of what follows. used: bytes it took. NULL as above.
 */
struct operand *parse_operand(const char *text, size_t len, struct arena *arena, size_t *used,
			      struct parse_error *err);

/* parse_is_identifier(s, len): may be the name of a macro. */
int parse_is_identifier(const char *s, size_t len);

/* parse_is_bare(s, len): may stand as a string without quotes. */
int parse_is_bare(const char *s, size_t len);

#endif
