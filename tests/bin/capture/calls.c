// SPDX-License-Identifier: BSD-2-Clause
/* calls DIR: system calls on files, names, directories, mounts and descriptors (calls.h). */
#include <linux/mount.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#include "calls.h"

/* <sys/mount.h> has the same names as <linux/mount.h> */
int mount(const char *source, const char *target, const char *type, unsigned long flags,
	  const void *data);

static void opens(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT,
				.mode = 0600,
				.resolve = RESOLVE_NO_SYMLINKS };
	int fd;

	fd = (int)expect("open", S(open, "a", O_RDWR | O_CREAT, 0640),
			 "'@name': 'a', '@flags': %d, '@mode': %d, 'fd.name': '$/a', "
			 "'fd.nameraw': 'a', 'fd.typechar': 'f'",
			 3 | 4 | 16384, 0640);
	close(fd);
	expect("open", S(open, "/nowhere/x", O_RDONLY),
	       "'@name': '/nowhere/x', '@flags': 1, 'fd.name': '/nowhere/x', 'fd.num': -1, "
	       "'fd.typechar': 'f'");
	expect("openat", S(openat, AT_FDCWD, "sub/../a", O_WRONLY | O_TRUNC),
	       "'@dirfd': -100, '@name': 'sub/../a', '@flags': %d, '@mode': 0, 'fd.name': '$/a'",
	       2 | 256);
	expect("openat", S(openat, BAD, "a", O_RDONLY), "'@dirfd': 99, '@name': 'a', 'fd.num': -1");
	expect("openat2", S(openat2, AT_FDCWD, "b", &how, sizeof(how)),
	       "'@name': 'b', '@flags': %d, '@mode': %d, '@resolve': 8, 'fd.name': '$/b'",
	       3 | 4 | 16384, 0600);
	how.flags = O_RDONLY;
	how.mode = 0;
	expect("openat2", S(openat2, AT_FDCWD, "no", &how, sizeof(how)),
	       "'@name': 'no', '@flags': 1, '@mode': 0, 'fd.name': '$/no'");
	expect("creat", S(creat, "c", 0600), "'@name': 'c', '@mode': %d, 'fd.name': '$/c'", 0600);
	expect("creat", S(creat, "sub", 0), "'@name': 'sub', 'fd.num': -1");
	expect("mknod", S(mknod, "fifo", S_IFIFO | 0600, 0), "'@path': 'fifo', '@mode': %d",
	       S_IFIFO | 0600);
	expect("mknod", S(mknod, "no/fifo", S_IFIFO, 0), "'@path': 'no/fifo'");
	expect("mknodat", S(mknodat, AT_FDCWD, "fifo2", S_IFIFO, 7),
	       "'@dirfd': -100, '@path': 'fifo2', '@dev': 7");
	expect("mknodat", S(mknodat, AT_FDCWD, "sub", S_IFIFO, 0), "'@path': 'sub'");
	expect("memfd_create", S(memfd_create, "mine", 1),
	       "'@name': 'mine', '@flags': 1, 'fd.typechar': 'm', 'fd.name': 'memfd:mine'");
	expect("memfd_create", S(memfd_create, "mine", ~0U), "'@name': 'mine'");
	expect("memfd_secret", S(memfd_secret, ~0U), "'@flags': 4294967295");
}

static void handles(void)
{
	struct {
		struct file_handle h;
		unsigned char bytes[MAX_HANDLE_SZ];
	} f = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mnt, d = open(".", O_RDONLY | O_DIRECTORY);
	long r = -1;

	if (name_to_handle_at(AT_FDCWD, "a", &f.h, &mnt, 0) == 0)
		r = S(open_by_handle_at, d, &f.h, O_RDONLY);
	if (r >= 0)
		expect("open_by_handle_at", r,
		       "'@mountfd': %d, '@flags': 1, '@path': '$/a', 'fd.name': '$/a'", d);
	expect("open_by_handle_at", S(open_by_handle_at, BAD, &f.h, O_RDWR),
	       "'@mountfd': 99, '@flags': 3, 'fd.num': -1");
	close(d);
}

