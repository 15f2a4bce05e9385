/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts as numbers: all that any check compares one value with stand in one
 * dictionary, so that a value is looked up once and each "=", "!=" and "in" is
 * then a comparison of numbers or the test of a bit.
 */
#ifndef MATCH_SYMBOLS_H
#define MATCH_SYMBOLS_H

#include "cmd/secmon-match/program.h"
#include "cmd/secmon-match/strset.h"

enum symbol_test { SYMBOL_NONE, SYMBOL_EQ, SYMBOL_NE, SYMBOL_IN };

struct symbol_check {
	uint8_t how;	/* enum symbol_test */
	int32_t number; /* EQ, NE */
	uint32_t nbits; /* IN */
	uint64_t *bits;
};

struct symbols {
	struct strset **dicts;	     /* per slot, NULL where no check needs one */
	struct symbol_check *checks; /* per check of the program */
	uint32_t ndicts, nchecks;
};

/* symbols_init(s, p): of all checks of p. -1 with ENOMEM. */
int symbols_init(struct symbols *s, const struct program *p);
void symbols_fini(struct symbols *s);

/* symbols_number(s, slot, v): the number of a text in that slot, -1 if no check names it. */
static inline int32_t symbols_number(const struct symbols *s, uint32_t slot, const struct xval *v)
{
	return (int32_t)strset_find(s->dicts[slot], v->s, v->len, strset_hash(v->s, v->len));
}

/* symbol_holds(c, number): the check, put to a number. */
static inline bool symbol_holds(const struct symbol_check *c, int32_t number)
{
	switch (c->how) {
	case SYMBOL_EQ:
		return number == c->number;
	case SYMBOL_NE:
		return number != c->number;
	default:
		return number >= 0 && (uint32_t)number < c->nbits &&
		       (c->bits[number / 64] >> (number % 64) & 1);
	}
}

#endif
