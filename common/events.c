// SPDX-License-Identifier: BSD-2-Clause
/* The event table and the flag names as C. */
#include "common/events.h"

#include <string.h>

#include "common/compat.h"

static const struct param params[] = {
#define EVENT(id, sym, name, category, flags)
#define PARAM(event, arg, type, fmt, set)                                                          \
	{ EV_##event, A_##arg, TYPE_##type, FMT_##fmt, FLAGSET_##set },
#include "common/events.def"
#undef EVENT
#undef PARAM
};

static struct event_type events[] = {
#define EVENT(id, sym, name, category, flags) { id, flags, CATEGORY_##category, 0, name, NULL },
#define PARAM(event, arg, type, fmt, set)
#include "common/events.def"
#undef EVENT
#undef PARAM
};

static const struct flag flags[] = {
#define FLAGSET(set)
#define FLAG(set, name, value) { name, value },
#include "common/flags.def"
#undef FLAGSET
#undef FLAG
};

static const uint8_t flag_sets[] = {
#define FLAGSET(set)
#define FLAG(set, name, value) FLAGSET_##set,
#include "common/flags.def"
#undef FLAGSET
#undef FLAG
};

static uint16_t by_id[EVENT_ID_END]; /* index in events + 1 */

/* The parameters of an event stand together in the table: find each run once. */
__attribute__((constructor)) static void events_init(void)
{
	size_t p = 0;

	for (size_t i = 0; i < nitems(events); i++) {
		struct event_type *e = &events[i];

		by_id[e->id] = (uint16_t)(i + 1);
		e->params = &params[p];
		while (p < nitems(params) && params[p].event == e->id) {
			e->nparams++;
			p++;
		}
	}
	assert(p == nitems(params));
}

const struct event_type *event_by_id(unsigned int id)
{
	return id < EVENT_ID_END && by_id[id] ? &events[by_id[id] - 1] : NULL;
}

const struct event_type *event_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < nitems(events); i++)
		if (strlen(events[i].name) == len && !memcmp(events[i].name, name, len))
			return &events[i];
	return NULL;
}

const struct param *event_param(const struct event_type *type, unsigned int arg)
{
	for (size_t i = 0; i < type->nparams; i++)
		if (type->params[i].arg == arg)
			return &type->params[i];
	return NULL;
}

const struct event_type *event_table(size_t *n)
{
	*n = nitems(events);
	return events;
}

const struct flag *flagset(enum flagset set, size_t *n)
{
	size_t first = 0;

	while (first < nitems(flag_sets) && flag_sets[first] != set)
		first++;
	*n = 0;
	while (first + *n < nitems(flag_sets) && flag_sets[first + *n] == set)
		++*n;
	return *n ? &flags[first] : NULL;
}
