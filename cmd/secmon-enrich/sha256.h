/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 (FIPS 180-4). */
#ifndef ENRICH_SHA256_H
#define ENRICH_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_BYTES = 32, SHA256_HEX = 64 };

struct sha256 {
	uint32_t h[8];
	uint64_t len; /* bytes so far */
	uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t len);

/* sha256_hex(s, hex): end it; 64 digits and a zero. */
void sha256_hex(struct sha256 *s, char hex[SHA256_HEX + 1]);

#endif
