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
	FILTER_NAME = 24,     /* bytes of a path component that are looked at, its end included */
	FILTER_DEPTH = 8,     /* components from the root that are looked at */
	FILTER_ANYWHERE = 24, /* components in all; of a longer path nothing is said */
	FILTER_ASKED = 128    /* bytes of the path asked for; of a longer one nothing is said */
};

struct filter_set {
	__u64 w[FILTER_WORDS];
};

/* What is known of a system call before anything is read: index of filter_facts. */
enum filter_facts {
	FACT_SUCCESS = 1 << 0, /* result >= 0 */
	FACT_READ = 1 << 1,    /* opened for reading */
	FACT_WRITE = 1 << 2,
	FACT_NO_FLAGS = 1 << 3, /* how it was opened is not told by an argument */
	FACT_ROOT = 1 << 4,	/* effective uid 0 */
	FACT_COUNT = 1 << 5
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
	struct filter_set here;	 /* the path ends with this component */
	struct filter_set below; /* it goes on */
	__u32 node;
	__u32 unused;
};

enum filter_where {
	WHERE_LAST, /* the last component of the path */
	WHERE_ANY,  /* any component before it */
	WHERE_ASKED /* the first component of the path asked for */
};

/* One component alone. */
struct filter_name_key {
	__u32 where; /* enum filter_where << 1 | generation */
	char name[FILTER_NAME];
};

/* Sets that hold for what no entry is about. */
struct filter_defaults {
	struct filter_set comm;	     /* a comm that is not listed */
	struct filter_set path;	     /* any path */
	struct filter_set directory; /* not for any path, but for some with a listed component */
	struct filter_set raw;	     /* any path asked for */
	struct filter_set dots;	     /* one with ".." in it */
};

#endif