static void renames(int d)
{
	expect("rename", S(rename, "a", "a2"),
	       "'@oldpath': 'a', '@newpath': 'a2', 'fs.path.source': '$/a', "
	       "'fs.path.target': '$/a2'");
	expect("rename", S(rename, "no", "no2"), "'@oldpath': 'no', '@newpath': 'no2'");
	expect("renameat", S(renameat, AT_FDCWD, "a2", d, "x"),
	       "'@olddirfd': -100, '@oldpath': 'a2', '@newdirfd': %d, '@newpath': 'x', "
	       "'fs.path.target': '$/sub/x'",
	       d);
	expect("renameat", S(renameat, AT_FDCWD, "nosuch", d, "x"),
	       "'@olddirfd': -100, '@oldpath': 'nosuch', '@newdirfd': %d, '@newpath': 'x'", d);
	expect("renameat2", S(renameat2, d, "x", d, "a3", 1),
	       "'@olddirfd': %d, '@flags': 1, '@newdirfd': %d, 'fs.path.source': '$/sub/x', "
	       "'fs.path.target': '$/sub/a3'",
	       d, d);
	expect("renameat2", S(renameat2, BAD, "x", BAD, "y", 0), "'@olddirfd': 99, '@flags': 0");
}

static void links(int d)
{
	expect("link", S(link, "b", "hard"),
	       "'@oldpath': 'b', '@newpath': 'hard', 'fs.path.source': '$/hard', "
	       "'fs.path.target': '$/b'");
	expect("link", S(link, "no", "hard"), "'@oldpath': 'no', '@newpath': 'hard'");
	expect("linkat", S(linkat, AT_FDCWD, "b", d, "z", 0),
	       "'@olddir': -100, '@oldpath': 'b', '@newdir': %d, '@newpath': 'z', "
	       "'fs.path.source': '$/sub/z'",
	       d);
	expect("linkat", S(linkat, AT_FDCWD, "nosuch", AT_FDCWD, "z", 0x400),
	       "'@oldpath': 'nosuch', '@flags': %d", 0x400);
	expect("symlink", S(symlink, "b", "soft"),
	       "'@target': 'b', '@linkpath': 'soft', 'fs.path.source': '$/soft', "
	       "'fs.path.target': 'b'");
	expect("symlink", S(symlink, "b", "soft"), "'@target': 'b', '@linkpath': 'soft'");
	expect("symlinkat", S(symlinkat, "b", d, "soft"),
	       "'@linkdirfd': %d, 'fs.path.source': '$/sub/soft'", d);
	expect("symlinkat", S(symlinkat, "b", BAD, "soft"), "'@linkdirfd': 99, '@target': 'b'");
}

