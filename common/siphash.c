// SPDX-License-Identifier: BSD-2-Clause
/* SipHash-2-4 of Aumasson and Bernstein, as their paper says it. */
#include "common/siphash.h"

static uint64_t rotl(uint64_t x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

static void round_once(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

static void word(struct siphash *h, uint64_t m)
{
	h->v[3] ^= m;
	round_once(h->v);
	round_once(h->v);
	h->v[0] ^= m;
}

void siphash_begin(struct siphash *h, const uint64_t key[2])
{
	*h = (struct siphash){ .v = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
				      key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 } };
}

void siphash_add(struct siphash *h, const void *p, size_t len)
{
	const uint8_t *s = p;

	for (size_t i = 0; i < len; i++) {
		h->tail |= (uint64_t)s[i] << h->len % 8 * 8;
		if (++h->len % 8 == 0) {
			word(h, h->tail);
			h->tail = 0;
		}
	}
}

uint64_t siphash_end(struct siphash *h)
{
	word(h, h->tail | (uint64_t)h->len << 56);
	h->v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		round_once(h->v);
	return h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
}
