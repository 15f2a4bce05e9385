// SPDX-License-Identifier: BSD-2-Clause
/*
 * A stream of N mixed events as enrich writes them, the same each time:
 *
 *	evgen N >stream
 *
 * Types are about as frequent as on a busy server: mostly reads, writes and
 * closes; one open in eight, one exec in a hundred, some network. A few of the
 * programs, paths and arguments are such that rules look twice at them.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "common/events.h"
#include "common/hello.h"
#include "common/wire.h"

struct program {
	const char *name, *exe, *args[4];
	unsigned int uid;
	const char *user;
};

static const struct program programs[] = {
	{ "nginx", "/usr/sbin/nginx", { "-g", "daemon off;" }, 33, "www-data" },
	{ "postgres",
	  "/usr/lib/postgresql/15/bin/postgres",
	  { "-D", "/var/lib/pg" },
	  112,
	  "postgres" },
	{ "bash", "/usr/bin/bash", { "-c", "for i in *; do stat $i; done" }, 1000, "ann" },
	{ "python3",
	  "/usr/bin/python3.11",
	  { "/srv/app/worker.py", "--queue", "mail" },
	  1001,
	  "app" },
	{ "systemd-journal", "/usr/lib/systemd/systemd-journald", { NULL }, 0, "root" },
	{ "sshd", "/usr/sbin/sshd", { "-D", "-R" }, 0, "root" },
	{ "git", "/usr/bin/git", { "status", "--porcelain" }, 1000, "ann" },
	{ "cc1",
	  "/usr/lib/gcc/x86_64-linux-gnu/12/cc1",
	  { "-quiet", "-O2", "main.c" },
	  1000,
	  "ann" },
	{ "containerd-shim",
	  "/usr/bin/containerd-shim-runc-v2",
	  { "-namespace", "k8s.io" },
	  0,
	  "root" },
	{ "java",
	  "/usr/lib/jvm/java-17/bin/java",
	  { "-Xmx2g", "-jar", "/srv/store.jar" },
	  1002,
	  "store" },
};

static const char *const paths[] = {
	"/etc/ld.so.cache",
	"/usr/lib/x86_64-linux-gnu/libc.so.6",
	"/proc/self/stat",
	"/var/log/nginx/access.log",
	"/home/ann/src/project/include/common.h",
	"/etc/hosts",
	"/tmp/ccXyZ123.s",
	"/var/lib/pg/base/16384/2619",
	"/etc/passwd",
	"/srv/app/templates/mail.txt",
	"/dev/null",
	"/usr/share/zoneinfo/UTC",
	"/sys/fs/cgroup/memory.stat",
	"/home/ann/src/project/.git/index",
	"/dev/urandom",
	"/usr/lib/locale/locale-archive",
};

static const struct {
	uint16_t type, share; /* in a thousand */
} mix[] = {
	{ EV_READ, 230 },    { EV_WRITE, 150 },	  { EV_CLOSE, 120 }, { EV_OPENAT, 120 },
	{ EV_FSTAT, 50 },    { EV_MMAP, 60 },	  { EV_FUTEX, 60 },  { EV_POLL, 40 },
	{ EV_STAT, 40 },     { EV_RECVFROM, 25 }, { EV_SENDTO, 25 }, { EV_LSEEK, 20 },
	{ EV_CONNECT, 10 },  { EV_ACCEPT4, 8 },	  { EV_EXECVE, 10 }, { EV_CLONE, 10 },
	{ EV_PROCEXIT, 10 }, { EV_UNLINK, 4 },	  { EV_RENAME, 4 },  { EV_DUP2, 4 },
};

static uint32_t state = 42;

