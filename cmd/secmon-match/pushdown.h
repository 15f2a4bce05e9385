/* SPDX-License-Identifier: BSD-2-Clause */
/* A condition weakened to what the kernel can decide. */
#ifndef MATCH_PUSHDOWN_H
#define MATCH_PUSHDOWN_H

#include "cmd/secmon-match/ast.h"
#include "cmd/secmon-match/cube.h"

/* Called for each check that could not be pushed down, with the reason. */
typedef void pushdown_left(void *arg, const struct ast *check, const char *why);

/*
 * pushdown(cond, arena, left, arg, out): cubes that hold every event for which
 * cond is true. left may be NULL. 0, or -1 with ENOMEM.
 */
int pushdown(const struct ast *cond, struct arena *arena, pushdown_left *left, void *arg,
	     struct cubes *out);

#endif
