// SPDX-License-Identifier: BSD-2-Clause
/*
 * uring: open, make a directory, rename, remove and connect through io_uring, with
 * no system call of that name. Status 77 if this kernel has no io_uring.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* numbers that the headers of Debian 12 have not all */
enum { OP_CONNECT = 16, OP_OPENAT = 18, OP_RENAMEAT = 35, OP_UNLINKAT = 36, OP_MKDIRAT = 37 };

static int ring;
static struct io_uring_params params;
static struct io_uring_sqe *sqes;
static unsigned char *sq;

static void setup(void)
{
	ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (ring == -1)
		_exit(77);
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || sqes == MAP_FAILED)
		err(1, "mmap");
}

static void submit(const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(sq + params.sq_off.tail);
	unsigned int *array = (unsigned int *)(sq + params.sq_off.array);
	unsigned int i = *tail & (params.sq_entries - 1);

	sqes[i] = *sqe;
	array[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		err(1, "io_uring_enter");
}

/* a request on a name: in the directory AT_FDCWD unless fd says another */
static struct io_uring_sqe on_name(int op, const char *name)
{
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	sqe.opcode = (unsigned char)op;
	sqe.fd = AT_FDCWD;
	sqe.addr = (unsigned long)name;
	return sqe;
}

int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct io_uring_sqe sqe;

	setup();
	sqe = on_name(OP_OPENAT, "made");
	sqe.open_flags = O_RDWR | O_CREAT;
	sqe.len = 0640;
	submit(&sqe);
	sqe = on_name(OP_MKDIRAT, "dir");
	sqe.len = 0700;
	submit(&sqe);
	sqe = on_name(OP_RENAMEAT, "made");
	sqe.addr2 = (unsigned long)"renamed";
	sqe.len = (unsigned int)AT_FDCWD;
	submit(&sqe);
	sqe = on_name(OP_UNLINKAT, "renamed");
	submit(&sqe);
	sqe = on_name(OP_CONNECT, NULL);
	sqe.fd = socket(AF_INET, SOCK_DGRAM, 0);
	sqe.addr = (unsigned long)&a;
	sqe.off = sizeof(a);
	submit(&sqe);
	return access("renamed", F_OK) == 0; /* it was removed */
}