static void rights(int d)
{
	expect("chmod", S(chmod, "b", 04755),
	       "'@filename': 'b', '@mode': %d, 'fs.path.name': '$/b'", 04755);
	expect("chmod", S(chmod, "no", 0), "'@filename': 'no', '@mode': 0");
	expect("fchmod", S(fchmod, d, 0755),
	       "'@fd': %d, '@mode': %d, 'fd.name': '$/sub', 'fd.typechar': 'd'", d, 0755);
	expect("fchmod", S(fchmod, BAD, 0755), "'@fd': 99");
	expect("fchmodat", S(fchmodat, d, "z", 0644),
	       "'@dirfd': %d, '@filename': 'z', 'fs.path.name': '$/sub/z'", d);
	expect("fchmodat", S(fchmodat, d, "nosuch", 0644), "'@dirfd': %d, '@filename': 'nosuch'",
	       d);
	expect("fchmodat2", S(fchmodat2, d, "z", 0600, 0),
	       "'@dirfd': %d, '@filename': 'z', '@mode': %d, '@flags': 0", d, 0600);
	expect("fchmodat2", S(fchmodat2, d, "no", 0600, AT_SYMLINK_NOFOLLOW),
	       "'@filename': 'no', '@flags': 1024");
	expect("chown", S(chown, "b", 1, 2),
	       "'@path': 'b', '@uid': 1, '@gid': 2, 'fs.path.name': '$/b'");
	expect("chown", S(chown, "no", 1, 2), "'@path': 'no'");
	expect("lchown", S(lchown, "soft", 1, 2), "'@path': 'soft', 'fs.path.name': '$/soft'");
	expect("lchown", S(lchown, "no", 3, 4), "'@uid': 3, '@gid': 4");
	expect("fchown", S(fchown, d, 0, 0), "'fd.num': %d, 'fd.name': '$/sub'", d);
	expect("fchown", S(fchown, BAD, 5, 6), "'@fd': 99, '@uid': 5, '@gid': 6");
	expect("fchownat", S(fchownat, d, "soft", 3, 4, AT_SYMLINK_NOFOLLOW),
	       "'@flags': 1024, '@pathname': 'soft', 'fs.path.name': '$/sub/soft'");
	expect("fchownat", S(fchownat, d, "no", 3, 4, 0), "'@dirfd': %d, '@pathname': 'no'", d);
	expect("truncate", S(truncate, "b", 7), "'@path': 'b', '@length': 7");
	expect("truncate", S(truncate, "no", 7), "'@path': 'no'");
	int fd = open("b", O_RDWR);
	expect("ftruncate", S(ftruncate, fd, 3), "'@length': 3, 'fd.name': '$/b'");
	expect("ftruncate", S(ftruncate, BAD, 7), "'@fd': 99, '@length': 7");
	close(fd);
}

static void removals(int d)
{
	expect("mkdir", S(mkdir, "new", 0700),
	       "'@path': 'new', '@mode': %d, 'fs.path.name': '$/new'", 0700);
	expect("mkdir", S(mkdir, "new", 0), "'@path': 'new', '@mode': 0");
	expect("mkdirat", S(mkdirat, d, "new", 0700),
	       "'@dirfd': %d, '@path': 'new', 'fs.path.name': '$/sub/new'", d);
	expect("mkdirat", S(mkdirat, BAD, "new", 0700), "'@dirfd': 99");
	expect("rmdir", S(rmdir, "new"), "'@path': 'new', 'fs.path.name': '$/new'");
	expect("rmdir", S(rmdir, "new"), "'@path': 'new'");
	expect("unlink", S(unlink, "./sub/../hard"),
	       "'@path': './sub/../hard', 'fs.path.name': '$/hard', "
	       "'fs.path.nameraw': './sub/../hard'");
	expect("unlink", S(unlink, "nosuch"), "'@path': 'nosuch'");
	expect("unlinkat", S(unlinkat, d, "new", AT_REMOVEDIR),
	       "'@dirfd': %d, '@flags': 512, '@name': 'new', 'fs.path.name': '$/sub/new'", d);
	expect("unlinkat", S(unlinkat, d, "new", 0), "'@name': 'new', '@flags': 0");
}

