/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a stream: a bounded buffer, written out when the reader takes it. */
#ifndef COMMON_OUTQ_H
#define COMMON_OUTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outq;

enum {
	OUTQ_MIN = 128 * 1024, /* two objects of the largest size */
	OUTQ_DEFAULT = 1024 * 1024,
	OUTQ_MAX = 64 * 1024 * 1024
};

/*
 * outq_new(fd, name, bytes): a queue of at most bytes in front of fd, which it
 * does not own and makes non-blocking. fd -1: a queue that throws away what is
 * flushed. NULL with ENOMEM, or EINVAL for bytes outside OUTQ_MIN..OUTQ_MAX.
 */
struct outq *outq_new(int fd, const char *name, size_t bytes);
void outq_free(struct outq *q);

/*
 * outq_restore(q): make the fd block again if it did before outq_new(): others
 * may have the same pipe open. To be called last of all; outq_free() does it.
 */
void outq_restore(struct outq *q);

/*
 * outq_room(q, len): where len bytes (at most OUTQ_MIN / 2) can be put, or NULL
 * with EAGAIN if there is no room until more is flushed.
 */
uint8_t *outq_room(struct outq *q, size_t len);

/* outq_commit(q, len): the first len bytes of outq_room() are part of the stream now. */
void outq_commit(struct outq *q, size_t len);

/*
 * outq_tap(q, tap, arg): from now on show tap() the bytes of each commit, which
 * is a whole object, before they are queued. NULL: no more.
 */
void outq_tap(struct outq *q, void (*tap)(void *arg, const void *buf, size_t len), void *arg);

/*
 * outq_flush(q): write what the fd takes now. 0, also if some is left, or -1
 * with errno (EPIPE: the reader has gone).
 */
int outq_flush(struct outq *q);

/* outq_drain(q, timeout_ms): flush, waiting for the reader. 0, or -1 with errno or ETIMEDOUT. */
int outq_drain(struct outq *q, int timeout_ms);

/* outq_pending(q): bytes that wait to be written. */
size_t outq_pending(const struct outq *q);

/* outq_full(q): true when an object of the largest size would not fit. */
bool outq_full(const struct outq *q);

/* outq_fd(q): to be polled; q owns it. */
int outq_fd(const struct outq *q);
const char *outq_name(const struct outq *q);

#endif
