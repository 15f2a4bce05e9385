// SPDX-License-Identifier: BSD-2-Clause
/*
 * uring DIR: what io_uring can do in place of system calls, with no system call
 * of that name (calls.h). Status 77 if this kernel has no io_uring.
 */
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "calls.h"

/* numbers that the headers of Debian 12 have not all */
enum {
	OP_SENDMSG = 9,
	OP_ACCEPT = 13,
	OP_CONNECT = 16,
	OP_OPENAT = 18,
	OP_CLOSE = 19,
	OP_SEND = 26,
	OP_RECV = 27,
	OP_OPENAT2 = 28,
	OP_SHUTDOWN = 34,
	OP_RENAMEAT = 35,
	OP_UNLINKAT = 36,
	OP_MKDIRAT = 37,
	OP_SYMLINKAT = 38,
	OP_LINKAT = 39,
	OP_SOCKET = 45,
	OP_BIND = 56,
	OP_LISTEN = 57,
	FIXED_FILE = 1
};

static int ring;
static struct io_uring_params params;
static struct io_uring_sqe *sqes;
static unsigned char *sq, *cq;

static void setup(void)
{
	ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (ring == -1)
		_exit(77);
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
		err(1, "mmap");
}

/* the request's result */
static int submit(const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(sq + params.sq_off.tail);
	unsigned int *array = (unsigned int *)(sq + params.sq_off.array);
	unsigned int *head = (unsigned int *)(cq + params.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	unsigned int i = *tail & (params.sq_entries - 1);
	int res;

	sqes[i] = *sqe;
	array[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		err(1, "io_uring_enter");
	res = cqes[*head & (params.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static struct io_uring_sqe request(int op, int fd, const void *addr, unsigned int len)
{
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	sqe.opcode = (unsigned char)op;
	sqe.fd = fd;
	sqe.addr = (unsigned long)addr;
	sqe.len = len;
	return sqe;
}

/* what expect() says, of an event that has no result yet */
#define uring(type, fmt, ...) expect(type, NO_RESULT, "'evt.hook': 'io_uring', " fmt, ##__VA_ARGS__)

/* ... that has: its file is known at the end */
#define opened(type, res, fmt) expect(type, res, "'evt.hook': 'io_uring', " fmt)

static void names(void)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { O_RDONLY, 0, 4 };
	struct io_uring_sqe sqe = request(OP_OPENAT, AT_FDCWD, "made", 0640);

	sqe.open_flags = O_RDWR | O_CREAT;
	opened("openat", submit(&sqe),
	       "'@dirfd': -100, '@name': 'made', '@flags': 18439, '@mode': 416, 'fd.name': "
	       "'$/made'");
	sqe = request(OP_OPENAT2, AT_FDCWD, "made", sizeof(how));
	sqe.off = (unsigned long)&how;
	opened("openat2", submit(&sqe),
	       "'@name': 'made', '@flags': 2049, '@resolve': 8, 'fd.name': '$/made'");
	sqe = request(OP_OPENAT, AT_FDCWD, "nosuch", 0);
	opened("openat", submit(&sqe), "'@name': 'nosuch', 'fd.name': '$/nosuch'");
	sqe = request(OP_MKDIRAT, AT_FDCWD, "dir", 0700);
	submit(&sqe);
	uring("mkdirat", "'@path': 'dir', '@mode': 448, 'fs.path.name': '$/dir'");
	sqe = request(OP_LINKAT, AT_FDCWD, "made", (unsigned int)AT_FDCWD);
	sqe.addr2 = (unsigned long)"hard";
	submit(&sqe);
	uring("linkat", "'@oldpath': 'made', '@newpath': 'hard', '@olddir': -100, '@newdir': -100, "
			"'fs.path.source': '$/hard', 'fs.path.target': '$/made'");
	sqe = request(OP_SYMLINKAT, AT_FDCWD, "made", 0);
	sqe.addr2 = (unsigned long)"soft";
	submit(&sqe);
	uring("symlinkat", "'@target': 'made', '@linkpath': 'soft', '@linkdirfd': -100, "
			   "'fs.path.source': '$/soft'");
	sqe = request(OP_RENAMEAT, AT_FDCWD, "made", (unsigned int)AT_FDCWD);
	sqe.addr2 = (unsigned long)"renamed";
	submit(&sqe);
	uring("renameat2", "'fs.path.source': '$/made', 'fs.path.target': '$/renamed'");
	sqe = request(OP_UNLINKAT, AT_FDCWD, "renamed", 0);
	submit(&sqe);
	uring("unlinkat", "'@name': 'renamed', 'fs.path.name': '$/renamed', 'proc.name': 'uring'");
	if (access("renamed", F_OK) == 0)
		errx(1, "nothing was removed");
}

/* with the descriptor, and with the same socket registered: that has no number */
static void addresses(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a) };
	int u = socket(AF_INET, SOCK_DGRAM, 0), files[2] = { -1, u };
	struct io_uring_sqe sqe = request(OP_SENDMSG, u, &m, 1);

	submit(&sqe);
	uring("sendmsg", "'@fd': %d, 'fd.num': %d, 'fd.sport': 9, 'fd.l4proto': 'udp'", u, u);
	sqe = request(OP_SEND, u, "abc", 3);
	sqe.off = (unsigned long)&a;
	sqe.file_index = 0;
	((unsigned short *)&sqe)[22] = sizeof(a); /* addr_len */
	if (submit(&sqe) == 3)
		uring("sendto", "'@fd': %d, '@size': 3, 'fd.sport': 9", u);
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, files, 2) == 0) {
		a.sin_port = htons(11);
		sqe = request(OP_SENDMSG, 1, &m, 1);
		sqe.flags = FIXED_FILE;
		submit(&sqe);
		uring("sendmsg", "'fd.sport': 11, 'fd.l4proto': 'udp'");
		a.sin_port = htons(9);
	}
	sqe = request(OP_CONNECT, u, &a, 0);
	sqe.off = sizeof(a);
	submit(&sqe);
	uring("connect", "'@addr': '127.0.0.1:9', '@fd': %d, 'fd.l4proto': 'udp'", u);
	sqe = request(OP_SHUTDOWN, u, NULL, 2);
	submit(&sqe);
	uring("shutdown", "'@how': 2, '@fd': %d", u);
	sqe = request(OP_CLOSE, u, NULL, 0);
	submit(&sqe);
	uring("close", "'@fd': %d", u);
}

