/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes that were there at the start, told before anything else. */
#ifndef SECMON_CAPTURE_SNAPSHOT_H
#define SECMON_CAPTURE_SNAPSHOT_H

#include <stdbool.h>

#include "decode.h"
#include "ledger.h"
#include "probes.h"
#include "wanted.h"

struct snapshot;

/*
 * snapshot_open(p, env): prepare to read the processes; env: with their
 * environments. NULL with errno: this kernel has no task iterator, or ENOMEM.
 */
struct snapshot *snapshot_open(struct probes *p, bool env);
void snapshot_close(struct snapshot *s);

/*
 * snapshot_write(s, d, w, l, q): write as many as q takes; w as wanted_record(). 1 when all are
 * written, 0 when q is full, -1 with errno if they cannot be read.
 */
int snapshot_write(struct snapshot *s, struct decoder *d, struct wanted *w, struct ledger *l,
		   struct outq *q);

#endif
