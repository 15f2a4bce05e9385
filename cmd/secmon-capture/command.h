/* SPDX-License-Identifier: BSD-2-Clause */
/* The command whose process tree is captured. */
#ifndef SECMON_CAPTURE_COMMAND_H
#define SECMON_CAPTURE_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command {
	pid_t pid;
	int pidfd; /* readable once it has ended */
	int gate;  /* the process waits at the other end of this socket */
	bool ended;
};

/*
 * command_fork(c, argv, to_stderr): a process that waits for command_go() and
 * is to become argv; to_stderr: what it writes to its standard output goes to
 * standard error, because ours is the stream. 0, or -1 with errno. Call before
 * signals are blocked.
 */
int command_fork(struct command *c, char **argv, bool to_stderr);

/* command_go(c): let it run. 0, or -1 with the errno of its execv(). */
int command_go(struct command *c);

/* command_ended(c): whether it has ended; collects it. */
bool command_ended(struct command *c);

#endif