static int port_of(int s)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	return getsockname(s, (struct sockaddr *)&a, &len) == 0 ? ntohs(a.sin_port) : -1;
}

static void streams(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct io_uring_sqe sqe = request(OP_SOCKET, AF_INET, NULL, 0);
	socklen_t len = sizeof(a);
	int s, c;

	sqe.off = SOCK_STREAM;
	s = submit(&sqe);
	if (s >= 0)
		uring("socket", "'@domain': 2, '@type': 1, '@proto': 0");
	else
		s = socket(AF_INET, SOCK_STREAM, 0);
	sqe = request(OP_BIND, s, &a, 0);
	sqe.off = sizeof(a);
	if (submit(&sqe) == 0)
		uring("bind", "'@fd': %d, '@addr': '127.0.0.1:0'", s);
	else
		bind(s, (struct sockaddr *)&a, sizeof(a));
	sqe = request(OP_LISTEN, s, NULL, 3);
	if (submit(&sqe) == 0)
		uring("listen", "'@fd': %d, '@backlog': 3, 'fd.sport': %d", s, port_of(s));
	else
		listen(s, 3);
	c = socket(AF_INET, SOCK_STREAM, 0);
	getsockname(s, (struct sockaddr *)&a, &len);
	if (connect(c, (struct sockaddr *)&a, len) == -1)
		err(1, "connect");
	sqe = request(OP_ACCEPT, s, NULL, 0);
	submit(&sqe);
	uring("accept4", "'fd.sport': %d, 'fd.typechar': '2'", port_of(s));
	sqe = request(OP_SEND, c, "hi", 2);
	submit(&sqe);
	uring("sendto", "'@size': 2, 'fd.sport': %d", port_of(s));
}

int main(int argc, char **argv)
{
	calls_begin(argc, argv);
	setup();
	names();
	addresses();
	streams();
	return fclose(out) ? 1 : 0;
}
