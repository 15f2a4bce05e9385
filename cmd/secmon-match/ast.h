/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of a condition.
 *
 * A tree is immutable once parsed and lives in an arena. Trees share
 * branches: a macro is parsed once and every rule that names it points to
 * the same node, so equal pointers are equal conditions (the reverse does
 * not hold). No reader may free or change a node.
 */
#ifndef MATCH_AST_H
#define MATCH_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct source; /* the text a tree was parsed from, see source.h */

/* Bytes with a length; a NUL follows, and may also be inside (from \x00). */
struct text {
	const char *s;
	uint32_t len;
};

/* Where something begins and ends in the text it was parsed from, in bytes. */
struct ast_pos {
	const struct source *src; /* NULL if the text came from nowhere */
	uint32_t start, end;
};

enum ast_op {
#define OPERATOR(sym, text, arity, blank, modifier) OP_##sym,
#include "cmd/secmon-match/operators.def"
#undef OPERATOR
	OP_END
};

enum ast_modifier { MODIFIER_NONE, MODIFIER_ONEOF, MODIFIER_ANYOF, MODIFIER_ALLOF };

enum ast_function {
	FN_TOLOWER,
	FN_TOUPPER,
	FN_B64,
	FN_BASENAME,
	FN_LEN,
	FN_JOIN,
	FN_CONCAT,
	FN_GETOPT,
	FN_END
};

/* What has a value: the left side of a check, and sometimes the right. */
enum operand_kind {
	OPERAND_FIELD,	/* name, maybe arg */
	OPERAND_CALL,	/* function(operands...), maybe arg */
	OPERAND_TEXT,	/* a quoted string, only inside a call */
	OPERAND_NUMBER, /* its text as written, only inside a call */
	OPERAND_LIST,	/* "(a, b)", only inside a call */
};

struct operand {
	uint8_t kind;	  /* enum operand_kind */
	uint8_t function; /* enum ast_function */
	bool has_arg;	  /* "[arg]" is there, perhaps empty */
	bool arg_quoted;
	uint16_t depth; /* 1 + the deepest of args */
	uint32_t nargs;
	struct text text; /* name of a field, or the text or number */
	struct text arg;
	struct operand **args; /* of a call or a list */
	struct ast_pos pos;
};

/* One string or number on the right side. */
struct ast_value {
	const char *s; /* unescaped; NUL-terminated at len */
	uint32_t len;
	uint32_t start; /* where it begins in the text of the check */
};

enum rhs_kind {
	RHS_NONE,   /* exists */
	RHS_STRING, /* values[0] */
	RHS_NUMBER, /* values[0], as written: 10, 0x1f, -1, 1.5e+3 */
	RHS_LIST,   /* values[0..nvalues) */
	RHS_IDENT,  /* "in name", "oneof name": a list of the one value, the name */
	RHS_FIELD,  /* val(right) */
	RHS_CALL,   /* right, a transformer */
};

struct check {
	struct operand *left;
	uint8_t op;	  /* enum ast_op */
	uint8_t modifier; /* enum ast_modifier */
	uint8_t rhs;	  /* enum rhs_kind */
	uint32_t nvalues;
	uint32_t values_at; /* to be added to the start of each value */
	const struct ast_value *values;
	struct long_list *list; /* whose values they are, with other checks; NULL: its own */
	struct operand *right;	/* RHS_FIELD, RHS_CALL */
	uint32_t op_start;	/* where the operator stands */
	uint32_t rhs_start, rhs_end;
};

enum ast_kind { AST_AND, AST_OR, AST_NOT, AST_CHECK, AST_MACRO };

struct ast {
	uint8_t kind;	    /* enum ast_kind */
	uint16_t depth;	    /* 1 + the deepest child */
	uint32_t nchildren; /* AND, OR: 2 and more; NOT: 1 */
	uint64_t weight;    /* nodes from here down, as if nothing were shared */
	struct ast_pos pos;
	union {
		struct ast **children; /* AND, OR, NOT */
		struct check check;    /* CHECK */
		struct text macro;     /* MACRO: only before it is resolved */
	};
};

/* ast_op_name(op): "startswith"; never NULL for op < OP_END. */
const char *ast_op_name(enum ast_op op);

/* ast_op_by_name(s, len): the operator of exactly that name, or -1. */
int ast_op_by_name(const char *s, size_t len);

/* ast_modifier_name(m): "oneof"; "" for MODIFIER_NONE. */
const char *ast_modifier_name(enum ast_modifier m);

/* ast_function_name(fn): "tolower"; ast_function_by_name(s, len): enum ast_function, or -1. */
const char *ast_function_name(enum ast_function fn);
int ast_function_by_name(const char *s, size_t len);

/*
 * ast_print(f, tree): the canonical text, as Falco shows it: one blank around
 * operators, strings quoted only where they hold a blank or one of = " ' \.
 * Chains of and/or in parentheses.
 */
void ast_print(FILE *f, const struct ast *tree);
void ast_print_operand(FILE *f, const struct operand *o);

/* ast_walk(tree, fn, arg): fn for every check below tree, left to right. */
void ast_walk(const struct ast *tree, void (*fn)(void *arg, const struct ast *check), void *arg);

#endif
