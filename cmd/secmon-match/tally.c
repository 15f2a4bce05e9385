// SPDX-License-Identifier: BSD-2-Clause
/* Counts per rule. */
#include "cmd/secmon-match/tally.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/strset.h"

static struct strset *names;
static struct tally **all;
static size_t room;

struct tally *tally_of(const char *name)
{
	size_t n = names ? strset_count(names) : 0;
	struct tally *t;
	long known;

	if (!names)
		names = strset_new();
	if (!names)
		return NULL;
	known = strset_find(names, name, strlen(name), strset_hash(name, strlen(name)));
	if (known >= 0)
		return all[known];
	if (n == room) {
		struct tally **grown = reallocarray(all, room ? room * 2 : 64, sizeof(*grown));

		if (!grown)
			return NULL;
		all = grown;
		room = room ? room * 2 : 64;
	}
	t = calloc(1, sizeof(*t));
	if (t)
		t->name = strdup(name);
	if (!t || !t->name || strset_add(names, t->name, strlen(name)) < 0) {
		if (t)
			free(t->name);
		free(t);
		return NULL;
	}
	all[n] = t;
	return t;
}

static int most_first(const void *a, const void *b)
{
	const struct tally *x = *(struct tally *const *)a, *y = *(struct tally *const *)b;
	uint64_t nx = x->alerts + x->suppressed, ny = y->alerts + y->suppressed;

	return nx > ny ? -1 : nx < ny;
}

static void label(struct stats *s, unsigned int id, const char *name, uint64_t value)
{
	if (value)
		s->labelled[s->nlabelled++] = (struct stat_label){ id, name, value };
}

void tally_stats(struct stats *s)
{
	static struct stat_label labels[2 * TALLY_LABELS + 2];
	static struct tally **order;
	static size_t order_room;
	size_t n = names ? strset_count(names) : 0, rest;
	uint64_t alerts = 0, suppressed = 0;

	s->labelled = labels;
	s->nlabelled = 0;
	if (order_room < n) {
		struct tally **grown = reallocarray(order, room, sizeof(*grown));

		if (!grown)
			return;
		order = grown;
		order_room = room;
	}
	if (n) {
		memcpy(order, all, n * sizeof(*order));
		qsort(order, n, sizeof(*order), most_first);
	}
	rest = n > TALLY_LABELS ? TALLY_LABELS : n;
	for (size_t i = 0; i < rest; i++) {
		label(s, S_MATCH_ALERTS, order[i]->name, order[i]->alerts);
		label(s, S_MATCH_SUPPRESSED, order[i]->name, order[i]->suppressed);
	}
	for (size_t i = rest; i < n; i++) {
		alerts += order[i]->alerts;
		suppressed += order[i]->suppressed;
	}
	label(s, S_MATCH_ALERTS, "other rules", alerts);
	label(s, S_MATCH_SUPPRESSED, "other rules", suppressed);
}
