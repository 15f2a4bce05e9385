/* SPDX-License-Identifier: BSD-2-Clause */
/* One check as terms of a plan predicate. */
#ifndef MATCH_PUSHDOWN_TERMS_H
#define MATCH_PUSHDOWN_TERMS_H

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"
#include "common/plan.h"

/* What kind of field a check is about, which says what its values mean to the plan. */
enum how {
	HOW_TEXT,
	HOW_DIRECTORY, /* of fd.name */
	HOW_FILENAME,  /* of fd.name */
	HOW_TYPE,      /* fd.type, in letters */
	HOW_INTEGER,
	HOW_BOOL,
	HOW_OPEN_FLAG, /* a boolean that is bits of evt.arg.flags */
	HOW_RESULT,    /* "SUCCESS" or the name of an error */
	HOW_FAILED,
	HOW_ADDRESS, /* or a network */
	HOW_EVENT,   /* the event type: no predicate */
	HOW_NEVER    /* evt.num: no predicate */
};

struct pushable {
	const char *name;
	uint16_t field; /* of the predicate, on the wire */
	uint8_t how;	/* enum how */
	uint8_t bits;	/* HOW_OPEN_FLAG */
};

/* The value is described by one of the terms; or, negated, by none. */
struct terms {
	struct plan_term *t; /* room for two for each value of the check */
	size_t n;
	bool negated;
};

/* check_is_equal(c): whether it asks for one of its values; value_is(v, s): the very text s. */
bool check_is_equal(const struct check *c);
bool value_is(const struct ast_value *v, const char *s);

/*
 * pushdown_terms(arena, f, c, negated, t): the check (or its negation) as terms.
 * False if the kernel cannot decide it; t is of no use then.
 */
bool pushdown_terms(struct arena *arena, const struct pushable *f, const struct check *c,
		    bool negated, struct terms *t);

#endif