static void places(void)
{
	int d = open(dir, O_RDONLY | O_DIRECTORY);

	expect("chdir", S(chdir, "sub"), "'@path': 'sub', 'proc.cwd': '$/sub/'");
	expect("chdir", S(chdir, "nosuch"), "'@path': 'nosuch'");
	expect("fchdir", S(fchdir, d), "'@fd': %d, 'proc.cwd': '$/'", d);
	expect("fchdir", S(fchdir, BAD), "'@fd': 99");
	expect("chroot", S(chroot, "/"), "'@path': '/'");
	expect("chroot", S(chroot, "nosuch"), "'@path': 'nosuch'");
	expect("mount", S(mount, "none", "nosuch", "tmpfs", 2, NULL),
	       "'@dev': 'none', '@dir': 'nosuch', '@type': 'tmpfs', '@flags': 2");
	expect("umount2", S(umount2, "nosuch", 2), "'@name': 'nosuch', '@flags': 2");
	expect("pivot_root", S(pivot_root, "no", "no2"), "'@newpath': 'no', '@oldpath': 'no2'");
	expect("fsopen", S(fsopen, "nosuchfs", 0), "'@type': 'nosuchfs'");
	expect("fsconfig", S(fsconfig, BAD, FSCONFIG_SET_STRING, "key", "value", 0),
	       "'@fd': 99, '@cmd': 1, '@key': 'key', '@value_charbuf': 'value', '@aux': 0");
	expect("fsconfig", S(fsconfig, BAD, FSCONFIG_SET_BINARY, "key", "\1\2\3", 3),
	       "'@cmd': 2, '@value_bytebuf': {'hex': '010203'}, '@aux': 3");
	expect("fsmount", S(fsmount, BAD, 1, 0), "'@fd': 99, '@flags': 1");
	expect("fspick", S(fspick, AT_FDCWD, "no", 1),
	       "'@dirfd': -100, '@path': 'no', '@flags': 1");
	expect("open_tree", S(open_tree, AT_FDCWD, "no", 0), "'@dirfd': -100, '@path': 'no'");
	expect("move_mount", S(move_mount, AT_FDCWD, "x", AT_FDCWD, "y", 0),
	       "'@oldpath': 'x', '@newpath': 'y', '@olddirfd': -100, '@newdirfd': -100");
	struct mount_attr attr = { .attr_set = 1, .attr_clr = 2 };
	expect("mount_setattr", S(mount_setattr, AT_FDCWD, "no", 0, &attr, sizeof(attr)),
	       "'@path': 'no', '@attr_set': 1, '@attr_clr': 2, '@propagation': 0");
	close(d);
}

/* in a mount namespace of its own, where the machine allows one: each of the above so that it works
 */
static void mounts(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSUID };
	long fs, m;

	if (unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, 0x44000, NULL) == -1)
		return;
	expect("mount", S(mount, "none", "sub", "tmpfs", 2, "size=64k"),
	       "'@dev': 'none', '@dir': 'sub', '@type': 'tmpfs', '@flags': 2, "
	       "'fs.path.target': '$/sub'");
	fs = expect("fsopen", S(fsopen, "tmpfs", 1), "'@type': 'tmpfs', '@flags': 1");
	expect("fsconfig", S(fsconfig, fs, FSCONFIG_SET_STRING, "size", "64k", 0),
	       "'@fd': %ld, '@key': 'size', '@value_charbuf': '64k'", fs);
	expect("fsconfig", S(fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "'@cmd': 6");
	m = expect("fsmount", S(fsmount, fs, 1, 0), "'@fd': %ld, 'fd.typechar': 'd'", fs);
	expect("move_mount", S(move_mount, m, "", AT_FDCWD, "sub", MOVE_MOUNT_F_EMPTY_PATH),
	       "'@olddirfd': %ld, '@newpath': 'sub', '@flags': 4", m);
	expect("fspick", S(fspick, AT_FDCWD, "sub", 0), "'@path': 'sub'");
	expect("open_tree", S(open_tree, AT_FDCWD, "sub", OPEN_TREE_CLONE),
	       "'@path': 'sub', '@flags': 1");
	expect("mount_setattr", S(mount_setattr, AT_FDCWD, "sub", 0, &attr, sizeof(attr)),
	       "'@path': 'sub', '@attr_set': 2");
	mkdir("sub/old", 0700);
	expect("pivot_root", S(pivot_root, "sub", "sub/old"),
	       "'@newpath': 'sub', '@oldpath': 'sub/old'");
	expect("umount2", S(umount2, "/old", 2), "'@name': '/old', '@flags': 2");
}

