// SPDX-License-Identifier: BSD-2-Clause
/* Deliveries as bytes into a descriptor. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/stream.h"

static void finish(struct stream *st)
{
	struct batch *b = st->b;

	if (st->waits)
		io_forget(&st->io);
	st->waits = false;
	if (st->written) {
		st->written(st);
		return;
	}
	st->b = NULL;
	sink_done(b, SINK_DELIVERED, 0, NULL);
}

static void fail(struct stream *st, int error)
{
	if (st->waits)
		io_forget(&st->io);
	st->waits = false;
	st->failed(st, error);
}

static void go_on(struct stream *st)
{
	struct batch *b = st->b;

	while (b->sent < b->body.len) {
		ssize_t n = write(st->io.fd, b->body.p + b->sent, b->body.len - b->sent);

		if (n > 0) {
			b->sent += (size_t)n;
		} else if (n == -1 && errno == EINTR) {
			continue;
		} else if (n == -1 && errno == EAGAIN) {
			st->waits = true;
			if (io_want(&st->io, EPOLLOUT) == -1)
				fail(st, errno);
			return;
		} else {
			fail(st, n == 0 ? EIO : errno);
			return;
		}
	}
	finish(st);
}

static void on_ready(struct io *io, uint32_t events)
{
	struct stream *st = (struct stream *)((char *)io - offsetof(struct stream, io));

	if (st->b)
		go_on(st);
	else
		io_forget(io);
}

void stream_send(struct stream *st, struct batch *b)
{
	st->b = b;
	st->io.ready = on_ready;
	go_on(st);
}

void stream_close(struct stream *st)
{
	if (st->io.fd == -1)
		return;
	io_forget(&st->io);
	st->waits = false;
	close(st->io.fd);
	st->io.fd = -1;
}

const char *stream_why(char *buf, size_t len, const char *target, int error)
{
	snprintf(buf, len, "%s: %s", target, strerror(error));
	return buf;
}
