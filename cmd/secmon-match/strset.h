/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of texts: one look-up says whether a text is in, and which one it is. */
#ifndef MATCH_STRSET_H
#define MATCH_STRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strset;

/* strset_new(): empty. NULL with ENOMEM. */
struct strset *strset_new(void);
void strset_free(struct strset *s);

/*
 * strset_add(s, text, len): the number of the text, from 0 in order of adding, the
 * old one if it is in. The text is not copied. -1 with ENOMEM.
 */
long strset_add(struct strset *s, const char *text, size_t len);

/* strset_find(s, text, len, hash): its number, or -1. hash is strset_hash() of it. */
long strset_find(const struct strset *s, const char *text, size_t len, uint64_t hash);

/* strset_count(s): how many texts; their numbers are below it. */
size_t strset_count(const struct strset *s);

/* strset_hash(text, len): seeded once per process, so that input cannot choose collisions. */
uint64_t strset_hash(const char *text, size_t len);

#endif
