/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditions put to events. */
#ifndef MATCH_EVAL_H
#define MATCH_EVAL_H

#include "cmd/secmon-match/many.h"
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

/*
 * Checks of a text look at it as a whole, at its beginning, its end or within. Where
 * nothing that any of them looks for is found, the text is plain at that place, and
 * most of its checks are false at once.
 */
enum { PLACE_WHOLE = MANY_END, PLACE_END }; /* the others are enum many_where */

/*
 * eval_places(e, node, slot): where it looks at the value of *slot, a bit for each place;
 * it is false if the value is plain there. 0 if there is no such value.
 */
unsigned int eval_places(const struct eval *e, uint32_t node, uint32_t *slot);

/* eval_plain(e, slot, places): whether the value is absent, or plain there; false if in doubt. */
bool eval_plain(struct eval *e, uint32_t slot, unsigned int places);

/* eval_program(e): the program it was made for. */
const struct program *eval_program(const struct eval *e);

#endif
