/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel side's counters as STATS and LOSS of the stream. */
#ifndef SECMON_CAPTURE_LEDGER_H
#define SECMON_CAPTURE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/judge.h"
#include "common/outq.h"
#include "common/stats.h"
#include "probes.h"

struct ledger;

/* ledger_new(p): of those probes. NULL with ENOMEM. */
struct ledger *ledger_new(struct probes *p);
void ledger_free(struct ledger *l);

/* ledger_stats(l): the counters, for struct loop. */
struct stats *ledger_stats(struct ledger *l);

/* ledger_labels(l, n): the counters broken down, *n of them; good as long as l. */
const struct stat_label *ledger_labels(const struct ledger *l, size_t *n);

/* What the user side did with a record: one of these for each. */
void ledger_taken(struct ledger *l, bool written);     /* out of a ring */
void ledger_snapshot(struct ledger *l, bool written);  /* out of the iterator */
void ledger_held_back(struct ledger *l, enum verdict); /* ... the plan did not let it pass */
void ledger_broken(struct ledger *l, int error);       /* ... and it was not written, errno */

/*
 * ledger_update(l): read the kernel's counters. What is not accounted for yet
 * (in a ring, or being worked on by a program) is queued. 0, or -1 with errno.
 */
int ledger_update(struct ledger *l);

/* ledger_settled(l): after an update: nothing is being worked on by a program. */
bool ledger_settled(const struct ledger *l);

/* ledger_give_up(l): after the last update: what is queued is dropped. How many that is. */
uint64_t ledger_give_up(struct ledger *l);

/*
 * ledger_shed(l, pause_ns, q): a LOSS of what the kernel side has shed since that was
 * last said, if it is pause_ns ago. As ledger_losses().
 */
int ledger_shed(struct ledger *l, uint64_t pause_ns, struct outq *q);

/*
 * ledger_losses(l, q): LOSS objects for what was lost since the last call. 0,
 * or -1 with EAGAIN: q has no room, call again.
 */
int ledger_losses(struct ledger *l, struct outq *q);

#endif
