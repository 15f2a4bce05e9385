/* SPDX-License-Identifier: BSD-2-Clause */
/* What every stage of the pipeline has said of itself: the last STATS of each. */
#ifndef SHIP_LEDGER_H
#define SHIP_LEDGER_H

#include <stdio.h>

#include "common/stats.h"

enum { LEDGER_STAGES = 16, LEDGER_LABELS = 4096, LEDGER_LABEL_MAX = 96 };

struct ledger_label {
	uint16_t id;
	uint64_t value;
	char label[LEDGER_LABEL_MAX];
};

struct ledger_stage {
	char name[16];
	uint64_t pid;
	uint64_t time_ns;
	bool final;
	uint64_t v[STAT_END];
	struct ledger_label *labels; /* nlabels of them, sorted by id and label */
	size_t nlabels, room;
};

struct ledger {
	struct ledger_stage stages[LEDGER_STAGES];
	size_t nstages;
	uint64_t missed; /* values that found no room in the table */
};

/* ledger_take(l, o): a STATS object. 0, or -1 with EPROTO. */
int ledger_take(struct ledger *l, const struct object *o);

/* ledger_own(l, s): the counters of this program, as if it had read them. */
void ledger_own(struct ledger *l, const struct stats *s);

/* ledger_balance(st): in - out - filtered - drops - queued of a stage. */
int64_t ledger_balance(const struct ledger_stage *st);

/* ledger_print(l, fp): a table for people: a line per stage, then what was lost and where. */
void ledger_print(const struct ledger *l, FILE *fp);

void ledger_fini(struct ledger *l);

#endif
