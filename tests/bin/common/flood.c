// SPDX-License-Identifier: BSD-2-Clause
/*
 * flood PARENTS KIDS BULK MARKER: a process flood over a file flood.
 *
 * PARENTS processes spawn KIDS short lives each, one after another; a kid is
 * "flood kid MARKER PARENT KID", opens MARKER once and is gone. Meanwhile BULK
 * processes open and close /etc/passwd as fast as they can. At the end one line
 * of JSON tells what was done, to hold against what a monitor saw.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64 };

extern char **environ;

/* of all processes of the flood */
struct shared {
	atomic_long opened[PROCESSES_MAX];
	atomic_bool stop;
};

static char self[PATH_MAX];

static int be_kid(const char *marker)
{
	int fd = open(marker, O_RDONLY);

	return fd == -1 || close(fd) == -1;
}

static void be_bulk(struct shared *s, int i)
{
	while (!atomic_load_explicit(&s->stop, memory_order_relaxed)) {
		int fd = open("/etc/passwd", O_RDONLY);

		if (fd == -1)
			err(1, "/etc/passwd");
		close(fd);
		s->opened[i]++;
	}
	_exit(0);
}

static void be_parent(int parent, int kids, char *marker)
{
	char p[16], k[16];
	char *argv[] = { "flood", "kid", marker, p, k, NULL };
	int status;
	pid_t pid;

	snprintf(p, sizeof(p), "%d", parent);
	for (int i = 0; i < kids; i++) {
		snprintf(k, sizeof(k), "%d", i);
		errno = posix_spawn(&pid, self, NULL, NULL, argv, environ);
		if (errno)
			err(1, "%s", self);
		if (waitpid(pid, &status, 0) == -1 || status)
			errx(1, "kid %d of parent %d failed", i, parent);
	}
	_exit(0);
}

static int number(const char *s, int max)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || *end || n < 0 || n > max)
		errx(2, "'%s': a number from 0 to %d was due", s, max);
	return (int)n;
}

static void tell(const struct shared *s, const pid_t *pid, int parents, int kids, int bulk)
{
	long opened = 0;

	for (int i = 0; i < bulk; i++)
		opened += s->opened[i];
	printf("{\"parents\": [");
	for (int i = 0; i < parents; i++)
		printf("%s%d", i ? ", " : "", (int)pid[i]);
	printf("], \"kids\": %d, \"bulk_opens\": %ld}\n", parents * kids, opened);
}

static int flood(int parents, int kids, int bulk, char *marker)
{
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid[PROCESSES_MAX];
	int status, failed = 0;

	if (s == MAP_FAILED)
		err(1, "mmap");
	for (int i = 0; i < parents + bulk; i++) {
		pid[i] = fork();
		if (pid[i] == -1)
			err(1, "fork");
		if (pid[i])
			continue;
		if (i < parents)
			be_parent(i, kids, marker);
		be_bulk(s, i - parents);
	}
	for (int i = 0; i < parents; i++)
		failed |= waitpid(pid[i], &status, 0) == -1 || status;
	s->stop = true;
	for (int i = parents; i < parents + bulk; i++)
		failed |= waitpid(pid[i], &status, 0) == -1 || status;
	tell(s, pid, parents, kids, bulk);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "kid"))
		return be_kid(argv[2]);
	if (argc != 5)
		errx(2, "usage: flood PARENTS KIDS BULK MARKER");
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) == -1)
		err(1, "/proc/self/exe");
	return flood(number(argv[1], PROCESSES_MAX / 2), number(argv[2], 1000000),
		     number(argv[3], PROCESSES_MAX / 2), argv[4]);
}
