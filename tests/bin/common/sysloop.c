// SPDX-License-Identifier: BSD-2-Clause
/*
 * sysloop ROUNDS [WORK]...: what a system call costs here and now, as JSON: nanoseconds of
 * a getppid(), which no rule asks about, of an open() and close() of a file,
 * of a process that is spawned and ends, of a byte to another process and back over a Unix
 * socket, and of the compiler with a small file. Of the first two also the CPU time, which a
 * neighbour's does not add to. The best of ROUNDS tries each, so that a busy one does not count.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void ask(void)
{
	syscall(SYS_getppid);
}

static void open_close(void)
{
	int fd = open("/etc/passwd", O_RDONLY);

	if (fd == -1)
		err(1, "/etc/passwd");
	close(fd);
}

static void run(char **argv)
{
	pid_t pid;
	int status;

	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (errno || waitpid(pid, &status, 0) == -1)
		err(1, "%s", argv[0]);
	if (status)
		errx(1, "%s: status %d", argv[0], status);
}

static void spawn(void)
{
	char *argv[] = { "/bin/true", NULL };

	run(argv);
}

static void compile(void)
{
	char *argv[] = { "cc", "-O1",	   "-c",      "-o",	   "/dev/null", "-x",
			 "c",  "-include", "stdio.h", "/dev/null", NULL };

	run(argv);
}

/* the other end echoes until ours is closed, at the latest by our end */
static void ping_pong(void)
{
	static int fd = -1;
	int pair[2];
	char byte = 0;

	if (fd == -1) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
			err(1, "socketpair");
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			close(pair[0]);
			while (read(pair[1], &byte, 1) == 1)
				if (write(pair[1], &byte, 1) != 1)
					break;
			_exit(0);
		}
		close(pair[1]);
		fd = pair[0];
	}
	if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
		err(1, "ping-pong");
}

static const struct work {
	const char *name;
	void (*once)(void);
	unsigned int times;
	bool alone; /* all of it in this process */
} works[] = {
	{ "getppid", ask, 200000, true },    { "open_close", open_close, 20000, true },
	{ "spawn_exit", spawn, 100, false }, { "ping_pong", ping_pong, 5000, false },
	{ "compile", compile, 2, false },
};

struct cost {
	double wall, cpu;
};

static double now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct cost cost_ns(const struct work *w)
{
	struct cost c = { now_ns(CLOCK_MONOTONIC), now_ns(CLOCK_PROCESS_CPUTIME_ID) };

	for (unsigned int i = 0; i < w->times; i++)
		w->once();
	c.cpu = (now_ns(CLOCK_PROCESS_CPUTIME_ID) - c.cpu) / w->times;
	c.wall = (now_ns(CLOCK_MONOTONIC) - c.wall) / w->times;
	return c;
}

static bool asked(const struct work *w, char **names)
{
	if (!*names)
		return true;
	while (*names && strcmp(w->name, *names))
		names++;
	return *names;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	const char *sep = "{";

	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		struct cost best, cost;

		if (!asked(&works[i], argv + (argc > 1 ? 2 : 1)))
			continue;
		best = cost_ns(&works[i]);
		for (int r = 1; r < rounds; r++) {
			cost = cost_ns(&works[i]);
			best.wall = cost.wall < best.wall ? cost.wall : best.wall;
			best.cpu = cost.cpu < best.cpu ? cost.cpu : best.cpu;
		}
		printf("%s\"%s_ns\": %.0f", sep, works[i].name, best.wall);
		if (works[i].alone)
			printf(", \"%s_cpu_ns\": %.0f", works[i].name, best.cpu);
		sep = ", ";
	}
	puts("}");
	return 0;
}
