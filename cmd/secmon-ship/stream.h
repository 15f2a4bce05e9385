/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deliveries as bytes into a descriptor: files, pipes, sockets. A stream of format
 * msgpack begins with HELLO and ends with END, so that any stage can read it.
 */
#ifndef SHIP_STREAM_H
#define SHIP_STREAM_H

#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/sink.h"

struct stream {
	struct io io;	  /* io.fd: the descriptor, or -1 while there is none */
	struct batch *b;  /* under way */
	bool waits;	  /* for room in the descriptor */
	size_t head_left; /* bytes of HELLO that are not written yet */
	/* the descriptor failed with errno while b was under way, b->sent bytes gone. */
	void (*failed)(struct stream *st, int error);
	/* b is written; NULL: that means delivered */
	void (*written)(struct stream *st);
	void *owner;
};

/* stream_set(st, s, fd, begins): use fd, the caller's before; begins: it needs its HELLO. */
void stream_set(struct stream *st, const struct sink *s, int fd, bool begins);

/* stream_end(st, s): END, if the format has it and the descriptor takes it at once. */
void stream_end(struct stream *st, const struct sink *s);

/* stream_send(st, b): write as much as goes now, and the rest when there is room. */
void stream_send(struct stream *st, struct batch *b);

/* stream_close(st): close the descriptor; a delivery under way stays the caller's. */
void stream_close(struct stream *st);

/* stream_why(buf, len, target, error): "TARGET: No space left on device" in buf. */
const char *stream_why(char *buf, size_t len, const char *target, int error);

#endif
