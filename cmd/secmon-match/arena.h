/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is given back all at once: what a load of rules builds. */
#ifndef MATCH_ARENA_H
#define MATCH_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next, *end;	    /* room left in the newest */
	size_t used, limit;	    /* bytes handed out, and the most */
};

/* arena_init(a, limit): nothing is reserved yet; limit in bytes, 0 for none. */
void arena_init(struct arena *a, size_t limit);

/* arena_free(a): everything that came from a is gone; a may be used again. */
void arena_free(struct arena *a);

/*
 * arena_alloc(a, len): zeroed and aligned for anything, valid until
 * arena_free. NULL with ENOMEM if memory or the limit is spent.
 */
void *arena_alloc(struct arena *a, size_t len);

/* arena_copy(a, data, len): a copy of data, with a NUL after it; NULL as arena_alloc. */
char *arena_copy(struct arena *a, const char *data, size_t len);

/* arena_str(a, s): a copy of the text s. */
char *arena_str(struct arena *a, const char *s);

#define arena_new(a, type)	((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))

/* arena_calloc(a, n, size): as arena_alloc(a, n * size), safe from overflow. */
void *arena_calloc(struct arena *a, size_t n, size_t size);

/*
 * arena_grow(a, v, n, &room, size): v if it has room for one more than n, else a
 * copy with more (the old one stays in the arena). NULL as arena_alloc.
 */
void *arena_grow(struct arena *a, void *v, uint32_t n, uint32_t *room, size_t size);

#endif
