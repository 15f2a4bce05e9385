// SPDX-License-Identifier: BSD-2-Clause
/*
 * identity HOW FILE: open FILE by a name that is not its own:
 *	link		a hard link
 *	mount		a bind mount in a mount namespace of its own
 *	handle		open_by_handle_at(2), no name at all
 *	root		through /proc/self/root
 *	chroot		from within a root directory of its own, the one FILE is in
 *	replace N	N times: FILE is replaced by rename(2) and then opened by a hard link
 *			that the new one had before
 *	remake N	N times: FILE is removed, made again, linked, and opened by the link
 *	reuse N		N times: FILE is removed, and a file of another name made, linked, and
 *			opened: some have the number of FILE's inode
 *	unrelated	another file
 * With no wait in between: who watches is to keep up. Status 77: not possible here.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *file;

static void reach(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd == -1)
		err(1, "%s", name);
	close(fd);
}

/* a new file, on the same file system */
static ino_t make(const char *name)
{
	struct stat st;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", name);
	close(fd);
	return st.st_ino;
}

static void must_link(const char *from, const char *to)
{
	if (link(from, to) == -1)
		err(1, "link %s", to);
}

static void by_mount(void)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
		warn("a mount namespace");
		exit(77);
	}
	make("mounted");
	if (mount(file, "mounted", NULL, MS_BIND, NULL) == -1)
		err(1, "mount");
	reach("mounted");
}

static void by_handle(void)
{
	struct {
		struct file_handle h;
		char bytes[MAX_HANDLE_SZ];
	} f = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, dir = open(".", O_RDONLY | O_DIRECTORY), fd;

	if (name_to_handle_at(AT_FDCWD, file, &f.h, &mount_id, 0) == -1) {
		warn("a handle");
		exit(77);
	}
	fd = open_by_handle_at(dir, &f.h, O_RDONLY);
	if (fd == -1)
		err(1, "open_by_handle_at");
}

static void by_root(void)
{
	char name[4200];

	snprintf(name, sizeof(name), "/proc/self/root%s", file);
	reach(name);
}

static void by_chroot(void)
{
	char dir[4096], *slash;

	snprintf(dir, sizeof(dir), "%s", file);
	slash = strrchr(dir, '/');
	*slash = '\0';
	if (chroot(dir) == -1 || chdir("/") == -1)
		err(1, "chroot");
	slash[0] = '/';
	reach(slash);
}

static void replace(int i)
{
	char name[32];

	make("new");
	snprintf(name, sizeof(name), "link%d", i);
	must_link("new", name);
	if (rename("new", file) == -1)
		err(1, "rename");
	reach(name);
}

static void remake(int i)
{
	char name[32];

	if (unlink(file) == -1)
		err(1, "unlink");
	make(file);
	snprintf(name, sizeof(name), "link%d", i);
	must_link(file, name);
	reach(name);
}

static int reuse(int i)
{
	char name[32];
	struct stat st;
	ino_t ino;

	if (stat(file, &st) == -1)
		err(1, "%s", file);
	if (unlink(file) == -1)
		err(1, "unlink");
	snprintf(name, sizeof(name), "other%d", i);
	ino = make(name);
	reach(name);
	make(file);
	return ino == st.st_ino;
}

int main(int argc, char **argv)
{
	int n = argc > 3 ? atoi(argv[3]) : 0, reused = 0;

	if (argc < 3 || argv[2][0] != '/')
		errx(2, "usage: identity HOW /FILE [N]");
	file = argv[2];
	if (strcmp(argv[1], "link") == 0) {
		must_link(file, "linked");
		reach("linked");
	} else if (strcmp(argv[1], "mount") == 0) {
		by_mount();
	} else if (strcmp(argv[1], "handle") == 0) {
		by_handle();
	} else if (strcmp(argv[1], "root") == 0) {
		by_root();
	} else if (strcmp(argv[1], "chroot") == 0) {
		by_chroot();
	} else if (strcmp(argv[1], "unrelated") == 0) {
		make("unrelated");
		reach("unrelated");
	}
	for (int i = 0; i < n; i++) {
		if (strcmp(argv[1], "replace") == 0)
			replace(i);
		else if (strcmp(argv[1], "remake") == 0)
			remake(i);
		else
			reused += reuse(i);
	}
	if (strcmp(argv[1], "reuse") == 0)
		printf("%d\n", reused);
	return 0;
}
