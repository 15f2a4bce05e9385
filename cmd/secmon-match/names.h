/* SPDX-License-Identifier: BSD-2-Clause */
/* From names to things. */
#ifndef MATCH_NAMES_H
#define MATCH_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names_slot {
	const char *name; /* NULL: free */
	uint32_t len;
	uint32_t hash;
	void *thing;
};

/* An all-zero struct is an empty table. */
struct names {
	struct names_slot *slots;
	size_t n, room;
	uint64_t seed; /* so that a file cannot choose names that collide */
};

/* names_get(t, name, len): what was put under name, or NULL. */
void *names_get(const struct names *t, const char *name, size_t len);

/* names_put(t, name, len, thing): replaces. The table does not copy name. 0, -1 ENOMEM. */
int names_put(struct names *t, const char *name, size_t len, void *thing);

/* names_clear(t): forget all and free the memory; the things are the caller's. */
void names_clear(struct names *t);

#endif
