// SPDX-License-Identifier: BSD-2-Clause
/*
 * calls DIR: make each system call that capture knows, so that it works and so
 * that it fails, and print as JSON lines what the event must say of it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#define BAD	     99 /* a descriptor that is not open */
#define S(name, ...) call(SYS_##name, ##__VA_ARGS__)

static char dir[256];
static FILE *out;

/* the call's result as the kernel gives it */
#define call(...)                                                                                  \
	({                                                                                         \
		long r_ = syscall(__VA_ARGS__);                                                    \
		r_ == -1 ? -errno : r_;                                                            \
	})

/* expect(type, res, fmt, ...): the next event of that type has this result and these fields */
static long __attribute__((format(printf, 3, 4)))
expect(const char *type, long res, const char *fmt, ...)
{
	va_list ap;

	fprintf(out, "{\"type\": \"%s\", \"evt.rawres\": %ld, ", type, res);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputs("}\n", out);
	return res;
}

static void opens(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT,
				.mode = 0600,
				.resolve = RESOLVE_NO_SYMLINKS };
	int fd;

	fd = (int)expect("open", S(open, "a", O_RDWR | O_CREAT, 0640),
			 "\"evt.arg.name\": \"a\", "
			 "\"evt.arg.flags\": %d, \"evt.arg.mode\": %d, \"fd.name\": \"%s/a\", "
			 "\"fd.nameraw\": \"a\", "
			 "\"fd.typechar\": \"f\"",
			 3 | 4 | 16384, 0640, dir);
	close(fd);
	expect("open", S(open, "/nowhere/x", O_RDONLY),
	       "\"evt.arg.name\": \"/nowhere/x\", "
	       "\"evt.arg.flags\": 1, \"fd.name\": \"/nowhere/x\"");
	expect("openat", S(openat, AT_FDCWD, "sub/../a", O_WRONLY | O_TRUNC),
	       "\"evt.arg.dirfd\": -100, "
	       "\"evt.arg.name\": \"sub/../a\", \"evt.arg.flags\": %d, \"evt.arg.mode\": 0, "
	       "\"fd.name\": \"%s/a\"",
	       2 | 256, dir);
	expect("openat", S(openat, BAD, "a", O_RDONLY),
	       "\"evt.arg.dirfd\": 99, \"evt.arg.name\": \"a\"");
	expect("openat2", S(openat2, AT_FDCWD, "b", &how, sizeof(how)),
	       "\"evt.arg.name\": \"b\", "
	       "\"evt.arg.flags\": %d, \"evt.arg.mode\": %d, \"evt.arg.resolve\": 8, \"fd.name\": "
	       "\"%s/b\"",
	       3 | 4 | 16384, 0600, dir);
	expect("creat", S(creat, "c", 0600),
	       "\"evt.arg.name\": \"c\", \"evt.arg.mode\": %d, "
	       "\"fd.name\": \"%s/c\"",
	       0600, dir);
	expect("mknod", S(mknod, "fifo", S_IFIFO | 0600, 0),
	       "\"evt.arg.path\": \"fifo\", \"evt.arg.mode\": %d", S_IFIFO | 0600);
	expect("mknodat", S(mknodat, AT_FDCWD, "sub", S_IFIFO, 0), "\"evt.arg.path\": \"sub\"");
	expect("memfd_create", S(memfd_create, "mine", MFD_CLOEXEC),
	       "\"evt.arg.name\": \"mine\", "
	       "\"evt.arg.flags\": 1, \"fd.typechar\": \"m\"");
	expect("memfd_create", S(memfd_create, "mine", ~0U), "\"evt.arg.name\": \"mine\"");
}

