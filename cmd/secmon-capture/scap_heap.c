// SPDX-License-Identifier: BSD-2-Clause
/* Blocks by size, powers of two, each size with a list of free ones. */
#include "cmd/secmon-capture/scap_heap.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 5 }; /* 32 bytes */

static unsigned int class_of(size_t len)
{
	if (len <= 1u << SMALLEST)
		return 0;
	return (unsigned int)(64 - __builtin_clzll(len - 1)) - SMALLEST;
}

void *heap_get(struct scap_heap *h, size_t len)
{
	unsigned int c = class_of(len);
	void *p;

	if (c >= SCAP_HEAP_CLASSES || h->used + ((size_t)1 << (c + SMALLEST)) > SCAP_HEAP_MAX) {
		h->refused++;
		return NULL;
	}
	p = h->free[c];
	if (p)
		memcpy(&h->free[c], p, sizeof(void *));
	else
		p = malloc((size_t)1 << (c + SMALLEST));
	if (p)
		h->used += (size_t)1 << (c + SMALLEST);
	return p;
}

void heap_put(struct scap_heap *h, void *p, size_t len)
{
	unsigned int c = class_of(len);

	if (!p)
		return;
	memcpy(p, &h->free[c], sizeof(void *));
	h->free[c] = p;
	h->used -= (size_t)1 << (c + SMALLEST);
}

void heap_fini(struct scap_heap *h)
{
	for (unsigned int c = 0; c < SCAP_HEAP_CLASSES; c++) {
		while (h->free[c]) {
			void *p = h->free[c];

			memcpy(&h->free[c], p, sizeof(void *));
			free(p);
		}
	}
}

struct scap_text *text_new(struct scap_heap *h, const void *s, size_t len)
{
	struct scap_text *t;

	if (!len || !(t = heap_get(h, sizeof(*t) + len + 1)))
		return NULL;
	t->refs = 1;
	t->len = (uint32_t)len;
	memcpy(t->s, s, len);
	t->s[len] = '\0';
	return t;
}

void text_unref(struct scap_heap *h, struct scap_text *t)
{
	if (t && --t->refs == 0)
		heap_put(h, t, sizeof(*t) + t->len + 1);
}

void text_set(struct scap_heap *h, struct scap_text **slot, struct scap_text *t)
{
	text_unref(h, *slot);
	*slot = t;
}
