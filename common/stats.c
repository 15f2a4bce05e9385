// SPDX-License-Identifier: BSD-2-Clause
/* Counters of a stage, and how they are said. */
#include "common/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/pull.h"
#include "common/wire.h"

static const struct stat_desc table[] = {
#define STAT(id, sym, stage, kind, name, help) { id, STAGE_##stage, STAT_##kind, name, help },
#include "common/stats.def"
#undef STAT
};

#define STAT(id, sym, stage, kind, name, help) static_assert((id) < STAT_END, name);
#include "common/stats.def"
#undef STAT

static const char *const stages[STAGE_END] = { "capture", "enrich", "match", "ship" };

const struct stat_desc *stat_table(size_t *n)
{
	*n = nitems(table);
	return table;
}

const struct stat_desc *stat_by_id(unsigned int id)
{
	for (size_t i = 0; i < nitems(table); i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

const char *stage_name(enum stat_stage stage)
{
	return (unsigned int)stage < STAGE_END ? stages[stage] : "?";
}

int64_t stats_balance(const struct stats *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < nitems(table); i++) {
		if (table[i].stage != s->stage)
			continue;
		if (table[i].kind == STAT_IN)
			sum += (int64_t)s->v[table[i].id];
		else if (table[i].kind <= STAT_QUEUED)
			sum -= (int64_t)s->v[table[i].id];
	}
	return sum;
}

static size_t count_mine(const struct stats *s)
{
	size_t n = 0;

	for (size_t i = 0; i < nitems(table); i++)
		n += table[i].stage == s->stage;
	return n;
}

enum {
	LABEL_MAX = 1024, /* bytes of one that are said */
	LABEL_OVERHEAD = 20,
	LABELS_MAX_BYTES = WIRE_OBJECT_MAX / 2
};

/* how many labelled counters from index from on go into one object; *end is behind the last */
static size_t count_labels(const struct stats *s, size_t from, size_t *end)
{
	size_t n = 0, bytes = 0, i;

	for (i = from; i < s->nlabelled; i++) {
		if (!s->labelled[i].value)
			continue;
		bytes += strnlen(s->labelled[i].label, LABEL_MAX) + LABEL_OVERHEAD;
		if (bytes > LABELS_MAX_BYTES && n)
			break;
		n++;
	}
	*end = i;
	return n;
}

static void put_labels(const struct stats *s, struct wire *w, size_t from, size_t end, size_t n)
{
	if (!n)
		return;
	wire_array(w, STATS_LABELLED, n);
	for (size_t i = from; i < end; i++) {
		const struct stat_label *l = &s->labelled[i];

		if (!l->value)
			continue;
		wire_item_array(w, 3);
		wire_item_uint(w, l->id);
		wire_item_text(w, l->label, strnlen(l->label, LABEL_MAX));
		wire_item_uint(w, l->value);
	}
}

int stats_write(const struct stats *s, struct outq *q, bool final, size_t *from)
{
	size_t end, n = count_labels(s, *from, &end);
	struct wire w;

	if (wire_begin(&w, q, KIND_STATS) == -1)
		return -1;
	wire_cstr(&w, STATS_STAGE, stage_name(s->stage));
	wire_uint(&w, STATS_TIME, clock_ns(CLOCK_REALTIME));
	wire_uint(&w, STATS_PID, (uint64_t)getpid());
	wire_bool(&w, STATS_FINAL, final);
	wire_map(&w, STATS_COUNTERS, count_mine(s));
	for (size_t i = 0; i < nitems(table); i++) {
		if (table[i].stage != s->stage)
			continue;
		wire_item_uint(&w, table[i].id);
		wire_item_uint(&w, s->v[table[i].id]);
	}
	put_labels(s, &w, *from, end, n);
	if (wire_end(&w) == -1)
		return -1;
	*from = end;
	return 0;
}

void stats_print(const struct stats *s, FILE *fp)
{
	for (size_t i = 0; i < nitems(table); i++) {
		const struct stat_desc *d = &table[i];

		if (d->stage != s->stage)
			continue;
		fprintf(fp, "%-24s %12" PRIu64 "  %s\n", d->name, s->v[d->id], d->help);
		for (size_t j = 0; j < s->nlabelled; j++)
			if (s->labelled[j].id == d->id && s->labelled[j].value)
				fprintf(fp, "  %-22s %12" PRIu64 "\n", s->labelled[j].label,
					s->labelled[j].value);
	}
}

int stats_loss(enum stat_stage stage, unsigned int id, const char *label, uint64_t count,
	       uint64_t since_ns, uint64_t until_ns, struct outq *q)
{
	const struct stat_desc *d = stat_by_id(id);
	struct wire w;

	if (wire_begin(&w, q, KIND_LOSS) == -1)
		return -1;
	wire_cstr(&w, LOSS_STAGE, stage_name(stage));
	wire_cstr(&w, LOSS_COUNTER, d ? d->name : "?");
	if (label)
		wire_cstr(&w, LOSS_LABEL, label);
	wire_uint(&w, LOSS_COUNT, count);
	wire_uint(&w, LOSS_SINCE, since_ns);
	wire_uint(&w, LOSS_UNTIL, until_ns);
	return wire_end(&w);
}

static int take_counters(struct stats_view *view, struct pull *p, const struct value *map)
{
	struct value id, n;

	if (map->type != VALUE_MAP)
		return -1;
	for (uint32_t i = 0; i < map->len; i++) {
		struct pull at;

		if (pull_next(p, &id) != PULL_OK)
			return -1;
		at = *p;
		if (pull_skip(p, WIRE_DEPTH_MAX - 3) != PULL_OK || pull_next(&at, &n) != PULL_OK)
			return -1;
		if (id.type == VALUE_UINT && id.u < STAT_END && n.type == VALUE_UINT)
			view->v[id.u] = n.u;
	}
	return 0;
}

static int take(struct stats_view *view, struct pull *p, uint64_t key)
{
	struct pull at = *p;
	struct value v;

	if (pull_next(&at, &v) != PULL_OK || pull_skip(p, WIRE_DEPTH_MAX - 2) != PULL_OK)
		return -1;
	switch (key) {
	case STATS_STAGE:
		if (!value_is_text(&v) || v.len >= sizeof(view->stage))
			return -1;
		memcpy(view->stage, v.p, v.len);
		break;
	case STATS_TIME:
		view->time_ns = v.type == VALUE_UINT ? v.u : 0;
		break;
	case STATS_PID:
		view->pid = v.type == VALUE_UINT ? v.u : 0;
		break;
	case STATS_FINAL:
		view->final = v.type == VALUE_BOOL && v.b;
		break;
	case STATS_COUNTERS:
		return take_counters(view, &at, &v);
	case STATS_LABELLED:
		if (v.type != VALUE_ARRAY)
			return -1;
		view->labelled = at;
		view->nlabelled = v.len;
		break;
	}
	return 0;
}

int stats_read(struct stats_view *view, const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len };
	struct value key;

	memset(view, 0, sizeof(*view));
	if (o->kind != KIND_STATS) {
		errno = EPROTO;
		return -1;
	}
	for (uint32_t i = 0; i < o->pairs; i++) {
		if (pull_next(&p, &key) != PULL_OK || key.type != VALUE_UINT ||
		    take(view, &p, key.u) == -1) {
			errno = EPROTO;
			return -1;
		}
	}
	return 0;
}