static void names(void)
{
	int d = open("sub", O_RDONLY | O_DIRECTORY);

	expect("rename", S(rename, "a", "a2"),
	       "\"evt.arg.oldpath\": \"a\", \"evt.arg.newpath\": \"a2\", "
	       "\"fs.path.source\": \"%s/a\", \"fs.path.target\": \"%s/a2\"",
	       dir, dir);
	expect("renameat", S(renameat, AT_FDCWD, "nosuch", d, "x"),
	       "\"evt.arg.olddirfd\": -100, "
	       "\"evt.arg.oldpath\": \"nosuch\", \"evt.arg.newdirfd\": %d, \"evt.arg.newpath\": "
	       "\"x\"",
	       d);
	expect("renameat2", S(renameat2, AT_FDCWD, "a2", d, "a3", 1),
	       "\"evt.arg.flags\": 1, "
	       "\"evt.arg.newdirfd\": %d, \"fs.path.target\": \"%s/sub/a3\"",
	       d, dir);
	expect("link", S(link, "b", "hard"),
	       "\"evt.arg.oldpath\": \"b\", \"evt.arg.newpath\": \"hard\", "
	       "\"fs.path.source\": \"%s/hard\", \"fs.path.target\": \"%s/b\"",
	       dir, dir);
	expect("linkat", S(linkat, AT_FDCWD, "nosuch", AT_FDCWD, "z", 0),
	       "\"evt.arg.oldpath\": \"nosuch\"");
	expect("symlink", S(symlink, "b", "soft"),
	       "\"evt.arg.target\": \"b\", \"evt.arg.linkpath\": \"soft\", "
	       "\"fs.path.source\": \"%s/soft\", \"fs.path.target\": \"b\"",
	       dir);
	expect("symlinkat", S(symlinkat, "b", d, "soft"),
	       "\"evt.arg.linkdirfd\": %d, "
	       "\"fs.path.source\": \"%s/sub/soft\"",
	       d, dir);
	expect("chmod", S(chmod, "b", 04755),
	       "\"evt.arg.filename\": \"b\", \"evt.arg.mode\": %d, "
	       "\"fs.path.name\": \"%s/b\"",
	       04755, dir);
	expect("fchmod", S(fchmod, d, 0755),
	       "\"evt.arg.fd\": %d, \"evt.arg.mode\": %d, \"fd.name\": \"%s/sub\", "
	       "\"fd.typechar\": \"d\"",
	       d, 0755, dir);
	expect("fchmodat", S(fchmodat, d, "nosuch", 0644),
	       "\"evt.arg.dirfd\": %d, \"evt.arg.filename\": \"nosuch\"", d);
	expect("chown", S(chown, "b", 1, 2),
	       "\"evt.arg.path\": \"b\", \"evt.arg.uid\": 1, \"evt.arg.gid\": 2");
	expect("lchown", S(lchown, "soft", 1, 2), "\"fs.path.name\": \"%s/soft\"", dir);
	expect("fchown", S(fchown, d, 0, 0), "\"fd.num\": %d", d);
	expect("fchownat", S(fchownat, d, "soft", 3, 4, AT_SYMLINK_NOFOLLOW),
	       "\"evt.arg.flags\": 1024, "
	       "\"evt.arg.pathname\": \"soft\"");
	expect("truncate", S(truncate, "b", 7), "\"evt.arg.length\": 7");
	expect("ftruncate", S(ftruncate, BAD, 7), "\"evt.arg.fd\": 99");
	expect("mkdir", S(mkdir, "new", 0700),
	       "\"evt.arg.path\": \"new\", \"evt.arg.mode\": %d, "
	       "\"fs.path.name\": \"%s/new\"",
	       0700, dir);
	expect("mkdirat", S(mkdirat, d, "new", 0700),
	       "\"evt.arg.dirfd\": %d, \"fs.path.name\": \"%s/sub/new\"", d, dir);
	expect("rmdir", S(rmdir, "new"), "\"fs.path.name\": \"%s/new\"", dir);
	expect("unlink", S(unlink, "./sub/../hard"),
	       "\"evt.arg.path\": \"./sub/../hard\", "
	       "\"fs.path.name\": \"%s/hard\", \"fs.path.nameraw\": \"./sub/../hard\"",
	       dir);
	expect("unlinkat", S(unlinkat, d, "new", AT_REMOVEDIR),
	       "\"evt.arg.flags\": 512, "
	       "\"evt.arg.name\": \"new\", \"fs.path.name\": \"%s/sub/new\"",
	       dir);
	expect("unlink", S(unlink, "nosuch"), "\"evt.arg.path\": \"nosuch\"");
	close(d);
}

