/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Up to 64 rules that are asked together. A rule is mostly an AND, and rules share
 * what they ask for: "a program was started", "a file was opened to write". Each
 * such part is asked once, and where it is false all rules that need it are out.
 */
#ifndef MATCH_BLOCK_H
#define MATCH_BLOCK_H

#include "cmd/secmon-match/eval.h"

enum { BLOCK_RULES = 64 };

/*
 * What strikes out rules: a part that they need and that is false, or a value that is
 * plain wherever parts that they need look at it.
 */
struct guard {
	uint64_t needed; /* by which rules: a bit each */
	uint32_t what;	 /* node, or slot of the value */
	uint8_t places;	 /* of that; 0: it is a node */
	uint32_t cost;
	uint32_t asked, struck; /* how often since the last block_sort() */
};

struct block {
	uint64_t all;	      /* its rules */
	uint64_t whole;	      /* those whose guards do not say all */
	struct guard *guards; /* in the order that pays */
	uint32_t nguards;
	uint32_t asked; /* how often since the last block_sort() */
};

/* block_init(b, e, nodes, n): of n conditions, at most BLOCK_RULES. -1 with ENOMEM. */
int block_init(struct block *b, const struct eval *e, const uint32_t *nodes, uint32_t n);
void block_fini(struct block *b);

/*
 * block_ask(b, e): which of the rules may match the event of e: those of b->whole
 * must be asked themselves, the others do match.
 */
uint64_t block_ask(struct block *b, struct eval *e);

/* block_sort(b): what the events were like so far says which guards to ask first. */
void block_sort(struct block *b);

#endif
