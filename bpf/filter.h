/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * The plan as the kernel evaluates it: for every thing that can be told of an
 * event a map says which selectors it leaves standing, as a set of bits; the
 * event is wanted if a bit survives all of them. So the work does not grow
 * with the number of selectors.
 *
 * There are two generations of every entry; a new plan is written into the one
 * that is not in use, and then one number is changed.
 */
#ifndef BPF_FILTER_H
#define BPF_FILTER_H

#ifndef __bpf__
#include <linux/types.h>
#endif

enum {
	FILTER_WORDS = 4,
	FILTER_SELECTORS = 64 * FILTER_WORDS,
	FILTER_GENERATIONS = 2,
	FILTER_NAME = 24,	/* bytes of a path component that are looked at, its end included */
	FILTER_DEPTH = 8	/* components from the root that are looked at */
};

struct filter_set {
	__u64 w[FILTER_WORDS];
};

/* What is known of a system call before anything is read: index of filter_facts. */
enum filter_facts {
	FACT_SUCCESS	= 1 << 0,	/* result >= 0 */
	FACT_READ	= 1 << 1,	/* opened for reading */
	FACT_WRITE	= 1 << 2,
	FACT_NO_FLAGS	= 1 << 3,	/* how it was opened is not told by an argument */
	FACT_ROOT	= 1 << 4,	/* effective uid 0 */
	FACT_COUNT	= 1 << 5
};

struct filter_comm_key {
	__u32 generation;
	char comm[16];
};

/*
 * One step of a path from the root: a node and the name of a component lead to
 * another node. Node 0 is the root. A longer name than FILTER_NAME - 1 bytes
 * counts by its beginning only.
 */
struct filter_path_key {
	__u32 generation;
	__u32 node;
	char name[FILTER_NAME];
};

struct filter_path {
	struct filter_set here;		/* the path ends with this component */
	struct filter_set below;	/* it goes on */
	__u32 node;
	__u32 unused;
};

/* The last component alone, wherever it stands. */
struct filter_name_key {
	__u32 generation;
	char name[FILTER_NAME];
};

/* Sets that hold for what no entry is about. */
struct filter_defaults {
	struct filter_set comm;		/* a comm that is not listed */
	struct filter_set path;		/* any path */
};

#endif
