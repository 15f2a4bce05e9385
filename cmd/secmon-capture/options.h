/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of secmon-capture. */
#ifndef SECMON_CAPTURE_OPTIONS_H
#define SECMON_CAPTURE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/events.h"
#include "common/plan.h"
#include "common/usual.h"

enum {
	RING_MIN = 64 * 1024, /* a record of the largest size, and room beside it */
	RING_DEFAULT = 8 * 1024 * 1024,
	LIFE_DEFAULT = 4 * 1024 * 1024,
	RING_MAX = 1024 * 1024 * 1024,
	RINGS_MAX = 64,
	RINGS_CPUS = 8, /* share a ring if nothing else is said */
	PATHS_MAX = 64,
	POLICIES_MAX = 64
};

enum action { ACTION_CAPTURE, ACTION_CHECK, ACTION_LIST, ACTION_PROGRAMS, ACTION_PLAN };

enum hooks { HOOKS_AUTO, HOOKS_PREFERRED, HOOKS_FALLBACK };

struct options {
	struct usual usual;
	enum action action;
	enum hooks hooks;
	const char *output;    /* endpoint, "-" if not given */
	const char *write;     /* capture file to write, or NULL */
	const char *replay;    /* capture file to read instead of the kernel, or NULL */
	double speed;	       /* of the replay, 0: as fast as it goes */
	const char *btf;       /* BTF file of this kernel, or NULL */
	const char *plan_path; /* secmon-plan(5), or NULL */
	double cpu_budget;     /* percent of one CPU; 0: none */
	const char *policies[POLICIES_MAX]; /* secmon-policy(5): files and directories */
	size_t npolicies;
	struct plan *plan; /* both, or --path, read */
	uint64_t ring_bytes, life_bytes;
	uint32_t rings; /* of each kind */
	uint64_t grace_ms;
	bool env;
	bool no_identity; /* --no-file-identity */
	bool events_given;
	uint64_t events[EVENT_ID_END / 64]; /* wanted, bit set by event id */
	const char *paths[PATHS_MAX];	    /* of --path; they are in plan */
	size_t npaths;
	char **command; /* argv after "--", or NULL */
};

/*
 * options_parse(o, argc, argv): fill o; or print and exit: 0 for --help and --version, 2
 * for what is wrong.
 */
void options_parse(struct options *o, int argc, char **argv);

/* Whether the paths of the plan are watched as files, too. */
static inline bool options_identity(const struct options *o)
{
	return o->plan && !o->no_identity;
}

static inline bool options_event(const struct options *o, unsigned int event)
{
	return event < EVENT_ID_END && o->events[event / 64] >> event % 64 & 1;
}

#endif
