// SPDX-License-Identifier: BSD-2-Clause
/* Adding up. */
#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "classes.h"
#include "common/compat.h"
#include "common/events.h"
#include "common/loop.h"

/* counters of struct counts that are said, and as what */
static const struct {
	size_t offset;
	enum stat_id id;
	bool loss;
} columns[] = {
	{ offsetof(struct counts, in), S_CAPTURE_IN, false },
	{ offsetof(struct counts, filtered), S_CAPTURE_FILTERED, false },
	{ offsetof(struct counts, limited), S_CAPTURE_LIMITED, false },
	{ offsetof(struct counts, shed), S_CAPTURE_SHED, false },
	{ offsetof(struct counts, self), S_CAPTURE_SELF, false },
	{ offsetof(struct counts, full), S_CAPTURE_DROP_FULL, true },
	{ offsetof(struct counts, big), S_CAPTURE_DROP_BIG, true },
	{ offsetof(struct counts, read), S_CAPTURE_DROP_READ, true },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), PROGRAMS_MAX = 64 };

/* One class in the ledger: what was counted, and how much of the losses was said. */
struct row {
	uint16_t event;
	struct counts now;
	uint64_t said[COLUMNS];
};

struct ledger {
	struct probes *probes;
	struct stats stats;
	struct stat_label *labels;
	size_t nlabels;
	struct row *rows;
	size_t nrows;
	struct probe_info programs[PROGRAMS_MAX]; /* their labels stand behind those of the rows */
	uint64_t taken;				  /* records out of the rings */
	uint64_t put;				  /* records put into them, at the last update */
	uint64_t user_big, user_decode;
	uint64_t held_back[VERDICT_END];
	uint64_t losses_seen;		  /* probes_dropped() when losses were last said */
	uint64_t since_ns;		  /* when that was */
	uint64_t shed_said, shed_said_ns; /* what of it was said, and when */
	uint64_t missed;		  /* entries of programs that the kernel refused */
	bool settled;
};

static uint64_t column(const struct counts *c, size_t i)
{
	return *(const uint64_t *)((const char *)c + columns[i].offset);
}

struct ledger *ledger_new(struct probes *p)
{
	struct ledger *l = calloc(1, sizeof(*l));
	size_t n;
	const struct class *c = class_table(&n);

