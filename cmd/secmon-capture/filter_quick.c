// SPDX-License-Identifier: BSD-2-Clause
/* The tables of paths once more, coarsely: what the kernel side asks first. */
#include "filter.h"

#include <string.h>

static uint64_t fold(const struct filter_set *set)
{
	uint64_t all = 0;

	for (size_t i = 0; i < FILTER_WORDS; i++)
		all |= set->w[i];
	return all;
}

static uint32_t bucket(const char name[FILTER_NAME])
{
	uint64_t w[2];

	memcpy(w, name, sizeof(w));
	return quick_bucket(w[0], w[1], (uint32_t)strnlen(name, FILTER_NAME));
}

void filter_quicken(struct filter_tables *t)
{
	struct filter_quick *q = &t->quick;

	q->path = fold(&t->defaults.path);
	q->nameless = fold(&t->defaults.nameless);
	for (size_t i = 0; i < FILTER_PARTIALS; i++)
		q->partial[i] = t->defaults.partial[i].len;
	for (size_t i = 0; i < t->npaths; i++) {
		const struct filter_path_row *r = &t->paths[i];

		q->last[bucket(r->name)] |= fold(&r->step.here);
		q->dir[bucket(r->name)] |= fold(&r->step.below);
		if (r->parent & FILTER_PARTIAL)
			q->dir[bucket(r->name)] |= fold(&r->step.here);
	}
	for (size_t i = 0; i < t->nnames; i++) {
		const struct filter_name_row *r = &t->names[i];

		if (r->where == WHERE_LAST)
			q->last[bucket(r->name)] |= fold(&r->set);
		else if (r->where == WHERE_ANY)
			q->dir[bucket(r->name)] |= fold(&r->set);
	}
}
