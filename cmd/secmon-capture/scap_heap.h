/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of a .scap reader: blocks that are used again, so that replaying
 * allocates nothing once it is under way, within a budget, whatever the file
 * says. And texts that threads and descriptors share.
 */
#ifndef SECMON_CAPTURE_SCAP_HEAP_H
#define SECMON_CAPTURE_SCAP_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum {
	SCAP_HEAP_CLASSES = 18,		  /* 32 bytes to 4 MiB */
	SCAP_HEAP_MAX = 512 * 1024 * 1024 /* bytes in use at once */
};

struct scap_heap {
	void *free[SCAP_HEAP_CLASSES];
	size_t used;
	uint64_t refused; /* requests beyond the budget */
};

/* heap_get(h, len): at least len bytes, not cleared. NULL beyond the budget, 4 MiB or memory. */
void *heap_get(struct scap_heap *h, size_t len);

/* heap_put(h, p, len): give back what heap_get(h, len) gave; p may be NULL. */
void heap_put(struct scap_heap *h, void *p, size_t len);

/* heap_fini(h): release what was given back. */
void heap_fini(struct scap_heap *h);

/* Bytes that never change, shared by counting. NULL is the empty one. */
struct scap_text {
	uint32_t refs;
	uint32_t len;
	char s[]; /* a NUL stands behind */
};

/* text_new(h, s, len): a reference; NULL when empty, or refused. */
struct scap_text *text_new(struct scap_heap *h, const void *s, size_t len);

static inline struct scap_text *text_ref(struct scap_text *t)
{
	if (t)
		t->refs++;
	return t;
}

void text_unref(struct scap_heap *h, struct scap_text *t);

/* text_set(h, slot, t): put the reference t into *slot, dropping what was there. */
void text_set(struct scap_heap *h, struct scap_text **slot, struct scap_text *t);

static inline const char *text_s(const struct scap_text *t)
{
	return t ? t->s : "";
}

static inline size_t text_len(const struct scap_text *t)
{
	return t ? t->len : 0;
}

#endif
