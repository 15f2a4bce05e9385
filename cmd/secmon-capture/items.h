/* SPDX-License-Identifier: BSD-2-Clause */
/* A record from the kernel side, checked and taken apart; views, not copies. */
#ifndef SECMON_CAPTURE_ITEMS_H
#define SECMON_CAPTURE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"

enum { ITEMS_MAX = 32 };

struct items {
	const struct record *r;
	const struct item *item[ITEMS_MAX];
	unsigned int n;
};

/* items_index(it, buf, len): 0, or -1 with EPROTO if that is no record. */
int items_index(struct items *it, const void *buf, size_t len);

/* items_find(it, kind, arg): the first such item, or NULL. */
const struct item *items_find(const struct items *it, unsigned int kind, unsigned int arg);

/* items_struct(it, kind, arg, size): the bytes of an item that has exactly that size, or NULL. */
const void *items_struct(const struct items *it, unsigned int kind, unsigned int arg, size_t size);

/* The bytes of an item. */
static inline const char *item_text(const struct item *item)
{
	return (const char *)(item + 1);
}

static inline bool item_cut(const struct item *item)
{
	return item->full != item->len;
}

/*
 * items_path(item, relative, buf, size): the path whose components the item has,
 * without a '/' in front if it is in no directory. Returns its length; 0 if
 * it would not fit.
 */
size_t items_path(const struct item *item, bool pseudo, char *buf, size_t size);

/*
 * path_join(base, blen, path, plen, buf, size): path as seen from the directory
 * base, with "", "." and ".." taken out of it. Symbolic links are not looked
 * at. Returns its length; 0 if it would not fit.
 */
size_t path_join(const char *base, size_t blen, const char *path, size_t plen, char *buf,
		 size_t size);

#endif
