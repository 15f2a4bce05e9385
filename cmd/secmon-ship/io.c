// SPDX-License-Identifier: BSD-2-Clause
/* The descriptors of all sinks behind one. */
#include <errno.h>
#include <stddef.h>

#include "cmd/secmon-ship/io.h"

enum { IO_BATCH = 64 };

static int set = -1;
/* what io_dispatch() is working through, so that io_forget() can take it out */
static struct epoll_event ready[IO_BATCH];
static int nready;

int io_open(void)
{
	if (set == -1)
		set = epoll_create1(EPOLL_CLOEXEC);
	return set;
}

int io_want(struct io *io, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = io };

	if (!events) {
		io_forget(io);
		return 0;
	}
	if (epoll_ctl(set, EPOLL_CTL_MOD, io->fd, &ev) == 0)
		return 0;
	return errno == ENOENT ? epoll_ctl(set, EPOLL_CTL_ADD, io->fd, &ev) : -1;
}

void io_forget(struct io *io)
{
	if (io->fd >= 0)
		epoll_ctl(set, EPOLL_CTL_DEL, io->fd, NULL);
	for (int i = 0; i < nready; i++)
		if (ready[i].data.ptr == io)
			ready[i].data.ptr = NULL;
}

void io_dispatch(void)
{
	nready = epoll_wait(set, ready, IO_BATCH, 0);
	for (int i = 0; i < nready; i++) {
		struct io *io = ready[i].data.ptr;

		if (io)
			io->ready(io, ready[i].events);
	}
	nready = 0;
}
