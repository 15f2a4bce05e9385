/* SPDX-License-Identifier: BSD-2-Clause */
/* Stepping from field to field of an event: this runs for every field of every event. */
#ifndef COMMON_PAIR_H
#define COMMON_PAIR_H

#include <stddef.h>
#include <stdint.h>

#include "common/compat.h"
#include "common/pull.h"

/* A field: its id and where its value begins. */
struct pair {
	uint64_t id;
	const uint8_t *value;
};

/* pair_any(pos, end, p, error): pair_next() of pairs of every form. */
const uint8_t *pair_any(const uint8_t *pos, const uint8_t *end, struct pair *p, const char **error);

/* pair_array(v, end): behind the array of simple values at v, or NULL if it is no such. */
const uint8_t *pair_array(const uint8_t *v, const uint8_t *end);

/*
 * A pair as writers make it: a key of one byte, or behind 0xcc or 0xcd, and a value
 * without depth. What is behind it, or NULL if it is not that, or stands too near the end.
 */
static inline const uint8_t *pair_simple(const uint8_t *pos, const uint8_t *end, struct pair *p)
{
	const uint8_t *v = pos + 1;
	size_t n;

	if (unlikely(end - pos < 5))
		return NULL;
	p->id = *pos;
	if (unlikely(*pos >= 0x80)) {
		if (*pos != 0xcd && *pos != 0xcc)
			return NULL;
		v = pos + (*pos == 0xcd ? 3 : 2);
		p->id = *pos == 0xcd ? (uint64_t)pos[1] << 8 | pos[2] : pos[1];
	}
	p->value = v;
	/* a branch is guessed where a table is waited for: the next pair can begin at once */
	if (*v < 0x80)
		return v + 1;
	if (*v == 0xcd)
		return end - v > 2 ? v + 3 : NULL;
	if (*v == 0xcf)
		return end - v > 8 ? v + 9 : NULL;
	n = pull_bytes[*v];
	if (n == PULL_LEN8)
		n = 2 + (size_t)v[1];
	if (likely(n - 1 < (size_t)(end - v)))
		return v + n;
	return pair_array(v, end);
}

/*
 * pair_next(pos, end, p, error): the pair at pos, of an event that ends at end. What
 * is behind it, or NULL with *error if it is broken.
 */
static inline const uint8_t *pair_next(const uint8_t *pos, const uint8_t *end, struct pair *p,
				       const char **error)
{
	const uint8_t *next = pair_simple(pos, end, p);
	struct pair any; /* and not *p, which can so stay in registers */

	if (unlikely(!next)) {
		next = pair_any(pos, end, &any, error);
		*p = any;
	}
	return next;
}

#endif
