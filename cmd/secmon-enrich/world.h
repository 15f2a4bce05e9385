/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the machine that the stream tells about. */
#ifndef ENRICH_WORLD_H
#define ENRICH_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"
#include "names.h"
#include "proctab.h"

struct world {
	struct proctab *procs;
	struct containers *containers; /* NULL: containers are of no interest */
	struct names *names;
	bool local;	    /* of this machine and boot: names may be looked up */
	uint64_t now_ns;    /* time of the newest event */
	uint64_t epoch;	    /* counts changes of what others' fields were made from */
	uint64_t gap_epoch; /* in which somebody missed a process */
};

/* world_changed(w, p): p is not what it was; what was packed for it and from it is stale. */
static inline void world_changed(struct world *w, struct proc *p)
{
	p->blob = 0;
	if (p->referred == w->epoch)
		w->epoch++;
}

/* world_refer(w, p): fields of another process are being made from p. */
static inline void world_refer(struct world *w, struct proc *p)
{
	p->referred = w->epoch;
}

/* world_missed(w): fields could not be made because a process is not known (yet). */
static inline void world_missed(struct world *w)
{
	w->gap_epoch = w->epoch;
}

/* world_add(w, pid, start): a new process. */
static inline struct proc *world_add(struct world *w, int64_t pid, uint64_t start_ns)
{
	if (w->gap_epoch == w->epoch)
		w->epoch++;
	return proctab_add(w->procs, pid, start_ns, w->now_ns);
}

#endif
