/* SPDX-License-Identifier: BSD-2-Clause */
/* "did you mean": the name nearest to one that does not exist. */
#ifndef COMMON_SUGGEST_H
#define COMMON_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *word;
	size_t len;
	const char *best; /* as it was given to suggest_try */
	size_t best_len;
	unsigned int distance; /* of best; beyond any allowed if there is none */
};

/* suggest_init(s, word, len): word must live as long as s. */
void suggest_init(struct suggest *s, const char *word, size_t len);

/* suggest_try(s, name, len): keep name if it is nearer than any before. */
void suggest_try(struct suggest *s, const char *name, size_t len);

/*
 * suggest_answer(s, prefix, buf, size): "did you mean proc.name?", prefix before the
 * nearest name, or "" if none is near. Returns buf.
 */
const char *suggest_answer(const struct suggest *s, const char *prefix, char *buf, size_t size);

/*
 * suggest_field(word, len, mark, buf, size): the answer over the fields that rules may
 * name or, behind "evt.arg.", over the names of arguments; mark stands before it.
 */
const char *suggest_field(const char *word, size_t len, const char *mark, char *buf, size_t size);

/* suggest_event(word, len, buf, size): the answer over the names of events. */
const char *suggest_event(const char *word, size_t len, char *buf, size_t size);

#endif
