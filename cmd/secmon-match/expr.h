/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands left and right of an operator: a field, or a transformer over fields. */
#ifndef MATCH_EXPR_H
#define MATCH_EXPR_H

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"
#include "cmd/secmon-match/extract.h"
#include "cmd/secmon-match/ruleset.h"

enum expr_kind { EXPR_FIELD, EXPR_CALL, EXPR_TEXT, EXPR_LIST };

struct expr {
	uint8_t kind;	     /* enum expr_kind */
	uint8_t function;    /* enum ast_function */
	uint8_t type;	     /* enum type of its value */
	bool list;	     /* several values */
	bool impure;	     /* another value each time it is asked for */
	struct fieldref ref; /* EXPR_FIELD */
	struct text text;    /* EXPR_TEXT; the argument of EXPR_CALL */
	uint32_t nargs;
	struct expr **args;
	const char *name; /* "tolower(proc.name)": as the user names it */
};

/*
 * expr_compile(arena, o, err): o with its names resolved and types checked, in
 * arena; texts of o must live as long. NULL with err filled and errno EINVAL, or ENOMEM.
 */
struct expr *expr_compile(struct arena *arena, const struct operand *o, struct check_error *err);

/* expr_value(x, e, v): its value on the event of x. False if it has none. */
bool expr_value(struct xctx *x, const struct expr *e, struct xval *v);

/* check_fail(err, pos, fmt, ...): fill err, set errno to EINVAL; returns -1. */
int check_fail(struct check_error *err, const struct ast_pos *pos, const char *fmt, ...)
	printf_like(3, 4);

/* transform(x, e, v): the value of a call; see transform.c. */
bool transform(struct xctx *x, const struct expr *e, struct xval *v);

#endif
