// SPDX-License-Identifier: BSD-2-Clause
/* The command whose process tree is captured. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* execvp() would try one folder after another, and each try would be an event */
static const char *find(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/') || !path)
		return name;
	while (*path) {
		size_t n = strcspn(path, ":");

		if ((size_t)snprintf(buf, size, "%.*s/%s", (int)n, path, name) < size &&
		    access(buf, X_OK) == 0)
			return buf;
		path += n + (path[n] == ':');
	}
	return name;
}

/* the child: wait at the gate, then become the command, or say why not */
static void become(int gate, char **argv, bool to_stderr)
{
	char go, buf[4096];
	const char *path = find(argv[0], buf, sizeof(buf));
	int e;

	if (read(gate, &go, 1) != 1)
		_exit(2);
	if (to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(path, argv);
	e = errno;
	if (write(gate, &e, sizeof(e)) != sizeof(e))
		_exit(2);
	_exit(2);
}

int command_fork(struct command *c, char **argv, bool to_stderr)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	c->pid = fork();
	if (c->pid == 0) {
		close(pair[0]);
		become(pair[1], argv, to_stderr);
	}
	close(pair[1]);
	c->gate = pair[0];
	c->ended = false;
	c->pidfd = -1;
	if (c->pid == -1)
		return -1;
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	return c->pidfd == -1 ? -1 : 0;
}

int command_go(struct command *c)
{
	ssize_t n;
	int e;

	if (write(c->gate, "", 1) != 1)
		return -1;
	n = read(c->gate, &e, sizeof(e)); /* ends when it has become the command */
	close(c->gate);
	c->gate = -1;
	if (n != sizeof(e))
		return 0;
	errno = e;
	return -1;
}

bool command_ended(struct command *c)
{
	if (!c->ended && waitpid(c->pid, NULL, WNOHANG) != 0)
		c->ended = true;
	return c->ended;
}
