/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4: a keyed hash of 64 bits for tables whose keys strangers choose. */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash {
	uint64_t v[4];
	uint64_t tail; /* bytes that are no word yet */
	size_t len;
};

/*
 * siphash_begin(h, key), siphash_add(h, p, len) as often as there is something,
 * siphash_end(h): the hash of all that was added, one after the other.
 */
void siphash_begin(struct siphash *h, const uint64_t key[2]);
void siphash_add(struct siphash *h, const void *p, size_t len);
uint64_t siphash_end(struct siphash *h);

#endif
