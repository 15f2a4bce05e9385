// SPDX-License-Identifier: BSD-2-Clause
/* Counters of selectors, by name. */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

static const struct {
	size_t offset; /* in struct judge_counts */
	enum stat_id id;
	enum stat_id held_back; /* as a summary; 0: none */
} columns[] = {
	{ offsetof(struct judge_counts, held), S_CAPTURE_SELECTOR_SEEN, 0 },
	{ offsetof(struct judge_counts, passed), S_CAPTURE_SELECTOR_PASSED, 0 },
	{ offsetof(struct judge_counts, limited), S_CAPTURE_SELECTOR_LIMITED, S_CAPTURE_LIMITED },
	{ offsetof(struct judge_counts, sampled), S_CAPTURE_SELECTOR_SAMPLED, S_CAPTURE_SAMPLED },
	{ offsetof(struct judge_counts, shed), S_CAPTURE_SELECTOR_SHED, S_CAPTURE_SHED },
	{ offsetof(struct judge_counts, ns), S_CAPTURE_SELECTOR_NS, 0 },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct name {
	const char *name; /* the plan's */
	struct judge_counts now, said;
	uint64_t said_ns; /* when; or when it began to be counted */
};

struct tally {
	const struct plan *plan;
	struct name *names;
	size_t *of; /* which name a selector has */
	size_t n;
	struct stat_label *labels; /* of others, and behind them ours */
	size_t nlabels;
};

static uint64_t column(const struct judge_counts *c, size_t i)
{
	return *(const uint64_t *)((const char *)c + columns[i].offset);
}

struct tally *tally_new(const struct plan *plan)
{
	struct tally *t = calloc(1, sizeof(*t));
	size_t n = plan->nselectors ? plan->nselectors : 1;

	if (!t)
		return NULL;
	t->plan = plan;
	t->names = calloc(n, sizeof(*t->names));
	t->of = calloc(n, sizeof(*t->of));
	if (!t->names || !t->of) {
		tally_free(t);
		return NULL;
	}
	for (size_t i = 0; i < plan->nselectors; i++) {
		const char *name = plan->selectors[i].name;
		size_t k = 0;

		while (k < t->n && strcmp(t->names[k].name, name) != 0)
			k++;
		if (k == t->n)
			t->names[t->n++] =
				(struct name){ .name = name, .said_ns = clock_ns(CLOCK_REALTIME) };
		t->of[i] = k;
	}
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	free(t->names);
	free(t->of);
	free(t->labels);
	free(t);
}

void tally_take(struct tally *t, const struct judge *j)
{
	for (size_t k = 0; k < t->n; k++)
		t->names[k].now = (struct judge_counts){ 0 };
	for (size_t i = 0; i < t->plan->nselectors; i++) {
		const struct judge_counts *c = judge_counts(j, i);
		struct judge_counts *sum = &t->names[t->of[i]].now;

		sum->held += c->held;
		sum->passed += c->passed;
		sum->limited += c->limited;
		sum->sampled += c->sampled;
		sum->shed += c->shed;
		sum->ns += c->ns;
	}
}

int tally_stats(struct tally *t, const struct stat_label *base, size_t nbase, struct stats *s)
{
	size_t n = nbase + t->n * COLUMNS;

	if (n != t->nlabels) {
		struct stat_label *labels = reallocarray(t->labels, n, sizeof(*labels));

		if (!labels)
			return -1;
		t->labels = labels;
		t->nlabels = n;
	}
	if (nbase)
		memcpy(t->labels, base, nbase * sizeof(*base));
	for (size_t c = 0; c < COLUMNS; c++) {
		s->v[columns[c].id] = 0;
		for (size_t k = 0; k < t->n; k++) {
			uint64_t v = column(&t->names[k].now, c);

			t->labels[nbase + k * COLUMNS + c] = (struct stat_label){
				.id = columns[c].id, .label = t->names[k].name, .value = v
			};
			s->v[columns[c].id] += v;
		}
	}
	s->labelled = t->labels;
	s->nlabelled = n;
	return 0;
}

static int say_name(struct name *name, uint64_t now, struct outq *q)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		uint64_t *said = (uint64_t *)((char *)&name->said + columns[c].offset);
		uint64_t v = column(&name->now, c);

		if (!columns[c].held_back || v == *said)
			continue;
		if (stats_loss(STAGE_CAPTURE, columns[c].held_back, name->name, v - *said,
			       name->said_ns, now, q) == -1)
			return -1;
		*said = v;
	}
	name->said_ns = now;
	return 0;
}

int tally_say(struct tally *t, uint64_t now, uint64_t pause_ns, struct outq *q)
{
	for (size_t k = 0; k < t->n; k++) {
		struct name *name = &t->names[k];

		if (now - name->said_ns >= pause_ns && say_name(name, now, q) == -1)
			return -1;
	}
	return 0;
}

size_t tally_names(const struct tally *t)
{
	return t->n;
}

const char *tally_name(const struct tally *t, size_t i)
{
	return t->names[i].name;
}

const struct judge_counts *tally_counts(const struct tally *t, size_t i)
{
	return &t->names[i].now;
}
