/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the kinds of comparison that matchArgs makes. */
#ifndef SECMON_CAPTURE_POLICY_MATCH_H
#define SECMON_CAPTURE_POLICY_MATCH_H

#include "policy_priv.h"

enum policy_operator {
	OP_IS,	  /* one of the values */
	OP_BEGIN, /* ... begins with */
	OP_ENDS,
	OP_HOLDS,
	OP_ABOVE,
	OP_BELOW,
	OP_MASK,
	OP_RANGE,
	OP_MAP,
	OP_FILETYPE,
	OP_SADDR,
	OP_DADDR,
	OP_SPORT,
	OP_DPORT,
	OP_SPRIV,
	OP_DPRIV,
	OP_PROTOCOL,
	OP_FAMILY,
	OP_STATE,
	OP_OTHER,
	OP_NOT = 64
};

/* System calls that values name. */
struct named_calls {
	uint64_t events[EVENT_ID_END / 64];
	bool this; /* the call that the selector is for, if it is for one */
};

/* One item of matchArgs while it is read. */
struct match {
	struct draft *s;
	yaml_node_t *at, *values;
	unsigned int index;
	int op; /* -1: it was complained of */
	const char *op_text;
	const struct call_arg *arg;
	const struct policy_type *type;
	struct named_calls calls; /* match_call(): so far */
};

/* match_is_not(m): whether the operator is one that begins with Not. */
static inline bool match_is_not(const struct match *m)
{
	return m->op & OP_NOT;
}

/*
 * match_values(m, put): call put(m, d, n) for each value, those of lists (InMap) among them.
 * Complains if there is none.
 */
void match_values(struct match *m,
		  void (*put)(struct match *m, struct policy_doc *d, yaml_node_t *n));

/* match_no_operator(m, what): complain that the operator is not one for that. */
void match_no_operator(struct match *m, const char *what);

/*
 * match_number(d, n, s, end, next, v): a number of any sign and base at s, with the byte end
 * behind it, which *next is set to. 0, or -1, complained of.
 */
int match_number(struct policy_doc *d, const yaml_node_t *n, const char *s, char end,
		 const char **next, int64_t *v);

/* Predicates of m->s for an argument that is ... */
void match_text(struct match *m, unsigned int field, bool file);
void match_socket(struct match *m);
void match_call(struct match *m); /* which system call it is */

#endif