static void copies(int fd)
{
	expect("dup", S(dup, fd), "'@oldfd': %d, 'fd.name': '$/b'", fd);
	expect("dup", S(dup, BAD), "'@oldfd': 99, 'fd.num': -1");
	expect("dup2", S(dup2, fd, 50), "'@oldfd': %d, '@newfd': 50, 'fd.num': 50", fd);
	expect("dup2", S(dup2, BAD, 50), "'@oldfd': 99, '@newfd': 50, 'fd.num': -1");
	expect("dup3", S(dup3, fd, 51, O_CLOEXEC), "'@flags': 4096, 'fd.name': '$/b'");
	expect("dup3", S(dup3, fd, fd, 0), "'@oldfd': %d, '@flags': 0", fd);
	expect("fcntl", S(fcntl, fd, F_DUPFD_CLOEXEC, 60), "'@cmd': 26, 'fd.num': %d, '@arg': 60",
	       fd);
	expect("fcntl", S(fcntl, BAD, F_GETFD, 0), "'@fd': 99, '@cmd': 2");
	expect("close", S(close, 50), "'@fd': 50, 'fd.num': 50");
	expect("close", S(close, BAD), "'@fd': 99");
	expect("close_range", S(close_range, 200, 300, 0), "'@first': 200, '@last': 300");
	expect("close_range", S(close_range, 300, 200, 4), "'@first': 300, '@flags': 4");
}

static void pipes(void)
{
	struct stat st;
	int p[2];
	long r = S(pipe, p);

	fstat(p[0], &st);
	expect("pipe", r, "'@fd1': %d, '@fd2': %d, '@ino': %lu", p[0], p[1],
	       (unsigned long)st.st_ino);
	expect("pipe", S(pipe, NULL), "'proc.pid': %d", getpid());
	r = S(pipe2, p, O_NONBLOCK);
	fstat(p[1], &st);
	expect("pipe2", r, "'@fd1': %d, '@flags': 64, '@ino': %lu", p[0], (unsigned long)st.st_ino);
	expect("pipe2", S(pipe2, p, ~0), "'proc.pid': %d", getpid());
}

static void anonymous(void)
{
	int i;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	expect("eventfd", S(eventfd, 2), "'@initval': 2, 'fd.typechar': 'e'");
	expect("eventfd2", S(eventfd2, 3, EFD_NONBLOCK),
	       "'@initval': 3, '@flags': 64, 'fd.typechar': 'e'");
	expect("eventfd2", S(eventfd2, 4, ~0), "'@initval': 4, 'fd.num': -1");
	expect("signalfd", S(signalfd, -1, &set, 8), "'@fd': -1, '@mask': 512");
	expect("signalfd4", S(signalfd4, -1, &set, 8, SFD_CLOEXEC),
	       "'@mask': 512, '@flags': 4096, 'fd.typechar': 's'");
	expect("signalfd4", S(signalfd4, BAD, &set, 8, 0), "'@fd': 99, 'fd.num': -1");
	expect("timerfd_create", S(timerfd_create, CLOCK_MONOTONIC, 0),
	       "'@clockid': 1, '@flags': 0, 'fd.typechar': 't'");
	expect("timerfd_create", S(timerfd_create, 77, 0), "'@clockid': 77");
	expect("inotify_init", S(inotify_init), "'fd.typechar': 'i'");
	i = (int)expect("inotify_init1", S(inotify_init1, IN_CLOEXEC),
			"'@flags': 4096, 'fd.typechar': 'i'");
	expect("inotify_init1", S(inotify_init1, ~0), "'fd.num': -1");
	expect("inotify_add_watch", S(inotify_add_watch, i, "sub", IN_CREATE),
	       "'@fd': %d, '@path': 'sub', '@mask': 256, 'fd.typechar': 'i'", i);
	expect("inotify_add_watch", S(inotify_add_watch, BAD, "no", IN_CREATE),
	       "'@fd': 99, '@path': 'no'");
}

int main(int argc, char **argv)
{
	int d, fd;

	calls_begin(argc, argv);
	opens();
	handles();
	d = open("sub", O_RDONLY | O_DIRECTORY);
	renames(d);
	links(d);
	rights(d);
	removals(d);
	close(d);
	places();
	fd = open("b", O_RDONLY);
	copies(fd);
	close(fd);
	pipes();
	anonymous();
	mounts();
	return fclose(out) ? 1 : 0;
}