	if (!l)
		return NULL;
	l->probes = p;
	l->nrows = n + 1;
	l->rows = calloc(l->nrows, sizeof(*l->rows));
	l->labels = calloc(l->nrows * COLUMNS + 2 * PROGRAMS_MAX, sizeof(*l->labels));
	if (!l->rows || !l->labels) {
		ledger_free(l);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		l->rows[i].event = c[i].event;
	l->rows[n].event = EV_SNAPSHOT;
	for (size_t i = 0; i < l->nrows * COLUMNS; i++) {
		l->labels[i].id = columns[i % COLUMNS].id;
		l->labels[i].label = event_by_id(l->rows[i / COLUMNS].event)->name;
	}
	l->stats.stage = STAGE_CAPTURE;
	l->stats.labelled = l->labels;
	l->stats.nlabelled = l->nlabels = l->nrows * COLUMNS;
	l->since_ns = clock_ns(CLOCK_REALTIME);
	return l;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	free(l->rows);
	free(l->labels);
	free(l);
}

struct stats *ledger_stats(struct ledger *l)
{
	return &l->stats;
}

void ledger_taken(struct ledger *l, bool written)
{
	l->taken++;
	l->stats.v[S_CAPTURE_OUT] += written;
}

void ledger_snapshot(struct ledger *l, bool written)
{
	l->stats.v[S_CAPTURE_SNAPSHOT]++;
	l->stats.v[S_CAPTURE_OUT] += written;
}

void ledger_held_back(struct ledger *l, enum verdict verdict)
{
	l->held_back[verdict]++;
}

void ledger_broken(struct ledger *l, int error)
{
	if (error == EMSGSIZE)
		l->user_big++;
	else
		l->user_decode++;
}

const struct stat_label *ledger_labels(const struct ledger *l, size_t *n)
{
	*n = l->nlabels;
	return l->labels;
}

/* What the programs cost, and how often the kernel did not run them. */
static uint64_t read_programs(struct ledger *l)
{
	struct stat_label *to = l->labels + l->nrows * COLUMNS;
	uint64_t *v = l->stats.v, missed = 0;
	const struct probe_info *info = l->programs;
	size_t n = probes_info(l->probes, l->programs, PROGRAMS_MAX);

	v[S_CAPTURE_PROGRAM_RUNS] = v[S_CAPTURE_PROGRAM_NS] = 0;
	for (size_t i = 0; i < n; i++) {
		to[2 * i] =
			(struct stat_label){ S_CAPTURE_PROGRAM_RUNS, info[i].name, info[i].runs };
		to[2 * i + 1] =
			(struct stat_label){ S_CAPTURE_PROGRAM_NS, info[i].name, info[i].run_ns };
		v[S_CAPTURE_PROGRAM_RUNS] += info[i].runs;
		v[S_CAPTURE_PROGRAM_NS] += info[i].run_ns;
		missed += info[i].missed;
	}
	l->nlabels = l->nrows * COLUMNS + 2 * n;
	return missed;
}

int ledger_update(struct ledger *l)
{
	uint64_t *v = l->stats.v, known, taken = l->taken;

	for (size_t c = 0; c < COLUMNS; c++)
		v[columns[c].id] = 0;
	l->put = 0;
	for (size_t i = 0; i < l->nrows; i++) {
		struct row *row = &l->rows[i];

		if (probes_counts(l->probes, row->event, &row->now) == -1)
			return -1;
		l->put += row->now.out;
		for (size_t c = 0; c < COLUMNS; c++) {
			uint64_t n = column(&row->now, c);

			v[columns[c].id] += n;
			l->labels[i * COLUMNS + c].value = n;
		}
	}
	v[S_CAPTURE_RECOVERED] = l->rows[l->nrows - 1].now.out;
	l->missed = read_programs(l);
	known = v[S_CAPTURE_FILTERED] + v[S_CAPTURE_LIMITED] + v[S_CAPTURE_SHED] +
		v[S_CAPTURE_SELF] + v[S_CAPTURE_DROP_FULL] + v[S_CAPTURE_DROP_BIG] +
		v[S_CAPTURE_DROP_READ];
	/* counters move while they are read: what is open now is queued, or will be counted */
	l->settled = v[S_CAPTURE_IN] == known + l->put;
	if (v[S_CAPTURE_IN] < known + taken)
		v[S_CAPTURE_IN] =
			known + taken; /* ... and what was counted behind came in before */
	v[S_CAPTURE_QUEUED] = v[S_CAPTURE_IN] - known - taken;
	v[S_CAPTURE_IN] += l->missed;
	v[S_CAPTURE_DROP_BUSY] = l->missed;
	v[S_CAPTURE_FILTERED] += l->held_back[VERDICT_UNWANTED];
	v[S_CAPTURE_LIMITED] += l->held_back[VERDICT_LIMITED];
	v[S_CAPTURE_SAMPLED] = l->held_back[VERDICT_SAMPLED];
	v[S_CAPTURE_SHED] += l->held_back[VERDICT_SHED];
	v[S_CAPTURE_DROP_BIG] += l->user_big;
	v[S_CAPTURE_DROP_DECODE] = l->user_decode;
	return 0;
}

bool ledger_settled(const struct ledger *l)
{
	return l->settled && l->put == l->taken;
}

uint64_t ledger_give_up(struct ledger *l)
{
	uint64_t n = l->stats.v[S_CAPTURE_QUEUED];

	l->stats.v[S_CAPTURE_DROP_NEVER] = n;
	l->stats.v[S_CAPTURE_QUEUED] = 0;
	return n;
}

int ledger_shed(struct ledger *l, uint64_t pause_ns, struct outq *q)
{
	uint64_t now = clock_ns(CLOCK_REALTIME), shed = 0;

	for (size_t i = 0; i < l->nrows; i++)
		shed += l->rows[i].now.shed;
	if (shed == l->shed_said || now - l->shed_said_ns < pause_ns)
		return 0;
	if (stats_loss(STAGE_CAPTURE, S_CAPTURE_SHED, NULL, shed - l->shed_said,
		       l->shed_said_ns ? l->shed_said_ns : l->since_ns, now, q) == -1)
		return -1;
	l->shed_said = shed;
	l->shed_said_ns = now;
	return 0;
}

int ledger_losses(struct ledger *l, struct outq *q)
{
	uint64_t dropped = probes_dropped(l->probes), now;

	if (dropped == l->losses_seen)
		return 0;
	now = clock_ns(CLOCK_REALTIME);
	for (size_t i = 0; i < l->nrows; i++) {
		struct row *row = &l->rows[i];

		if (probes_counts(l->probes, row->event, &row->now) == -1)
			return -1;
		for (size_t c = 0; c < COLUMNS; c++) {
			uint64_t n = column(&row->now, c);

			if (!columns[c].loss || n == row->said[c])
				continue;
			if (stats_loss(STAGE_CAPTURE, columns[c].id, event_by_id(row->event)->name,
				       n - row->said[c], l->since_ns, now, q) == -1)
				return -1;
			row->said[c] = n;
		}
	}
	l->losses_seen = dropped;
	l->since_ns = now;
	return 0;
}
