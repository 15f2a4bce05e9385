/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks that look for a piece of a text: startswith, endswith, contains, icontains,
 * and glob, of which some piece must be there. All pieces that any check looks for at
 * one place of one value are looked for at once, when the first check wants to know.
 */
#ifndef MATCH_PIECES_H
#define MATCH_PIECES_H

#include "cmd/secmon-match/many.h"
#include "cmd/secmon-match/program.h"

struct piece_check {
	uint8_t where;	 /* enum many_where; MANY_END: it looks for none */
	bool more;	 /* the piece does not suffice: the check must be put */
	uint32_t number; /* of the piece */
};

/* What one value has of the pieces. */
struct piece_found {
	uint8_t looked, any; /* a bit for each enum many_where */
	uint64_t *bits[MANY_END];
};

struct piece_slot {
	struct many *many[MANY_END]; /* NULL where no check looks */
	struct piece_found found;
};

struct pieces {
	struct piece_slot *slots;   /* per slot of the program */
	struct piece_check *checks; /* per check */
	uint32_t nslots;
};

/* pieces_init(s, p): of all checks of p. -1 with ENOMEM; pieces_fini() either way. */
int pieces_init(struct pieces *s, const struct program *p);
void pieces_fini(struct pieces *s);

/* pieces_look(s, where, v): look for all pieces at that place of the text v. */
void pieces_look(struct piece_slot *s, enum many_where where, const struct xval *v);

/* pieces_forget(s): the slot has another value. */
static inline void pieces_forget(struct piece_slot *s)
{
	s->found.looked = 0;
}

/* pieces_any(s, where, v): whether the text v of the slot has any of the pieces at that place. */
static inline bool pieces_any(struct piece_slot *s, unsigned int where, const struct xval *v)
{
	if (!(s->found.looked >> where & 1))
		pieces_look(s, where, v);
	return s->found.any >> where & 1;
}

/* pieces_hold(s, c, v): whether it has the piece of a check. */
static inline bool pieces_hold(struct piece_slot *s, const struct piece_check *c,
			       const struct xval *v)
{
	return pieces_any(s, c->where, v) &&
	       (s->found.bits[c->where][c->number / 64] >> (c->number % 64) & 1);
}

#endif
