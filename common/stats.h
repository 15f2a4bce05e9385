/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of a stage (stats.def), and how they are said: the ledger. */
#ifndef COMMON_STATS_H
#define COMMON_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/inq.h"
#include "common/outq.h"
#include "common/pull.h"

enum stat_kind { STAT_IN, STAT_OUT, STAT_FILTERED, STAT_DROP, STAT_QUEUED, STAT_INFO, STAT_GAUGE };
enum stat_stage { STAGE_CAPTURE, STAGE_ENRICH, STAGE_MATCH, STAGE_SHIP, STAGE_END };

enum stat_id {
#define STAT(id, sym, stage, kind, name, help) S_##sym = id,
#include "common/stats.def"
#undef STAT
	STAT_END = 128
};

struct stat_desc {
	uint16_t id;
	uint8_t stage;
	uint8_t kind;
	const char *name;
	const char *help;
};

/*
 * A counter broken down: label is not copied and must live as long as the
 * stats. Of a label that is longer than 1024 bytes only these are said.
 */
struct stat_label {
	uint16_t id;
	const char *label;
	uint64_t value;
};

/* The counters of the program that runs. */
struct stats {
	enum stat_stage stage;
	uint64_t v[STAT_END];
	struct stat_label *labelled; /* of the caller; may be NULL */
	size_t nlabelled;
};

/* stat_by_id(id): its line of the table, or NULL. */
const struct stat_desc *stat_by_id(unsigned int id);
const struct stat_desc *stat_table(size_t *n);
const char *stage_name(enum stat_stage stage);

/* stats_balance(s): in - out - filtered - drops - queued; 0 when the ledger adds up. */
int64_t stats_balance(const struct stats *s);

/*
 * stats_write(s, q, final, from): a STATS object with the counters and, from
 * index *from on, as many labelled ones (but no zeros) as fit. Call again while
 * *from < s->nlabelled; start with *from = 0. As wire_end().
 */
int stats_write(const struct stats *s, struct outq *q, bool final, size_t *from);

/* stats_print(s, fp): a readable table, for people. */
void stats_print(const struct stats *s, FILE *fp);

/*
 * stats_loss(stage, id, label, count, since_ns, until_ns, q): a LOSS object for
 * this place of the stream. label may be NULL; times are ns since the epoch.
 * As wire_end().
 */
int stats_loss(enum stat_stage stage, unsigned int id, const char *label, uint64_t count,
	       uint64_t since_ns, uint64_t until_ns, struct outq *q);

/* A STATS object that was read. Views into it. */
struct stats_view {
	char stage[16];
	uint64_t time_ns;
	uint64_t pid;
	bool final;
	uint64_t v[STAT_END]; /* counters of the table; others are left out */
	struct pull labelled; /* nlabelled arrays [id, label, value] */
	size_t nlabelled;
};

/* stats_read(v, o): 0, or -1 with EPROTO. */
int stats_read(struct stats_view *v, const struct object *o);

#endif
