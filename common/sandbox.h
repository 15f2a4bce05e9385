/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving up what a stage does not need, once, before its loop begins. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

enum sandbox_role {
	SANDBOX_STDIO,		/* read, write, poll on what is open: enrich */
	SANDBOX_RULES,		/* and open files below rule directories for reading: match */
	SANDBOX_NETWORK,	/* and sockets, name resolution, files below its paths: ship */
	SANDBOX_CAPTURE,	/* bpf(2) maps and rings, /proc; keeps CAP_BPF, CAP_PERFMON */
	SANDBOX_CONVERT		/* capture -r: like STDIO */
};

struct sandbox {
	enum sandbox_role role;
	const char *user;		/* to become when started as root; NULL: "nobody" */
	const char *const *read_paths;	/* NULL-ended, may be NULL: kept readable by Landlock */
	const char *const *write_paths;	/* NULL-ended, may be NULL */
};

/*
 * sandbox_enter(s): no new privileges, unprivileged uid and gid, capabilities,
 * seccomp filter, Landlock. Layers that this kernel lacks are skipped and
 * named at log level info. 0, or -1 with errno when a layer that is there
 * could not be entered: the program must not go on.
 */
int sandbox_enter(const struct sandbox *s);

#endif
