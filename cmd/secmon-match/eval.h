/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditions put to events. */
#ifndef MATCH_EVAL_H
#define MATCH_EVAL_H

#include "cmd/secmon-match/program.h"

struct eval;

/* eval_new(p): room for p's values and results. NULL with ENOMEM. p must not grow afterwards. */
struct eval *eval_new(const struct program *p);
void eval_free(struct eval *e);

/*
 * eval_event(e, x): from now on about the event of x; x must stay. True now and
 * then: when what the events were like so far has changed the order of asking.
 */
bool eval_event(struct eval *e, struct xctx *x);

/* eval_node(e, node): whether it holds on the event. */
bool eval_node(struct eval *e, uint32_t node);

/* eval_value(e, slot): the value in that slot of the program, NULL if there is none. */
const struct xval *eval_value(struct eval *e, uint32_t slot);

/* eval_odds(e, node): how likely it holds, by the events so far; eval_cost: what asking costs. */
float eval_odds(const struct eval *e, uint32_t node);
uint32_t eval_cost(const struct eval *e, uint32_t node);

/* eval_program(e): the program it was made for. */
const struct program *eval_program(const struct eval *e);

#endif
