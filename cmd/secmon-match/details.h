/* SPDX-License-Identifier: BSD-2-Clause */
/* The sets of names that a description of a rule, macro or list is made of. */
#ifndef MATCH_DETAILS_H
#define MATCH_DETAILS_H

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/loader.h"

/* Names, sorted and each once after details_sort. */
struct strings {
	const char **v;
	uint32_t n, room;
	struct arena *arena;
	bool failed;
};

struct details {
	struct arena arena;
	struct strings fields, operators, events, macros, lists;
	struct strings output_fields;
	struct strings exception_names, exception_fields, exception_operators;
	const char *compiled; /* canonical text of the condition */
};

/* Each fills *d from nothing; details_free gives it back. 0 or -1 ENOMEM. */
int details_rule(struct details *d, const struct checker *c, const struct ruledef *r);
int details_macro(struct details *d, const struct checker *c, const struct macro *m);
void details_free(struct details *d);

/* details_joined(a, v): the texts of the nodes with a blank between; NULL ENOMEM. */
const char *details_joined(struct arena *a, const struct nodes *v);

#endif
