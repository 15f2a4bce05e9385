/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts per rule that outlive a reload of the rules. */
#ifndef MATCH_TALLY_H
#define MATCH_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"

struct tally {
	char *name;
	uint64_t alerts, suppressed;
	uint64_t pending; /* suppressed and not yet told in an alert */
};

/* tally_of(name): the counts of that rule, for good. NULL with ENOMEM. */
struct tally *tally_of(const char *name);

/*
 * tally_stats(s): the counts as labelled values of s, whose plain values they add
 * up to. At most TALLY_LABELS of them, those that alerted most; the others are
 * one value, labelled "other rules".
 */
enum { TALLY_LABELS = 256 };
void tally_stats(struct stats *s);

#endif
