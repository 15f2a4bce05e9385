// SPDX-License-Identifier: BSD-2-Clause
/*
 * tricks NAME FILE: open FILE in a way that hides which file that is:
 *	hardlink	by another name of the same inode
 *	procfd		through /proc/self/fd of a descriptor of its directory
 *	rewrite		by a path that another thread rewrites all the time
 *	swap		by a symbolic link that another thread turns all the time
 * Prints how often FILE itself was opened, by device and inode.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURNS = 3000, PATIENCE = 20000 };

static volatile int stop;
static char path[4096];
static const char *file;

static void *rewrite(void *arg)
{
	while (!stop) {
		strcpy(path, "/dev/null");
		strcpy(path, file);
	}
	return NULL;
}

static void *swap(void *arg)
{
	while (!stop) {
		if (symlink("/dev/null", "link.new") == -1 || rename("link.new", "link") == -1 ||
		    symlink(file, "link.new") == -1 || rename("link.new", "link") == -1)
			err(1, "link");
	}
	return NULL;
}

/* one open; whether it was FILE */
static int reach(const char *name, const struct stat *want)
{
	struct stat st;
	int fd = open(name, O_RDONLY), is;

	if (fd == -1 || fstat(fd, &st) == -1)
		return 0;
	is = st.st_ino == want->st_ino && st.st_dev == want->st_dev;
	close(fd);
	return is;
}

static int race(void *(*other)(void *), const char *name, const struct stat *want)
{
	pthread_t t;
	int n = 0;

	if (pthread_create(&t, NULL, other, NULL))
		errx(1, "pthread_create");
	/* on a busy machine the other thread may not have had its turn yet */
	for (int i = 0; i < TURNS || (n == 0 && i < TURNS + PATIENCE); i++) {
		if (i >= TURNS)
			usleep(1000);
		n += reach(name, want);
	}
	stop = 1;
	pthread_join(t, NULL);
	return n;
}

int main(int argc, char **argv)
{
	struct stat st;
	int n = 0;

	if (argc != 3)
		errx(2, "usage: tricks NAME FILE");
	file = argv[2];
	if (stat(file, &st) == -1)
		err(1, "%s", file);
	if (strcmp(argv[1], "hardlink") == 0) {
		if (link(file, "innocent") == -1)
			err(1, "link");
		n = reach("innocent", &st);
	} else if (strcmp(argv[1], "procfd") == 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", open(file, O_PATH));
		n = reach(path, &st);
	} else if (strcmp(argv[1], "rewrite") == 0) {
		n = race(rewrite, path, &st);
	} else if (strcmp(argv[1], "swap") == 0) {
		if (symlink(file, "link") == -1)
			err(1, "link");
		n = race(swap, "link", &st);
	}
	printf("%d %lu\n", n, (unsigned long)st.st_ino);
	return 0;
}
