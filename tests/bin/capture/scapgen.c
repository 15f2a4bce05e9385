// SPDX-License-Identifier: BSD-2-Clause
/*
 * scapgen [-n EVENTS] [-m files|execs|mixed] [-p PROCESSES] >FILE.scap: a capture
 * to measure with, as sysdig would write it: a process list, then processes that
 * open, read and close files (files), or are born, execute, open a library or
 * two and end (execs), or both. The same arguments give the same bytes.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CODE_OPENAT = 307,
	CODE_READ = 7,
	CODE_CLOSE = 5,
	CODE_CLONE = 223,
	CODE_EXECVE = 293,
	CODE_EXIT = 186,
	CODE_FSTAT = 71,
	CODE_MMAP = 161,
	BLOCK_EVENT = 0x216
};

static uint64_t now = 1700000000000000000ULL, left;
static uint64_t seed = 88172645463325252ULL;

static uint8_t buf[65536];
static size_t used;

static uint64_t rnd(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static void put(const void *p, size_t n)
{
	memcpy(buf + used, p, n);
	used += n;
}

static void u8(uint8_t v)
{
	put(&v, sizeof(v));
}
static void u16(uint16_t v)
{
	put(&v, sizeof(v));
}
static void u32(uint32_t v)
{
	put(&v, sizeof(v));
}
static void u64(uint64_t v)
{
	put(&v, sizeof(v));
}

static void text(const char *s)
{
	u16((uint16_t)strlen(s));
	put(s, strlen(s));
}

/* Write what is in buf as a block. */
static void block(uint32_t type)
{
	static const uint8_t zeros[4];
	uint32_t pad = (uint32_t)(-used & 3), len = (uint32_t)used + pad + 12;

	if (fwrite(&type, 4, 1, stdout) != 1 || fwrite(&len, 4, 1, stdout) != 1 ||
	    (used && fwrite(buf, used, 1, stdout) != 1) ||
	    (pad && fwrite(zeros, pad, 1, stdout) != 1) || fwrite(&len, 4, 1, stdout) != 1)
		err(1, "standard output");
	used = 0;
}

/* A parameter of an event: a number of some width, or bytes. */
struct arg {
	uint16_t len;
	uint64_t v;
	const char *s;
};

#define N(width, value)                                                                            \
	{                                                                                          \
		.len = (width), .v = (uint64_t)(value)                                             \
	}
#define S(str)                                                                                     \
	{                                                                                          \
		.len = (uint16_t)(strlen(str) + 1), .s = (str)                                     \
	}
#define B(bytes, n)                                                                                \
	{                                                                                          \
		.len = (n), .s = (bytes)                                                           \
	}

static void event(uint16_t code, uint64_t tid, const struct arg *a, uint32_t n)
{
	uint32_t len = 26 + 2 * n;

	for (uint32_t i = 0; i < n; i++)
		len += a[i].len;
	now += 500 + rnd(2000);
	u16((uint16_t)(tid % 4));
	u64(now);
	u64(tid);
	u32(len);
	u16(code);
	u32(n);
	for (uint32_t i = 0; i < n; i++)
		u16(a[i].len);
	for (uint32_t i = 0; i < n; i++)
		put(a[i].s ? (const void *)a[i].s : &a[i].v, a[i].len);
	block(BLOCK_EVENT);
	left -= left > 0;
}

static void head(void)
{
	char host[128] = "scapgen";

	u32(0x1a2b3c4d);
	u16(1);
	u16(2);
	u64(UINT64_MAX);
	block(0x0a0d0d0a);
	u32(4);
	u64(8ULL << 30);
	u64(4194304);
	put(host, sizeof(host));
	u64(1699990000000000000ULL);
	u64(0);
	u64(0);
	u64(0);
	block(0x201);
}

static const char env[] = "PATH=/usr/local/bin:/usr/bin:/bin\0HOME=/root\0LANG=C.UTF-8\0TERM=xterm";
static const char cgroups[] = "cpuset=/\0cpu=/system.slice/app.service\0"
			      "memory=/system.slice/app.service";

static void process(uint64_t pid, uint64_t ppid, const char *comm, const char *exe)
{
	size_t start = used;
	uint32_t len;

	u32(0);
	u64(pid);
	u64(pid);
	u64(ppid);
	u64(1);
	u64(pid);
	text(comm);
	text(exe);
	text(exe);
	u16(8);
	put("-d\0/srv\0", 8);
	text("/srv/");
	u64(1024);
	u32(0);
	u32(pid % 3 ? 1000 : 0);
	u32(pid % 3 ? 1000 : 0);
	u32(20000);
	u32(4000);
	u32(0);
	u64(0);
	u64(100);
	u16(sizeof(env));
	put(env, sizeof(env));
	u64(pid);
	u64(pid);
	u16(sizeof(cgroups));
	put(cgroups, sizeof(cgroups));
	text("/");
	u64(1699990000000000000ULL);
	u32(0);
	u32(UINT32_MAX);
	u8(0);
	u64(0);
	u64(0);
	u64(0);
	u8(0);
	u64(4711);
	u64(1699990000000000000ULL);
	u64(1699990000000000000ULL);
	u8(0);
	u8(0);
	u64(pid);
	len = (uint32_t)(used - start);
	memcpy(buf + start, &len, 4);
}

