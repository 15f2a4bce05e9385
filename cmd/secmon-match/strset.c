// SPDX-License-Identifier: BSD-2-Clause
/* An open hash table of texts. */
#include "cmd/secmon-match/strset.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct entry {
	const char *s;
	uint32_t len;
	uint32_t number; /* + 1; 0: empty */
	uint64_t hash;
};

struct strset {
	struct entry *e;
	size_t room, n; /* room is a power of two, at least twice n */
};

static uint64_t seed;

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t strset_hash(const char *s, size_t len)
{
	uint64_t h = seed ^ len, w;

	if (!seed) {
		if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
			seed = 0x9e3779b97f4a7c15ULL;
		seed |= 1;
		h = seed ^ len;
	}
	for (; len >= 8; s += 8, len -= 8) {
		memcpy(&w, s, 8);
		h = mix(h ^ w, 0xa0761d6478bd642fULL);
	}
	if (len) {
		w = 0;
		memcpy(&w, s, len);
		h = mix(h ^ w, 0xe7037ed1a0b428dbULL);
	}
	return mix(h, 0x8ebc6af09c88c6e3ULL);
}

struct strset *strset_new(void)
{
	return calloc(1, sizeof(struct strset));
}

void strset_free(struct strset *s)
{
	if (!s)
		return;
	free(s->e);
	free(s);
}

static void place(struct entry *e, size_t room, const struct entry *new)
{
	size_t i = new->hash &(room - 1);

	while (e[i].number)
		i = (i + 1) & (room - 1);
	e[i] = *new;
}

static int grow(struct strset *s)
{
	size_t room = s->room ? s->room * 2 : 16;
	struct entry *e = calloc(room, sizeof(*e));

	if (!e)
		return -1;
	for (size_t i = 0; i < s->room; i++)
		if (s->e[i].number)
			place(e, room, &s->e[i]);
	free(s->e);
	s->e = e;
	s->room = room;
	return 0;
}

long strset_find(const struct strset *s, const char *text, size_t len, uint64_t hash)
{
	if (!s->n)
		return -1;
	for (size_t i = hash & (s->room - 1); s->e[i].number; i = (i + 1) & (s->room - 1))
		if (s->e[i].hash == hash && s->e[i].len == len && memcmp(s->e[i].s, text, len) == 0)
			return s->e[i].number - 1;
	return -1;
}

long strset_add(struct strset *s, const char *text, size_t len)
{
	struct entry new = { text, len, s->n + 1, strset_hash(text, len) };
	long old = strset_find(s, text, len, new.hash);

	if (old >= 0)
		return old;
	if (2 * (s->n + 1) > s->room && grow(s) < 0)
		return -1;
	place(s->e, s->room, &new);
	return s->n++;
}

size_t strset_count(const struct strset *s)
{
	return s->n;
}
