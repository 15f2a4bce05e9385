// SPDX-License-Identifier: BSD-2-Clause
/* From names to things: open addressing, seeded. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cmd/secmon-match/names.h"

static uint32_t hash(const struct names *t, const char *name, size_t len)
{
	uint64_t h = t->seed ^ len;

	for (size_t i = 0; i < len; i++) {
		h = (h ^ (unsigned char)name[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

static struct names_slot *find(const struct names *t, const char *name, size_t len, uint32_t h)
{
	size_t i = h & (t->room - 1);

	while (t->slots[i].name && (t->slots[i].hash != h || t->slots[i].len != len ||
				    memcmp(t->slots[i].name, name, len)))
		i = (i + 1) & (t->room - 1);
	return &t->slots[i];
}

void *names_get(const struct names *t, const char *name, size_t len)
{
	if (!t->n)
		return NULL;
	return find(t, name, len, hash(t, name, len))->thing;
}

static int grow(struct names *t)
{
	struct names old = *t;

	if (!t->room && getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) != sizeof(t->seed))
		t->seed = (uintptr_t)&old * 0x9e3779b97f4a7c15ULL;
	t->room = old.room ? old.room * 2 : 64;
	t->slots = calloc(t->room, sizeof(*t->slots));
	if (!t->slots) {
		*t = old;
		return -1;
	}
	for (size_t i = 0; i < old.room; i++) {
		const struct names_slot *s = &old.slots[i];

		if (s->name)
			*find(t, s->name, s->len, s->hash) = *s;
	}
	free(old.slots);
	return 0;
}

int names_put(struct names *t, const char *name, size_t len, void *thing)
{
	struct names_slot *s;
	uint32_t h;

	if (t->n * 2 >= t->room && grow(t))
		return -1;
	h = hash(t, name, len);
	s = find(t, name, len, h);
	if (!s->name)
		t->n++;
	*s = (struct names_slot){ name, len, h, thing };
	return 0;
}

void names_clear(struct names *t)
{
	free(t->slots);
	memset(t, 0, sizeof(*t));
}
