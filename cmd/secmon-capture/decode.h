/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of the kernel side become events of the stream. Needs no kernel. */
#ifndef SECMON_CAPTURE_DECODE_H
#define SECMON_CAPTURE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "common/outq.h"

struct watch;
struct plan;

enum { DECODE_ASKED = 128 }; /* of these and the 63 fields behind some are told on request only */

struct decoder {
	int64_t boot_offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	uint64_t num;		/* evt.num of the last event */
	uint64_t asked;		/* fields from DECODE_ASKED on that somebody asks for, a bit each */
	struct watch *watch;	/* files that have the name they are watched by; or NULL */
	uint64_t identified;	/* events in which one was found by identity */
};

/*
 * What the kernel side cannot know about a process that was there before:
 * read from /proc by the caller. Pointers may be NULL.
 */
struct decode_extra {
	const char *args; /* as /proc/PID/cmdline */
	size_t args_len;
	const char *env;
	size_t env_len;
	const char *cgroups; /* as /proc/PID/cgroup */
	size_t cgroups_len;
};

/* decode_ask(d, plan): tell what selectors of the plan look at, also where it is dear. */
void decode_ask(struct decoder *d, const struct plan *plan);

/*
 * decode_record(d, buf, len, extra, q): one record as one EVENT. 0, or -1 with
 * EAGAIN (q has no room now: offer it again), EMSGSIZE (too big for an object)
 * or EPROTO (no record). extra may be NULL.
 */
int decode_record(struct decoder *d, const void *buf, size_t len, const struct decode_extra *extra,
		  struct outq *q);

#endif
