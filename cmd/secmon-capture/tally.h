/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each selector of a plan held, let pass and held back, under its name: as STATS,
 * and as summaries of what was held back in the stream.
 */
#ifndef SECMON_CAPTURE_TALLY_H
#define SECMON_CAPTURE_TALLY_H

#include "common/judge.h"
#include "common/stats.h"

struct tally;

/* tally_new(plan): selectors of the same name count as one. NULL with ENOMEM. */
struct tally *tally_new(const struct plan *plan);
void tally_free(struct tally *t);

/* tally_take(t, j): add up what j, of the same plan, has counted. */
void tally_take(struct tally *t, const struct judge *j);

/*
 * tally_stats(t, base, nbase, s): let s say the counters of the selectors, behind the
 * nbase labels of base. s has views into t then. Call it each time that base changes.
 * 0, or -1 with ENOMEM.
 */
int tally_stats(struct tally *t, const struct stat_label *base, size_t nbase, struct stats *s);

/*
 * tally_say(t, now, pause_ns, q): LOSS objects of what was held back since it was last
 * said, if that is pause_ns ago. 0, or -1 with EAGAIN: q has no room, call again.
 */
int tally_say(struct tally *t, uint64_t now, uint64_t pause_ns, struct outq *q);

/* tally_names(t), tally_name(t, i), tally_counts(t, i): name by name, in the plan's order. */
size_t tally_names(const struct tally *t);
const char *tally_name(const struct tally *t, size_t i);
const struct judge_counts *tally_counts(const struct tally *t, size_t i);

#endif
