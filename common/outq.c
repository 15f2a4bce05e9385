// SPDX-License-Identifier: BSD-2-Clause
/* A bounded output buffer. */
#include "common/outq.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/compat.h"

/*
 * Bytes between head and tail wait to be written. One span, not a ring: an
 * object must lie in one piece, so what is left moves to the front when the
 * end is near, at most once per half buffer written.
 */
struct outq {
	int fd;
	int flags; /* of fd, as they were, if we changed them; else -1 */
	size_t head, tail, size;
	char *name;
	uint8_t *buf;
	void (*tap)(void *arg, const void *buf, size_t len);
	void *tap_arg;
};

struct outq *outq_new(int fd, const char *name, size_t bytes)
{
	struct outq *q;

	if (bytes < OUTQ_MIN || bytes > OUTQ_MAX) {
		errno = EINVAL;
		return NULL;
	}
	q = calloc(1, sizeof(*q));
	if (!q)
		return NULL;
	q->fd = fd;
	q->flags = -1;
	q->size = bytes;
	q->name = strdup(name);
	q->buf = malloc(bytes);
	if (!q->name || !q->buf) {
		outq_free(q);
		errno = ENOMEM;
		return NULL;
	}
	if (fd != -1) {
		int flags = fcntl(fd, F_GETFL);

		if (flags != -1 && !(flags & O_NONBLOCK) &&
		    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
			q->flags = flags;
	}
	return q;
}

void outq_restore(struct outq *q)
{
	if (q->flags != -1)
		fcntl(q->fd, F_SETFL, q->flags);
	q->flags = -1;
}

void outq_free(struct outq *q)
{
	if (!q)
		return;
	outq_restore(q);
	free(q->name);
	free(q->buf);
	free(q);
}

uint8_t *outq_room(struct outq *q, size_t len)
{
	if (q->size - q->tail >= len)
		return q->buf + q->tail;
	if (q->size - (q->tail - q->head) < len || q->head < q->size / 2) {
		errno = EAGAIN;
		return NULL;
	}
	memmove(q->buf, q->buf + q->head, q->tail - q->head);
	q->tail -= q->head;
	q->head = 0;
	return q->buf + q->tail;
}

void outq_commit(struct outq *q, size_t len)
{
	if (q->tap)
		q->tap(q->tap_arg, q->buf + q->tail, len);
	q->tail += len;
}

void outq_tap(struct outq *q, void (*tap)(void *arg, const void *buf, size_t len), void *arg)
{
	q->tap = tap;
	q->tap_arg = arg;
}

int outq_flush(struct outq *q)
{
	while (q->head < q->tail) {
		ssize_t n = q->fd == -1 ? (ssize_t)(q->tail - q->head)
					: write(q->fd, q->buf + q->head, q->tail - q->head);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n == -1)
			return -1;
		if (n == 0)
			return 0;
		q->head += (size_t)n;
	}
	q->head = q->tail = 0;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int outq_drain(struct outq *q, int timeout_ms)
{
	int64_t until = now_ms() + timeout_ms;

	for (;;) {
		struct pollfd p = { .fd = q->fd, .events = POLLOUT };
		int64_t left = until - now_ms();

		if (outq_flush(q) == -1)
			return -1;
		if (!outq_pending(q))
			return 0;
		if (left <= 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (poll(&p, 1, (int)left) == -1 && errno != EINTR)
			return -1;
	}
}

size_t outq_pending(const struct outq *q)
{
	return q->tail - q->head;
}

bool outq_full(const struct outq *q)
{
	return q->size - q->tail < OUTQ_MIN / 2 &&
	       (q->head < q->size / 2 || q->size - (q->tail - q->head) < OUTQ_MIN / 2);
}

int outq_fd(const struct outq *q)
{
	return q->fd;
}

const char *outq_name(const struct outq *q)
{
	return q->name;
}
