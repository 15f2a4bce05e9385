/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of the keys of an item; what is wrong with one is reported. */
#ifndef MATCH_DECODE_H
#define MATCH_DECODE_H

#include "cmd/secmon-match/loader.h"

/* All return 1 there and right, 0 there is no such key, -1 wrong and reported. */
int decode_text(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		const struct ynode **out);
int decode_bool(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		bool *out);
int decode_uint(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		uint32_t *out);

/* a sequence of scalars; empty ones may be among them */
int decode_items(struct loader *l, const struct subject *s, const struct ynode *map,
		 const char *key, struct nodes *out);

/* decode_missing(l, s, key): report that a required key is not there. Always -1. */
int decode_missing(struct loader *l, const struct subject *s, const char *key);

/* decode_need(rc, ...): 0 there is no such key becomes an error. 0 or -1. */
int decode_need_text(struct loader *l, const struct subject *s, const struct ynode *map,
		     const char *key, const struct ynode **out);

/* decode_scalar(l, s, key, v): v is a scalar with something in it; 0 or -1. */
int decode_scalar(struct loader *l, const struct subject *s, const char *key,
		  const struct ynode *v);

/* decode_number(text, out): as YAML readers take an unsigned number: decimal, 0x, 0. 0 or -1. */
int decode_number(const char *text, uint32_t *out);

/* decode_keys(l, s, map, known): a warning for each key that is not in known (ends with NULL). */
void decode_keys(struct loader *l, const struct subject *s, const struct ynode *map,
		 const char *const *known);

#endif
