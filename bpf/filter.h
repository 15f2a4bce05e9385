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

enum { FILTER_SHED = 2 }; /* see filter_early() */

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

/*
 * The same where a plan asks how a name begins: its first len bytes stand under the
 * node with FILTER_PARTIAL set, and the path may end or go on.
 */
enum { FILTER_PARTIALS = 4, FILTER_PARTIAL = 1 << 30 };

struct filter_partial {
	__u64 mask[FILTER_NAME / 8]; /* of the first len bytes */
	__u32 len;		     /* 0: none */
	__u32 unused;
};

/* One component alone. */
struct filter_name_key {
	__u32 where; /* enum filter_where << 1 | generation */
	char name[FILTER_NAME];
};

/*
 * The same of paths, coarsely: the words of a set laid over each other, by a hash of
 * one component. What these leave standing is looked at again by the maps above.
 */
enum { QUICK_BUCKETS = 1 << 10, QUICK_DEPTH = 24 };

struct filter_quick {
	__u64 path;			/* any path */
	__u64 nameless;			/* files that are in no directory */
	__u32 partial[FILTER_PARTIALS]; /* lengths of parts of names, 0-ended */
	__u64 last[QUICK_BUCKETS];	/* the last component */
	__u64 dir[QUICK_BUCKETS];	/* any component before it */
};

/* quick_bucket(a, b, len): of a name of len bytes that begins with the 16 bytes of a and b. */
static inline __attribute__((always_inline)) __u32 quick_bucket(__u64 a, __u64 b, __u32 len)
{
	if (len < 8) {
		a &= (1ULL << len * 8) - 1;
		b = 0;
	} else if (len < 16) {
		b &= (1ULL << (len - 8) * 8) - 1;
	} else {
		len = 16;
	}
	a = (a ^ len) * 0x9e3779b97f4a7c15 ^ b;
	return (a * 0xd6e8feb86659fd93) >> 54;
}

/* What the user side counted for a selector: for secmon-capture --programs to read. */
enum { SELECTORS_SHOWN = 512, SELECTOR_NAME = 64 };

struct selector_counts {
	char name[SELECTOR_NAME]; /* empty: none */
	__u64 held, passed, held_back;
	__u64 ns; /* that the user side spent on them */
};

/* Sets that hold for what no entry is about. */
struct filter_defaults {
	struct filter_set any_comm;  /* whatever the comm */
	struct filter_set comm;	     /* a comm that is not listed */
	struct filter_set path;	     /* any path */
	struct filter_set directory; /* not for any path, but for some with a listed component */
	struct filter_set raw;	     /* any path asked for */
	struct filter_set dots;	     /* one with ".." in it */
	struct filter_set named;     /* not for any, but for some with a listed first component */
	struct filter_set nameless;  /* a file that is in no directory */
	struct filter_partial partial[FILTER_PARTIALS];
};

#endif
