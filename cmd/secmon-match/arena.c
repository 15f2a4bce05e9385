// SPDX-License-Identifier: BSD-2-Clause
/* Memory that is given back all at once. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/arena.h"

#define BLOCK_MIN (4 * 1024)
#define BLOCK_MAX (64 * 1024)
#define ALIGN	  _Alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	max_align_t data[];
};

void arena_init(struct arena *a, size_t limit)
{
	memset(a, 0, sizeof(*a));
	a->limit = limit;
}

void arena_free(struct arena *a)
{
	struct arena_block *b, *older;

	for (b = a->blocks; b; b = older) {
		older = b->older;
		free(b);
	}
	arena_init(a, a->limit);
}

/* As much again as there is: an arena of a single condition stays small. */
static size_t block_bytes(const struct arena *a)
{
	return a->used < BLOCK_MIN ? BLOCK_MIN : a->used < BLOCK_MAX ? a->used : BLOCK_MAX;
}

static int grow(struct arena *a, size_t len)
{
	size_t block = block_bytes(a), room = len > block / 4 ? len : block;
	struct arena_block *b = calloc(1, sizeof(*b) + room);

	if (!b)
		return -1;
	/* a big piece gets a block of its own; the one in use keeps its room */
	if (room == len && a->blocks) {
		b->older = a->blocks->older;
		a->blocks->older = b;
		return 1;
	}
	b->older = a->blocks;
	a->blocks = b;
	a->next = (char *)b->data;
	a->end = a->next + room;
	return 0;
}

void *arena_alloc(struct arena *a, size_t len)
{
	void *p;

	if (len > SIZE_MAX - ALIGN)
		goto spent;
	len = len ? (len + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	if (a->limit && (len > a->limit || a->used > a->limit - len))
		goto spent;
	if ((size_t)(a->end - a->next) < len) {
		int own = grow(a, len);

		if (own == -1)
			return NULL;
		if (own) {
			a->used += len;
			return a->blocks->older->data;
		}
	}
	p = a->next;
	a->next += len;
	a->used += len;
	return p;
spent:
	errno = ENOMEM;
	return NULL;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, void *v, uint32_t n, uint32_t *room, size_t size)
{
	uint32_t more;
	void *copy;

	if (n < *room)
		return v;
	if (__builtin_mul_overflow(n ? n : 4, 2, &more)) {
		errno = ENOMEM;
		return NULL;
	}
	copy = arena_calloc(a, more, size);
	if (copy && n)
		memcpy(copy, v, n * size);
	if (copy)
		*room = more;
	return copy;
}

char *arena_copy(struct arena *a, const char *data, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_alloc(a, len + 1) : NULL;

	if (copy && len)
		memcpy(copy, data, len);
	return copy;
}

char *arena_str(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s));
}
