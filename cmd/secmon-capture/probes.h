/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel side, loaded: which programs, on which hooks, and its maps. */
#ifndef SECMON_CAPTURE_PROBES_H
#define SECMON_CAPTURE_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/filter.h"
#include "bpf/record.h"
#include "options.h"

struct probes;

/*
 * probes_load(o, err, errlen): open, set up for the options, load. Attaches
 * nothing yet. NULL with errno and in err what is missing and what to do. o must
 * outlive the probes.
 */
struct probes *probes_load(const struct options *o, char *err, size_t errlen);
void probes_free(struct probes *p);

/* probes_attach(p, err, errlen): events begin. 0, or -1 with errno and a text. */
int probes_attach(struct probes *p, char *err, size_t errlen);

/* probes_detach(p): events end; what is in the rings stays. */
void probes_detach(struct probes *p);

/*
 * probes_plan(p, plan): the kernel's filter does what this plan says from now
 * on; events that are under way are judged by the old or the new one. Only for
 * probes that were loaded with a plan. 0, or -1 with errno: E2BIG or ENOSPC if
 * it is too large, ENOTSUP if it wants system calls that nothing is attached for.
 */
int probes_plan(struct probes *p, const struct plan *plan);

/* probes_selector(p, i, c): what selector i (name by name) counted, for --programs to show. */
void probes_selector(struct probes *p, unsigned int i, const struct selector_counts *c);

/*
 * probes_shed(p, priority): selectors of this priority and less urgent ones want nothing
 * in the kernel, also of the plans to come; PLAN_PRIORITY_UNSAID: none are shed.
 */
void probes_shed(struct probes *p, unsigned int priority);

/* What watch.c needs of the kernel side (bpf/identity.bpf.h). */
struct probes_watch {
	int program, map;	    /* secmon_watch, watched */
	uint32_t *watching, *stale; /* flags that the kernel side reads */
	const struct item_watch *seen;
};

/* probes_watch(p, w): w is valid as long as p. 0, or -1 with ENOTSUP. */
int probes_watch(struct probes *p, struct probes_watch *w);

/*
 * probes_late(p, older_ns): requests of io_uring that wait for their end longer than
 * that are told as they are.
 */
void probes_late(struct probes *p, uint64_t older_ns);

/* probes_mark(p, pid, flags): what a process is, enum proc_flags. 0, or -1 with errno. */
int probes_mark(struct probes *p, pid_t pid, uint32_t flags);

/* probes_alive(p): how many processes of the command's tree are left. */
size_t probes_alive(struct probes *p);

/* probes_rings(p): how many rings there are. */
size_t probes_rings(const struct probes *p);

/* probes_ring(p, i, bytes): map of one of them; *bytes is its size. */
int probes_ring(const struct probes *p, size_t i, size_t *bytes);

/* probes_iter_fd(p): to read the processes that are there from, as records; the caller closes it.
 * -1 with errno. */
int probes_iter_fd(struct probes *p);

/* probes_dropped(p): grows when a record is lost. Cheap. */
uint64_t probes_dropped(const struct probes *p);

/* probes_reader(p, state): tell the kernel side when the reader wants to be woken. */
void probes_reader(struct probes *p, enum reader_state state);

/* probes_counts(p, class, c): the counters of a class, over all CPUs. 0, or -1 with errno. */
int probes_counts(const struct probes *p, unsigned int class, struct counts *c);

/* One program as it is loaded. */
struct probe_info {
	uint32_t id; /* only from probes_info_all() */
	char name[16];
	uint64_t runs, run_ns; /* counted while bpf_enable_stats(2) is on */
	uint64_t missed;       /* times it was not run, because it ran on that CPU already */
};

/* probes_info(p, info, max): the programs of p; returns their number. */
size_t probes_info(const struct probes *p, struct probe_info *info, size_t max);

/* probes_info_all(info, max): those of every secmon-capture that runs. */
size_t probes_info_all(struct probe_info *info, size_t max);

#endif
