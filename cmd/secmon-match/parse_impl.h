/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two halves of the parser share; for parse*.c only. */
#ifndef MATCH_PARSE_IMPL_H
#define MATCH_PARSE_IMPL_H

#include "cmd/secmon-match/lex.h"
#include "cmd/secmon-match/parse.h"
#include "common/compat.h"

/* Children whose parent is not made yet; each level knows where its own begin. */
struct stack {
	void **items;
	size_t n, room;
};

struct parser {
	struct lexer lex;
	const struct source *src;
	unsigned int depth, max_depth;
	int failed; /* errno to give, 0 while all is well */
	struct parse_error *err;
	struct stack nodes, operands;
	struct ast_value *values; /* of the list being read */
	size_t nvalues, values_room;
	struct long_lists *lists; /* or NULL */
};

/* parser_fail(p, fmt, ...): the error, here; only the first one counts. */
void parser_fail(struct parser *p, const char *fmt, ...) printf_like(2, 3);
void parser_no_memory(struct parser *p);

/* parser_deeper(p): one level more; -1 if that is too deep. p->depth-- goes back. */
int parser_deeper(struct parser *p);

/* parser_push: 0 or -1; parser_pop: all items from base up, as an array in the arena. */
int parser_push(struct parser *p, struct stack *s, void *item);
void *parser_pop(struct parser *p, struct stack *s, size_t base);

/* parser_operand(p): a field or a transformer; NULL if there is none or p->failed. */
struct operand *parser_operand(struct parser *p);

/* parser_right_side(p, c): the operator and what it wants; 0 or -1. */
int parser_right_side(struct parser *p, struct check *c);

#endif