static void places(void)
{
	int d = open(dir, O_RDONLY | O_DIRECTORY);

	expect("chdir", S(chdir, "sub"), "\"evt.arg.path\": \"sub\", \"proc.cwd\": \"%s/sub/\"",
	       dir);
	expect("fchdir", S(fchdir, d), "\"evt.arg.fd\": %d, \"proc.cwd\": \"%s/\"", d, dir);
	expect("chdir", S(chdir, "nosuch"), "\"evt.arg.path\": \"nosuch\"");
	expect("chroot", S(chroot, "nosuch"), "\"evt.arg.path\": \"nosuch\"");
	expect("mount", S(mount, "none", "nosuch", "tmpfs", MS_NOSUID, NULL),
	       "\"evt.arg.dev\": \"none\", "
	       "\"evt.arg.dir\": \"nosuch\", \"evt.arg.type\": \"tmpfs\", \"evt.arg.flags\": 2");
	expect("umount2", S(umount2, "nosuch", MNT_DETACH),
	       "\"evt.arg.name\": \"nosuch\", \"evt.arg.flags\": 2");
	expect("pivot_root", S(pivot_root, "nosuch", "nosuch2"), "\"evt.arg.newpath\": \"nosuch\"");
	expect("fsopen", S(fsopen, "nosuchfs", 0), "\"evt.arg.type\": \"nosuchfs\"");
	expect("open_tree", S(open_tree, AT_FDCWD, "nosuch", 0), "\"evt.arg.path\": \"nosuch\"");
	expect("move_mount", S(move_mount, AT_FDCWD, "x", AT_FDCWD, "y", 0),
	       "\"evt.arg.oldpath\": \"x\"");
	close(d);
}

static void descriptors(void)
{
	sigset_t set;
	int fd = open("b", O_RDONLY), p[2];
	long r;

	sigemptyset(&set);
	expect("dup", S(dup, fd), "\"evt.arg.oldfd\": %d, \"fd.name\": \"%s/b\"", fd, dir);
	expect("dup2", S(dup2, fd, 50),
	       "\"evt.arg.oldfd\": %d, \"evt.arg.newfd\": 50, \"fd.num\": 50", fd);
	expect("dup3", S(dup3, fd, 51, O_CLOEXEC), "\"evt.arg.flags\": 4096");
	expect("dup", S(dup, BAD), "\"evt.arg.oldfd\": 99");
	expect("fcntl", S(fcntl, fd, F_DUPFD_CLOEXEC, 60), "\"evt.arg.cmd\": 26, \"fd.num\": %d",
	       fd);
	r = S(pipe, p);
	expect("pipe", r, "\"evt.arg.fd1\": %d, \"evt.arg.fd2\": %d", p[0], p[1]);
	expect("pipe2", S(pipe2, p, O_NONBLOCK), "\"evt.arg.flags\": 64");
	expect("eventfd2", S(eventfd2, 3, EFD_NONBLOCK),
	       "\"evt.arg.initval\": 3, \"fd.typechar\": \"e\"");
	expect("signalfd4", S(signalfd4, -1, &set, 8, 0), "\"fd.typechar\": \"s\"");
	expect("timerfd_create", S(timerfd_create, CLOCK_MONOTONIC, 0),
	       "\"evt.arg.clockid\": 1, \"fd.typechar\": \"t\"");
	expect("inotify_init1", S(inotify_init1, IN_CLOEXEC),
	       "\"evt.arg.flags\": 4096, \"fd.typechar\": \"i\"");
	expect("pidfd_open", S(pidfd_open, getpid(), 0),
	       "\"evt.arg.pid\": %d, \"fd.typechar\": \"P\"", getpid());
	expect("pidfd_getfd", S(pidfd_getfd, BAD, 1, 0),
	       "\"evt.arg.pid_fd\": 99, \"evt.arg.target_fd\": 1");
	expect("close", S(close, BAD), "\"evt.arg.fd\": 99");
	expect("close_range", S(close_range, 200, 300, 0),
	       "\"evt.arg.first\": 200, \"evt.arg.last\": 300");
	close(fd);
}

