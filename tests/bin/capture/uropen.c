// SPDX-License-Identifier: BSD-2-Clause
/*
 * uropen HOW FILE [N]: open FILE through io_uring, N times (1):
 *	plain		for a descriptor
 *	direct		as a registered file, which has no descriptor
 *	async		by a worker of the ring
 *	silent		with no completion if it succeeds
 *	unread		with completions that nobody reads, more than there is room for
 * Status 77 if this kernel has no io_uring.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* numbers that the headers of Debian 12 have not all */
enum { OPENAT = 18, ASYNC = 1 << 4, SILENT = 1 << 6, ENTRIES = 4 };

static int ring;
static struct io_uring_params params;
static struct io_uring_sqe *sqes;
static unsigned char *sq, *cq;

static void setup(void)
{
	int none = -1;

	ring = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring == -1)
		exit(77);
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
		err(1, "mmap");
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &none, 1) == -1)
		err(1, "register files");
}

static void submit(const struct io_uring_sqe *sqe, unsigned int wait)
{
	unsigned int *tail = (unsigned int *)(sq + params.sq_off.tail);
	unsigned int *array = (unsigned int *)(sq + params.sq_off.array);
	unsigned int i = *tail & (params.sq_entries - 1);

	sqes[i] = *sqe;
	array[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, wait, wait ? IORING_ENTER_GETEVENTS : 0, NULL,
		    0) != 1)
		err(1, "io_uring_enter");
}

static void reap(void)
{
	unsigned int *head = (unsigned int *)(cq + params.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	int res = cqes[*head & (params.cq_entries - 1)].res;

	if (res < 0)
		errx(1, "open: %s", strerror(-res));
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
}

int main(int argc, char **argv)
{
	struct io_uring_sqe sqe = { .opcode = OPENAT, .fd = AT_FDCWD };
	int n = argc > 3 ? atoi(argv[3]) : 1;
	unsigned int wait;

	if (argc < 3)
		errx(2, "usage: uropen HOW FILE [N]");
	wait = strcmp(argv[1], "silent") != 0 && strcmp(argv[1], "unread") != 0;
	setup();
	sqe.addr = (unsigned long)argv[2];
	if (strcmp(argv[1], "direct") == 0)
		sqe.file_index = 1;
	else if (strcmp(argv[1], "async") == 0)
		sqe.flags = ASYNC;
	else if (strcmp(argv[1], "silent") == 0)
		sqe.flags = SILENT;
	for (int i = 0; i < n; i++) {
		submit(&sqe, wait);
		if (wait)
			reap();
	}
	return 0;
}
