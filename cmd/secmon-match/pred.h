/* SPDX-License-Identifier: BSD-2-Clause */
/* One check of a condition: field, operator, values; compiled and tested. */
#ifndef MATCH_PRED_H
#define MATCH_PRED_H

#include "cmd/secmon-match/expr.h"

struct rx;
struct pmatch;
struct strset;

/* A value of the right side, in the type of the left. */
struct lit {
	struct xval v;
	uint8_t prefix; /* of a network: bits */
	struct rx *rx;
	const char *text; /* as written */
};

struct pred {
	struct expr *left;
	struct expr *right; /* val(field) or a transformer; NULL: literals */
	uint8_t op;	    /* enum ast_op; == is = here */
	uint8_t modifier;   /* enum ast_modifier */
	bool impure;
	bool hides_type; /* which event types it wants cannot be told */
	uint32_t nlits;
	struct lit *lits;
	struct strset *set; /* of the texts of a long list */
	struct pmatch *paths;
	uint32_t cost;	      /* about a nanosecond each, without getting the value */
	uint32_t slot, rslot; /* where the values are kept; of the program */
	const char *text;     /* canonical */
};

/*
 * pred_compile(p, arena, c, pos, err): the check c at pos into p. 0, or -1 with
 * err and EINVAL, or ENOMEM. What p holds outside the arena pred_fini() frees.
 */
int pred_compile(struct pred *p, struct arena *arena, const struct check *c,
		 const struct ast_pos *pos, struct check_error *err);
void pred_fini(struct pred *p);

/* literals.c: the right side, read as the type of the left side. As pred_compile(). */
int literals_compile(struct pred *p, struct arena *arena, const struct check *c,
		     const struct ast_pos *pos, struct check_error *err);

/*
 * pred_test(p, left, right): whether it holds for these values; NULL is "no value".
 */
bool pred_test(const struct pred *p, const struct xval *left, const struct xval *right);

#endif
