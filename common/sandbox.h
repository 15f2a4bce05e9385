/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving up what a stage does not need, once, before its loop begins. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stdbool.h>

enum sandbox_role {
	SANDBOX_STDIO,	 /* read, write, poll on what is open: enrich, replay */
	SANDBOX_RULES,	 /* and open files below its paths for reading: match */
	SANDBOX_NETWORK, /* and sockets, name resolution, files below its paths: ship */
	SANDBOX_CAPTURE	 /* bpf(2), rings, /proc; keeps CAP_BPF and CAP_PERFMON */
};

struct sandbox {
	enum sandbox_role role;
	const char *user;		/* to become when started as root; NULL: "nobody" */
	const char *const *read_paths;	/* NULL-ended or NULL: what Landlock leaves readable */
	const char *const *write_paths; /* NULL-ended or NULL: ... and writable */
	bool may_exec;			/* start programs (ship's exec sink) */
};

/*
 * sandbox_enter(s): no new privileges, unprivileged user and group,
 * capabilities, Landlock, seccomp filter. To be called while the program has
 * one thread: EBUSY otherwise. Layers that this kernel does not have are skipped
 * and named with -v. 0, or -1 with errno and a message on stderr when a layer
 * that is there could not be entered: the program must not go on. In a build
 * with AddressSanitizer the seccomp filter is left out, because the sanitizer's
 * own calls are not ours to list.
 */
int sandbox_enter(const struct sandbox *s);

#endif