static void lists(unsigned int processes)
{
	process(1, 0, "init", "/sbin/init");
	process(2, 1, "supervisor", "/usr/bin/supervisor");
	for (unsigned int i = 0; i < processes; i++) {
		if (used > sizeof(buf) / 2)
			block(0x215);
		process(100 + i, 2, "worker", "/usr/bin/worker");
	}
	block(0x215);
	u8(0);
	u32(1000);
	u32(1000);
	text("app");
	text("/home/app");
	text("/bin/sh");
	block(0x206);
}

static void open_read_close(uint64_t pid)
{
	char path[80];
	uint64_t fd = 3 + rnd(20);
	const struct arg fds = N(8, fd);

	snprintf(path, sizeof(path), "/srv/data/%02u/file-%04u.txt", (unsigned int)rnd(50),
		 (unsigned int)rnd(5000));
	event(CODE_OPENAT, pid,
	      (struct arg[]){ fds, N(8, -100), S(path), N(4, 1 | 4096), N(4, 0), N(4, 0x801),
			      N(8, rnd(1u << 30)) },
	      7);
	event(CODE_FSTAT, pid, (struct arg[]){ N(8, 0), fds }, 2);
	event(CODE_READ, pid,
	      (struct arg[]){ N(8, 64),
			      B("0123456789abcdef0123456789abcdef"
				"0123456789abcdef0123456789abcdef",
				64),
			      fds, N(4, 4096) },
	      4);
	event(CODE_CLOSE, pid, (struct arg[]){ N(8, 0), fds }, 2);
}

static void clone_of(uint64_t tid, uint64_t pid, uint64_t ppid, uint64_t res)
{
	event(CODE_CLONE, tid, (struct arg[]){ N(8, res), S("worker"), B("-d\0/srv", 8),
					       N(8, tid), N(8, pid),   N(8, ppid),
					       S(""),	  N(8, 1024),  N(8, 0),
					       N(8, 10),  N(4, 20000), N(4, 4000),
					       N(4, 0),	  S("worker"), B(cgroups, sizeof(cgroups)),
					       N(4, 0),	  N(4, 1000),  N(4, 1000),
					       N(8, tid), N(8, pid),   N(8, 0) },
	      21);
}

static void live_and_die(uint64_t parent, uint64_t pid)
{
	clone_of(parent, parent, 2, pid);
	clone_of(pid, pid, parent, 0);
	event(CODE_EXECVE, pid,
	      (struct arg[]){ N(8, 0),
			      S("ls"),
			      B("-l\0/srv", 8),
			      N(8, pid),
			      N(8, pid),
			      N(8, parent),
			      S(""),
			      N(8, 1024),
			      N(8, 0),
			      N(8, 20),
			      N(4, 6000),
			      N(4, 900),
			      N(4, 0),
			      S("ls"),
			      B(cgroups, sizeof(cgroups)),
			      B(env, sizeof(env)),
			      N(4, 0),
			      N(8, pid),
			      N(4, -1),
			      N(4, 0),
			      N(8, 0),
			      N(8, 0),
			      N(8, 0),
			      N(8, 815),
			      N(8, now - 1000),
			      N(8, now - 2000),
			      N(4, 1000),
			      S("/usr/bin/ls"),
			      N(8, pid),
			      N(4, 1000),
			      S("/usr/bin/ls") },
	      31);
	event(CODE_MMAP, pid,
	      (struct arg[]){ N(8, 0x7f0000001000), N(4, 6100), N(4, 950), N(4, 0), N(8, 0),
			      N(8, 8192), N(4, 3), N(4, 10), N(8, -1), N(8, 0) },
	      10);
	open_read_close(pid);
	event(CODE_EXIT, pid, (struct arg[]){ N(8, 0), N(8, 0), N(1, 0), N(1, 0), N(8, 0) }, 5);
}

int main(int argc, char **argv)
{
	unsigned int processes = 200;
	const char *mode = "mixed";
	uint64_t next = 10000;
	int c;

	left = 1000000;
	while ((c = getopt(argc, argv, "n:m:p:")) != -1) {
		switch (c) {
		case 'n':
			left = strtoull(optarg, NULL, 10);
			break;
		case 'm':
			mode = optarg;
			break;
		case 'p':
			processes = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		default:
			return 2;
		}
	}
	if (isatty(STDOUT_FILENO) || !processes)
		errx(2, "usage: scapgen [-n EVENTS] [-m files|execs|mixed] [-p PROCESSES] >FILE");
	head();
	lists(processes);
	while (left) {
		uint64_t pid = 100 + rnd(processes);

		if (*mode == 'e' || (*mode == 'm' && rnd(8) == 0)) {
			live_and_die(pid, next++);
			if (next > 4000000)
				next = 10000;
		} else {
			open_read_close(pid);
		}
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
