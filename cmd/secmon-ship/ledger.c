// SPDX-License-Identifier: BSD-2-Clause
/* What every stage of the pipeline has said of itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-ship/ledger.h"
#include "common/compat.h"
#include "common/loop.h"

/* Names come from the stream and go to a terminal. */
static void tame(char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			*name = '?';
}

/* place in the pipeline; what we do not know stands last */
static unsigned int stage_rank(const char *name)
{
	unsigned int rank = 0;

	while (rank < STAGE_END && strcmp(stage_name(rank), name))
		rank++;
	return rank;
}

static struct ledger_stage *stage_of(struct ledger *l, const char *name, uint64_t pid)
{
	struct ledger_stage *st;
	size_t at;

	for (size_t i = 0; i < l->nstages; i++)
		if (l->stages[i].pid == pid && strcmp(l->stages[i].name, name) == 0)
			return &l->stages[i];
	if (l->nstages == LEDGER_STAGES)
		return NULL;
	/* in the order of the pipeline, whoever spoke first */
	for (at = l->nstages; at && stage_rank(l->stages[at - 1].name) > stage_rank(name); at--)
		l->stages[at] = l->stages[at - 1];
	l->nstages++;
	st = &l->stages[at];
	memset(st, 0, sizeof(*st));
	snprintf(st->name, sizeof(st->name), "%s", name);
	st->pid = pid;
	return st;
}

static int compare(const struct ledger_label *x, uint16_t id, const char *label)
{
	return x->id != id ? (x->id > id) - (x->id < id) : strcmp(x->label, label);
}

/* Where the label is, or where it belongs. */
static size_t place(const struct ledger_stage *st, uint16_t id, const char *label)
{
	size_t low = 0, high = st->nlabels;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (compare(&st->labels[mid], id, label) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool make_room(struct ledger_stage *st)
{
	size_t room = st->room ? 2 * st->room : 32;
	struct ledger_label *bigger;

	if (st->nlabels < st->room)
		return true;
	if (room > LEDGER_LABELS)
		return false;
	bigger = realloc(st->labels, room * sizeof(*bigger));
	if (!bigger)
		return false;
	st->labels = bigger;
	st->room = room;
	return true;
}

static void put_label(struct ledger *l, struct ledger_stage *st, uint16_t id, const char *label,
		      uint64_t value)
{
	size_t at = place(st, id, label);

	if (at < st->nlabels && compare(&st->labels[at], id, label) == 0) {
		st->labels[at].value = value;
		return;
	}
	if (!make_room(st)) {
		l->missed++;
		return;
	}
	memmove(st->labels + at + 1, st->labels + at, (st->nlabels - at) * sizeof(*st->labels));
	st->labels[at].id = id;
	st->labels[at].value = value;
	snprintf(st->labels[at].label, LEDGER_LABEL_MAX, "%s", label);
	st->nlabels++;
}

static void take_labels(struct ledger *l, struct ledger_stage *st, const struct stats_view *v)
{
	struct pull p = v->labelled;
	struct value list, id, label, n;
	char text[LEDGER_LABEL_MAX];

	for (size_t i = 0; i < v->nlabelled; i++) {
		if (pull_next(&p, &list) != PULL_OK || list.type != VALUE_ARRAY || list.len != 3 ||
		    pull_next(&p, &id) != PULL_OK || pull_next(&p, &label) != PULL_OK ||
		    pull_next(&p, &n) != PULL_OK)
			return;
		if (id.type != VALUE_UINT || id.u >= STAT_END || n.type != VALUE_UINT ||
		    !value_is_text(&label))
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)label.len, label.p);
		tame(text);
		put_label(l, st, (uint16_t)id.u, text, n.u);
	}
}

int ledger_take(struct ledger *l, const struct object *o)
{
	static struct stats_view v;
	struct ledger_stage *st;

	if (stats_read(&v, o) == -1)
		return -1;
	tame(v.stage);
	st = stage_of(l, v.stage, v.pid);
	if (!st) {
		l->missed++;
		return 0;
	}
	st->time_ns = v.time_ns;
	st->final = v.final;
	memcpy(st->v, v.v, sizeof(st->v));
	take_labels(l, st, &v);
	return 0;
}

void ledger_own(struct ledger *l, const struct stats *s)
{
	struct ledger_stage *st = stage_of(l, stage_name(s->stage), (uint64_t)getpid());

	if (!st)
		return;
	st->time_ns = clock_ns(CLOCK_REALTIME);
	memcpy(st->v, s->v, sizeof(st->v));
	for (size_t i = 0; i < s->nlabelled; i++)
		put_label(l, st, s->labelled[i].id, s->labelled[i].label, s->labelled[i].value);
}

static uint64_t total(const struct ledger_stage *st, enum stat_kind kind)
{
	uint64_t sum = 0;
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < n; i++)
		if (d[i].kind == kind && strcmp(stage_name(d[i].stage), st->name) == 0)
			sum += st->v[d[i].id];
	return sum;
}

int64_t ledger_balance(const struct ledger_stage *st)
{
	return (int64_t)(total(st, STAT_IN) - total(st, STAT_OUT) - total(st, STAT_FILTERED) -
			 total(st, STAT_DROP) - total(st, STAT_QUEUED));
}

static void print_losses(const struct ledger_stage *st, FILE *fp)
{
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < n; i++) {
		if (d[i].kind != STAT_DROP || strcmp(stage_name(d[i].stage), st->name) != 0 ||
		    !st->v[d[i].id])
			continue;
		fprintf(fp, "  %s: %" PRIu64 " %s\n", d[i].name, st->v[d[i].id], d[i].help);
		for (size_t j = 0; j < st->nlabels; j++)
			if (st->labels[j].id == d[i].id && st->labels[j].value)
				fprintf(fp, "    %-40s %12" PRIu64 "\n", st->labels[j].label,
					st->labels[j].value);
	}
}

static void print_alerts(const struct ledger_stage *st, FILE *fp)
{
	if (!st->v[S_MATCH_ALERTS])
		return;
	fprintf(fp, "  alerts: %" PRIu64 "\n", st->v[S_MATCH_ALERTS]);
	for (size_t j = 0; j < st->nlabels; j++)
		if (st->labels[j].id == S_MATCH_ALERTS && st->labels[j].value)
			fprintf(fp, "    %-40s %12" PRIu64 "\n", st->labels[j].label,
				st->labels[j].value);
}

void ledger_print(const struct ledger *l, FILE *fp)
{
	fprintf(fp, "%-8s %12s %12s %12s %10s %8s  %s\n", "stage", "in", "out", "filtered",
		"dropped", "queued", "in = out + filtered + dropped + queued");
	for (size_t i = 0; i < l->nstages; i++) {
		const struct ledger_stage *st = &l->stages[i];
		int64_t off = ledger_balance(st);

		fprintf(fp,
			"%-8s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %10" PRIu64 " %8" PRIu64,
			st->name, total(st, STAT_IN), total(st, STAT_OUT), total(st, STAT_FILTERED),
			total(st, STAT_DROP), total(st, STAT_QUEUED));
		if (off)
			fprintf(fp, "  off by %" PRId64 "\n", off);
		else
			fprintf(fp, "  yes\n");
	}
	for (size_t i = 0; i < l->nstages; i++) {
		print_losses(&l->stages[i], fp);
		print_alerts(&l->stages[i], fp);
	}
	fflush(fp);
}

void ledger_fini(struct ledger *l)
{
	for (size_t i = 0; i < l->nstages; i++)
		free(l->stages[i].labels);
	memset(l, 0, sizeof(*l));
}
