/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process table: bounded, keyed by (pid, start time), so that a pid used
 * again is another process. It follows the stream and asks nobody.
 */
#ifndef ENRICH_PROCTAB_H
#define ENRICH_PROCTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/compat.h"
#include "desc.h"

enum {
	PROCTAB_MIN = 64,
	PROCTAB_DEFAULT = 65536,
	PROCTAB_MAX = 4194304, /* as many as a Linux can have */
	PROC_COMM_MAX = 31
};

/* An exited process is kept for events that come late, in event time. */
#define PROC_GRACE_NS (30 * NS_PER_S)

enum { PROC_EXITED_MAX = 8192 }; /* ... if not so many have exited since */

struct container;

struct proc {
	int64_t pid;
	uint64_t start_ns; /* 0: the stream does not say */
	int64_t ppid;	   /* 0: none */
	uint64_t pstart_ns;
	struct proc *parent;		  /* NULL also if it is not in the table */
	struct proc *child, *next, *prev; /* first child; siblings */
	struct proc *chain;		  /* same hash */
	struct proc *newer, *older;	  /* queue of the exited */
	uint64_t used_ns, exit_ns;	  /* event time; exit_ns 0: lives */
	bool told;			  /* a life record described it, or its parent's did */
	bool first;			  /* was there before the stream; its parent may not */
	bool orphan;			  /* its parent was in the table and is gone */
	bool used;			  /* the slot is taken */
	uint8_t comm_len;
	char comm[PROC_COMM_MAX];    /* of the main thread; comm_len 0: unknown */
	struct desc *desc;	     /* NULL: nothing known */
	struct container *container; /* NULL: not known */
	uint64_t cgroup_id;	     /* that container is of; 0: not known */
	uint64_t mntns, pidns;	     /* 0: not known */
	int64_t vpid;		     /* 0: not known */
	/* of enrich.c: where the packed fields are, and who else relies on us */
	uint64_t blob;
	uint64_t referred;
};

struct proctab;

/*
 * proctab_new(max, forget, arg): a table of at most max processes. forget is called
 * for each process that leaves it, before its slot is used again. NULL with
 * ENOMEM. Memory is taken as the table fills.
 */
struct proctab *proctab_new(size_t max, void (*forget)(void *arg, struct proc *p), void *arg);
void proctab_free(struct proctab *t);

/* proctab_find(t, pid, start): the process; start 0: the youngest of that pid. Or NULL. */
struct proc *proctab_find(const struct proctab *t, int64_t pid, uint64_t start_ns);

/*
 * proctab_add(t, pid, start, now): a process that is not there yet. Never fails:
 * if the table is full, the one that is missed least goes (see
 * proctab_evicted()): exited ones, then those that have no children and were
 * silent longest.
 */
struct proc *proctab_add(struct proctab *t, int64_t pid, uint64_t start_ns, uint64_t now_ns);

/* proctab_adopt(t, p, ppid, pstart): p's parent is that process now. True if it was another. */
bool proctab_adopt(struct proctab *t, struct proc *p, int64_t ppid, uint64_t pstart_ns);

/*
 * proctab_exit(t, p, reaper, now): p has exited; its children go to the process of
 * pid reaper, if that is known (0: the kernel did not say).
 */
void proctab_exit(struct proctab *t, struct proc *p, int64_t reaper, uint64_t now_ns);

/* proctab_expire(t, now): forget the exited whose grace is over, or that are too many. */
void proctab_expire(struct proctab *t, uint64_t now_ns);

/* proctab_pin(t, p): from now on p is not evicted, the one pinned before may be. NULL: none. */
void proctab_pin(struct proctab *t, const struct proc *p);

/* proctab_shrink(t): push one process out, as when the table is full. False if there is none. */
bool proctab_shrink(struct proctab *t);

/* proctab_remove(t, p): it leaves the table now; p may be used again at once. */
void proctab_remove(struct proctab *t, struct proc *p);

/* How many are in it; how many it has pushed out because it was full. */
size_t proctab_count(const struct proctab *t);
uint64_t proctab_evicted(const struct proctab *t);

#endif