static void inet(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a) };
	socklen_t len = sizeof(a);
	int s, c, port, mine, u;

	s = (int)expect("socket", S(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
			"\"evt.arg.domain\": 2, "
			"\"evt.arg.type\": 1, \"evt.arg.proto\": 0, \"evt.arg.flags\": 4096, "
			"\"fd.typechar\": \"4\"");
	long r = S(bind, s, &a, len);

	getsockname(s, (struct sockaddr *)&a, &len);
	port = ntohs(a.sin_port);
	expect("bind", r,
	       "\"evt.arg.fd\": %d, \"evt.arg.addr\": \"127.0.0.1:0\", \"fd.sport\": %d, "
	       "\"fd.l4proto\": \"tcp\"",
	       s, port);
	expect("listen", S(listen, s, 5),
	       "\"evt.arg.backlog\": 5, \"fd.typechar\": \"2\", "
	       "\"fd.name\": \"127.0.0.1:%d\"",
	       port);
	c = socket(AF_INET, SOCK_STREAM, 0);
	r = S(connect, c, &a, sizeof(a));
	getsockname(c, (struct sockaddr *)&a, &len);
	mine = ntohs(a.sin_port);
	expect("connect", r,
	       "\"evt.arg.addr\": \"127.0.0.1:%d\", \"fd.name\": \"127.0.0.1:%d->127.0.0.1:%d\", "
	       "\"fd.cport\": %d, \"fd.sport\": %d, \"fd.is_server\": false",
	       port, mine, port, mine, port);
	expect("accept4", S(accept4, s, NULL, NULL, 0),
	       "\"fd.name\": \"127.0.0.1:%d->127.0.0.1:%d\", "
	       "\"fd.is_server\": true",
	       mine, port);
	expect("sendto", S(sendto, c, "x", 1, 0, NULL, 0), "\"evt.arg.size\": 1, \"fd.sport\": %d",
	       port);
	expect("shutdown", S(shutdown, c, SHUT_RDWR), "\"evt.arg.how\": 2");
	u = socket(AF_INET, SOCK_DGRAM, 0);
	a.sin_port = htons(9);
	expect("sendto", S(sendto, u, "x", 1, 0, &a, sizeof(a)),
	       "\"fd.rport\": 9, \"fd.rip\": {\"hex\": \"7f000001\"}, "
	       "\"fd.l4proto\": \"udp\"");
	expect("sendmsg", S(sendmsg, u, &m, 0), "\"fd.sport\": 9");
	expect("recvfrom", S(recvfrom, u, NULL, 0, MSG_DONTWAIT, NULL, NULL), "\"evt.arg.fd\": %d",
	       u);
	expect("connect", S(connect, BAD, &a, sizeof(a)),
	       "\"evt.arg.fd\": 99, \"evt.arg.addr\": \"127.0.0.1:9\"");
	expect("socket", S(socket, 250, 1, 0), "\"evt.arg.domain\": 250");
}

static void local(void)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				   .sin6_port = htons(1) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int p[2], s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%.80s/sock", dir);
	expect("bind", S(bind, s, &un, sizeof(un)),
	       "\"evt.arg.addr\": \"%s/sock\", \"fd.typechar\": \"u\"", dir);
	listen(s, 1);
	expect("connect", S(connect, c, &un, sizeof(un)),
	       "\"evt.arg.addr\": \"%s/sock\", \"fd.sockfamily\": \"unix\"", dir);
	strcat(un.sun_path, "no");
	expect("connect", S(connect, socket(AF_UNIX, SOCK_DGRAM, 0), &un, sizeof(un)),
	       "\"evt.arg.addr\": \"%s/sockno\"", dir);
	expect("connect", S(connect, socket(AF_INET6, SOCK_STREAM, 0), &a6, sizeof(a6)),
	       "\"evt.arg.addr\": \"::1:1\", "
	       "\"fd.typechar\": \"6\"");
	long r = S(socketpair, AF_UNIX, SOCK_STREAM, 0, p);

	expect("socketpair", r, "\"evt.arg.fd1\": %d, \"evt.arg.fd2\": %d, \"evt.arg.domain\": 1",
	       p[0], p[1]);
}