static uint32_t pick(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

static unsigned int pick_type(void)
{
	uint32_t at = pick(1000);

	for (size_t i = 0; i < nitems(mix); i++) {
		if (at < mix[i].share)
			return mix[i].type;
		at -= mix[i].share;
	}
	return EV_READ;
}

static void who(struct wire *w, const struct program *p, uint64_t n, unsigned int pid)
{
	wire_uint(w, F_EVT_NUM, n);
	wire_uint(w, F_EVT_RAWTIME, 1700000000000000000ULL + n * 1000);
	wire_uint(w, F_EVT_CPU, n & 3);
	wire_uint(w, F_THREAD_TID, pid);
	wire_uint(w, F_PROC_PID, pid);
	wire_uint(w, F_PROC_PID_TS, 1699999000000000000ULL + pid);
	wire_uint(w, F_PROC_PPID, pid / 2);
	wire_uint(w, F_PROC_PPID_TS, 1699998000000000000ULL + pid);
	wire_cstr(w, F_PROC_NAME, p->name);
	wire_uint(w, F_USER_UID, p->uid);
	wire_uint(w, F_USER_RUID, p->uid);
	wire_uint(w, F_GROUP_GID, p->uid);
	wire_uint(w, F_GROUP_RGID, p->uid);
	wire_uint(w, F_THREAD_CGROUP_ID, 4242);
	wire_uint(w, F_PROC_PIDNS, 4026531836);
	wire_uint(w, F_PROC_MNTNS, 4026531841);
	wire_uint(w, F_PROC_VPID, pid);
	wire_uint(w, F_THREAD_VTID, pid);
	wire_uint(w, F_EVT_SEQ, n);
	wire_uint(w, F_EVT_RING, 1);
}

static void texts(struct wire *w, unsigned int id, const char *a, const char *b, const char *c)
{
	wire_array(w, id, 3);
	wire_item_text(w, a, strlen(a));
	wire_item_text(w, b, strlen(b));
	wire_item_text(w, c, strlen(c));
}

/* What enrich appends: the description of the process and its ancestors. */
static void described(struct wire *w, const struct program *p, unsigned int pid)
{
	size_t n = 0;

	while (n < nitems(p->args) && p->args[n])
		n++;
	wire_cstr(w, F_PROC_EXE, p->exe);
	wire_cstr(w, F_PROC_EXEPATH, p->exe);
	wire_array(w, F_PROC_ARGS, n);
	for (size_t i = 0; i < n; i++)
		wire_item_text(w, p->args[i], strlen(p->args[i]));
	wire_cstr(w, F_PROC_CWD, "/home/ann/src/project/");
	wire_uint(w, F_PROC_TTY, pid % 7 ? 0 : 34816);
	wire_uint(w, F_PROC_SID, pid / 4);
	wire_uint(w, F_PROC_PGID, pid / 2);
	wire_uint(w, F_PROC_VPGID, pid / 2);
	wire_bool(w, F_PROC_IS_EXE_WRITABLE, false);
	wire_bool(w, F_PROC_IS_EXE_UPPER_LAYER, false);
	wire_uint(w, F_PROC_EXE_INO, 123456);
	wire_uint(w, F_PROC_EXE_INO_CTIME, 1690000000000000000ULL);
	wire_uint(w, F_PROC_EXE_INO_MTIME, 1690000000000000000ULL);
	wire_cstr(w, F_THREAD_CAP_EFFECTIVE, "");
	wire_cstr(w, F_THREAD_CAP_PERMITTED, "");
	texts(w, F_PROC_ANAME, "bash", "sshd", "systemd");
	texts(w, F_PROC_AEXE, "-bash", "sshd: ann", "/sbin/init");
	texts(w, F_PROC_AEXEPATH, "/usr/bin/bash", "/usr/sbin/sshd", "/usr/lib/systemd/systemd");
	texts(w, F_PROC_ACMDLINE, "bash", "sshd -D", "systemd --system");
	wire_array(w, F_PROC_APID, 3);
	for (unsigned int i = 2; i < 5; i++)
		wire_item_uint(w, pid / i);
	wire_cstr(w, F_PROC_SNAME, "bash");
	wire_cstr(w, F_USER_NAME, p->user);
	wire_cstr(w, F_GROUP_NAME, p->user);
	wire_cstr(w, F_CONTAINER_ID, "host");
	wire_cstr(w, F_CONTAINER_NAME, "host");
	wire_cstr(w, F_CONTAINER_TYPE, "host");
	wire_cstr(w, F_CONTAINER_IMAGE_REPOSITORY, "");
}

static void file(struct wire *w, unsigned int type)
{
	const char *path = paths[pick(nitems(paths))];

	wire_uint(w, F_FD_NUM, 3 + pick(20));
	wire_cstr(w, F_FD_TYPECHAR, "f");
	wire_cstr(w, F_FD_NAME, path);
	wire_uint(w, F_FD_INO, 1000 + pick(1000));
	wire_uint(w, F_FD_DEV, 0xfe00000);
	if (type != EV_OPENAT)
		return;
	wire_int(w, F_ARG(A_DIRFD), -100);
	wire_cstr(w, F_ARG(A_NAME), path);
	wire_uint(w, F_ARG(A_FLAGS), pick(8) ? 4097 : 4102);
	wire_uint(w, F_ARG(A_MODE), 0644);
}

static void connection(struct wire *w)
{
	static const uint8_t local[] = { 10, 0, 0, 5 }, remote[] = { 10, 0, 0, 9 };

	wire_uint(w, F_FD_NUM, 3 + pick(20));
	wire_cstr(w, F_FD_TYPECHAR, "4");
	wire_cstr(w, F_FD_NAME, "10.0.0.5:40312->10.0.0.9:5432");
	wire_bin(w, F_FD_CIP, local, 4);
	wire_uint(w, F_FD_CPORT, 40312);
	wire_bin(w, F_FD_SIP, remote, 4);
	wire_uint(w, F_FD_SPORT, 5432);
	wire_bin(w, F_FD_LIP, local, 4);
	wire_uint(w, F_FD_LPORT, 40312);
	wire_bin(w, F_FD_RIP, remote, 4);
	wire_uint(w, F_FD_RPORT, 5432);
	wire_cstr(w, F_FD_L4PROTO, "tcp");
	wire_cstr(w, F_FD_SOCKFAMILY, "ip");
	wire_bool(w, F_FD_CONNECTED, true);
	wire_bool(w, F_FD_NAME_CHANGED, false);
}

static void event(struct outq *q, uint64_t n)
{
	const struct program *p = &programs[pick(nitems(programs))];
	unsigned int type = pick_type(), pid = 1000 + pick(300);
	struct wire w;

	if (wire_event(&w, q, KIND_EVENT, type) < 0)
		err(1, "wire_event");
	who(&w, p, n, pid);
	wire_int(&w, F_EVT_RAWRES, pick(20) ? (int64_t)pick(4096) : -2);
	switch (type) {
	case EV_READ:
	case EV_WRITE:
		if (pick(4) == 0)
			connection(&w);
		else
			file(&w, type);
		wire_bin(&w, F_EVT_BUFFER, "0123456789abcdef0123456789abcdef", 32);
		wire_uint(&w, F_ARG(A_SIZE), 4096);
		break;
	case EV_RECVFROM:
	case EV_SENDTO:
	case EV_CONNECT:
	case EV_ACCEPT4:
	case EV_DUP2:
		connection(&w);
		break;
	case EV_RENAME:
		wire_cstr(&w, F_ARG(A_OLDPATH), paths[pick(nitems(paths))]);
		wire_cstr(&w, F_ARG(A_NEWPATH), paths[pick(nitems(paths))]);
		break;
	case EV_UNLINK:
	case EV_STAT:
		wire_cstr(&w, F_ARG(A_PATH), paths[pick(nitems(paths))]);
		break;
	case EV_EXECVE:
	case EV_CLONE:
	case EV_PROCEXIT:
	case EV_FUTEX:
	case EV_POLL:
		break;
	default:
		file(&w, type);
	}
	described(&w, p, pid);
	if (wire_end(&w) < 0)
		err(1, "wire_end");
}

int main(int argc, char **argv)
{
	static struct hello h;
	uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
	struct outq *q = outq_new(1, "standard output", OUTQ_DEFAULT);

	if (!count || !q)
		errx(2, "usage: evgen N");
	hello_local(&h);
	if (hello_write(&h, q) < 0)
		err(1, "hello");
	for (uint64_t n = 1; n <= count; n++) {
		if (outq_full(q) && outq_drain(q, -1) < 0)
			err(1, "standard output");
		event(q, n);
	}
	if (end_write("evgen", true, q) < 0 || outq_drain(q, -1) < 0)
		err(1, "standard output");
	return 0;
}
