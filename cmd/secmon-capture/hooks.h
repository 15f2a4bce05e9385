/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which hook each class comes from: the planner. A preferred hook costs nothing
 * to other system calls; the fallback, one program at the end of every system
 * call, costs each of them a little and sees all classes. If all that is wanted
 * has preferred hooks, those are taken and the fallback is not even loaded;
 * else the fallback alone, because then its price is paid already.
 */
#ifndef SECMON_CAPTURE_HOOKS_H
#define SECMON_CAPTURE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

enum {
	HOOK_EVENTS_MAX = 6,
	HOOK_FIRST_FEXIT = 3 /* index: those before are tracepoints of the scheduler */
};

/* A program and what it serves. */
struct hook {
	const char *program;  /* name in the BPF object */
	const char *function; /* kernel function, or tracepoint */
	const char *what;     /* for people */
	const char *cost;
	bool preferred;
	uint16_t events[HOOK_EVENTS_MAX]; /* 0-ended; none: all system calls */
	uint64_t uring;			  /* operations of io_uring that it sees, a bit for each */
};

struct hook_plan {
	bool fallback;			    /* secmon_sys_exit is needed */
	bool preferred;			    /* ... and so are some preferred hooks */
	uint64_t events[EVENT_ID_END / 64]; /* served by preferred hooks */
	int refused; /* why preferred hooks are not possible, errno; 0: they are */
};

/* hook_preferred(plan, event): whether the ends of its system calls come from preferred hooks. */
static inline bool hook_preferred(const struct hook_plan *plan, unsigned int event)
{
	return plan->events[event / 64] >> event % 64 & 1;
}

/* hook_table(n): all of them; *n is their number. */
const struct hook *hook_table(size_t *n);

/* hook_plan(o, plan): choose. Asks the kernel by attaching a program that does nothing. */
void hook_plan(const struct options *o, struct hook_plan *plan);

/* hook_used(h, o, plan): whether the plan needs that program. */
bool hook_used(const struct hook *h, const struct options *o, const struct hook_plan *plan);

/* hook_uring(o): operations of io_uring that are wanted, a bit for each. */
uint64_t hook_uring(const struct options *o);

/* hook_probe(function): whether a program can be attached to the end of that function: 0, or -1
 * with errno. */
int hook_probe(const char *function);

#endif