static void processes(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { { 1, 3, 0 }, { 0, 0, 0 } };

	expect("kill", S(kill, getpid(), 0), "\"evt.arg.pid\": %d, \"evt.arg.sig\": 0", getpid());
	expect("kill", S(kill, 0x3ffffff, SIGTERM), "\"evt.arg.pid\": %d, \"evt.arg.sig\": 15",
	       0x3ffffff);
	expect("tkill", S(tkill, getpid(), 0), "\"evt.arg.tid\": %d", getpid());
	expect("tgkill", S(tgkill, getpid(), getpid(), 0),
	       "\"evt.arg.pid\": %d, \"evt.arg.tid\": %d", getpid(), getpid());
	expect("pidfd_send_signal", S(pidfd_send_signal, BAD, 9, NULL, 0),
	       "\"evt.arg.fd\": 99, \"evt.arg.sig\": 9");
	expect("prctl", S(prctl, PR_SET_NAME, "renamed", 0, 0, 0),
	       "\"evt.arg.option\": 15, "
	       "\"evt.arg.arg2_str\": \"renamed\", \"proc.name\": \"renamed\"");
	expect("prctl", S(prctl, PR_SET_DUMPABLE, 77, 0, 0, 0),
	       "\"evt.arg.option\": 4, \"evt.arg.arg2_int\": 77");
	expect("ptrace", S(ptrace, PTRACE_ATTACH, 0x3ffffff, 0, 0),
	       "\"evt.arg.request\": 11, \"evt.arg.pid\": %d", 0x3ffffff);
	expect("process_vm_readv", S(process_vm_readv, 0x3ffffff, NULL, 0, NULL, 0, 0),
	       "\"evt.arg.pid\": %d", 0x3ffffff);
	expect("capset", S(capset, &h, d),
	       "\"evt.arg.cap_effective\": 1, \"evt.arg.cap_permitted\": 3, "
	       "\"evt.arg.cap_inheritable\": 0");
	expect("unshare", S(unshare, CLONE_NEWNET | CLONE_NEWNS), "\"evt.arg.flags\": 48");
	expect("setns", S(setns, BAD, CLONE_NEWNET), "\"evt.arg.fd\": 99, \"evt.arg.nstype\": 16");
	expect("setuid", S(setuid, 0), "\"evt.arg.uid\": 0");
	expect("setgid", S(setgid, 0), "\"evt.arg.gid\": 0");
	expect("setreuid", S(setreuid, -1, 0), "\"evt.arg.ruid\": 4294967295, \"evt.arg.euid\": 0");
	expect("setregid", S(setregid, 0, -1), "\"evt.arg.rgid\": 0");
	expect("setresuid", S(setresuid, -1, -1, 0), "\"evt.arg.suid\": 0");
	expect("setresgid", S(setresgid, -1, -1, 0), "\"evt.arg.sgid\": 0");
	expect("setsid", S(setsid), "\"proc.pid\": %d", getpid());
	expect("setpgid", S(setpgid, 0, 0), "\"evt.arg.pid\": 0, \"evt.arg.pgid\": 0");
	expect("keyctl", S(keyctl, 999, 1, 2, 3, 4),
	       "\"evt.arg.operation\": 999, \"evt.arg.arg2\": 1");
	expect("seccomp", S(seccomp, 99, 0, NULL), "\"evt.arg.op\": 99");
}

static void kernel(void)
{
	struct io_uring_params p = { .flags = IORING_SETUP_CLAMP };
	long r, page = sysconf(_SC_PAGESIZE);
	void *m = mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect("mprotect", S(mprotect, m, page, PROT_READ | PROT_EXEC),
	       "\"evt.arg.addr\": %lu, "
	       "\"evt.arg.length\": %ld, \"evt.arg.prot\": 5",
	       (unsigned long)m, page);
	expect("mmap", S(mmap, NULL, page, PROT_EXEC, MAP_PRIVATE, BAD, 0),
	       "\"evt.arg.prot\": 4, \"evt.arg.flags\": 2, "
	       "\"evt.arg.fd\": 99");
	expect("init_module", S(init_module, NULL, 12, "opt=1"),
	       "\"evt.arg.length\": 12, \"evt.arg.uargs\": \"opt=1\"");
	expect("finit_module", S(finit_module, BAD, "opt=2", 1),
	       "\"evt.arg.fd\": 99, \"evt.arg.uargs\": \"opt=2\", "
	       "\"evt.arg.flags\": 1");
	expect("delete_module", S(delete_module, "nosuch", O_NONBLOCK),
	       "\"evt.arg.name\": \"nosuch\", \"evt.arg.flags\": 2");
	expect("bpf", S(bpf, 5, NULL, 0), "\"evt.arg.cmd\": 5");
	expect("perf_event_open", S(perf_event_open, NULL, 1, 2, -1, 0),
	       "\"evt.arg.pid\": 1, \"evt.arg.cpu\": 2");
	expect("userfaultfd", S(userfaultfd, ~0U), "\"proc.pid\": %d", getpid());
	r = S(io_uring_setup, 4, &p);
	if (r >= 0)
		expect("io_uring_setup", r,
		       "\"evt.arg.entries\": 4, \"evt.arg.flags\": 32, \"evt.arg.sq_entries\": 4, "
		       "\"fd.typechar\": \"r\"");
	else
		expect("io_uring_setup", r, "\"evt.arg.entries\": 4");
	expect("execve", S(execve, "nosuch", NULL, NULL), "\"evt.arg.filename\": \"nosuch\"");
	expect("execveat", S(execveat, BAD, "nosuch", NULL, NULL, 0),
	       "\"evt.arg.filename\": \"nosuch\"");
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) == -1 || !getcwd(dir, sizeof(dir)))
		errx(2, "usage: calls DIR");
	out = fdopen(dup(STDOUT_FILENO), "w");
	if (!out || (mkdir("sub", 0755) == -1 && errno != EEXIST))
		err(1, "%s", dir);
	opens();
	names();
	places();
	descriptors();
	inet();
	local();
	kernel();
	processes();
	return fclose(out) ? 1 : 0;
}
