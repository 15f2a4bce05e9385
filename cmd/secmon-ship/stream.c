// SPDX-License-Identifier: BSD-2-Clause
/* Deliveries as bytes into a descriptor. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/dump.h"
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

static void go_on(struct stream *st);

static void on_ready(struct io *io, uint32_t events)
{
	struct stream *st = (struct stream *)((char *)io - offsetof(struct stream, io));

	if (st->b)
		go_on(st);
	else
		io_forget(io);
}

void stream_set(struct stream *st, const struct sink *s, int fd, bool begins)
{
	size_t len;

	st->io.fd = fd;
	st->io.ready = on_ready;
	st->head_left = 0;
	if (begins && s->conf->format == &format_msgpack && !s->events) {
		dump_hello_bytes(&len);
		st->head_left = len;
	}
}

void stream_end(struct stream *st, const struct sink *s)
{
	uint8_t buf[64];
	size_t len;

	if (st->io.fd == -1 || st->b || st->head_left || s->events ||
	    s->conf->format != &format_msgpack)
		return;
	len = dump_end_object(sink_lost(s) == 0, buf, sizeof(buf));
	/* what does not go at once will be noticed by whoever reads: there is no END */
	if (write(st->io.fd, buf, len) != (ssize_t)len)
		return;
}

/* The next bytes to write: of HELLO, then of the delivery. */
static ssize_t write_some(struct stream *st)
{
	struct batch *b = st->b;
	size_t len;
	const uint8_t *head;
	ssize_t n;

	if (!st->head_left)
		return write(st->io.fd, b->body.p + b->sent, b->body.len - b->sent);
	head = dump_hello_bytes(&len);
	n = write(st->io.fd, head + len - st->head_left, st->head_left);
	if (n > 0)
		st->head_left -= (size_t)n;
	return n;
}

static void go_on(struct stream *st)
{
	struct batch *b = st->b;

	while (b->sent < b->body.len) {
		bool head = st->head_left > 0;
		ssize_t n = write_some(st);

		if (n > 0) {
			b->sent += head ? 0 : (size_t)n;
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

void stream_send(struct stream *st, struct batch *b)
{
	st->b = b;
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
