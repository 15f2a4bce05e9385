/* SPDX-License-Identifier: BSD-2-Clause */
/* The descriptors of all sinks behind one: an epoll set that the loop polls. */
#ifndef SHIP_IO_H
#define SHIP_IO_H

#include <stdint.h>
#include <sys/epoll.h>

/* Somebody who waits for a descriptor; embedded in what owns the descriptor. */
struct io {
	int fd;
	void (*ready)(struct io *io, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
};

/* io_open(): once, before any sink opens. The descriptor to poll, or -1 with errno. */
int io_open(void);

/* io_want(io, events): wait for these from now on; 0 stops waiting. 0, or -1 with errno. */
int io_want(struct io *io, uint32_t events);

/* io_forget(io): before its descriptor is closed. */
void io_forget(struct io *io);

/* io_dispatch(): call whoever is ready. Handlers may add and forget any io. */
void io_dispatch(void);

#endif
