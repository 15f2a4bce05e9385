/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions of rules: read, join, check, and turn into condition text. */
#ifndef MATCH_EXCEPTION_H
#define MATCH_EXCEPTION_H

#include "cmd/secmon-match/loader.h"

struct textbuf;

/* The exceptions of one item. */
struct exceptions {
	struct exception **v;
	uint32_t n, room;
};

/*
 * exceptions_read(l, s, item, partial, &out): the value of "exceptions" of
 * item. partial: an append, where fields may be left out. 1, 0 if there is none, -1.
 */
int exceptions_read(struct loader *l, const struct subject *s, const struct ynode *item,
		    bool partial, struct exceptions *out);

/* exceptions_check(l, e): shapes, lengths, operators and fields; 0 or -1. */
int exceptions_check(struct loader *l, const struct exceptions *e);

/* exceptions_append(l, r, e): values to those of the same name, new ones added; 0 or -1. */
int exceptions_append(struct loader *l, struct ruledef *r, const struct exceptions *e);

/* exceptions_text(l, r, b): " and not (...)" for each that has values; 0 or -1. */
int exceptions_text(struct loader *l, const struct ruledef *r, struct textbuf *b);

/* exceptions_any(r): one of them has values. */
bool exceptions_any(const struct ruledef *r);

#endif
