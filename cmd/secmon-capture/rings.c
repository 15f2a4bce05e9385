// SPDX-License-Identifier: BSD-2-Clause
/* Merging the rings. */
#include "rings.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/*
 * One ring, and where its writers were at the two looks of rings_look().
 *
 * What a program writes bears the time when it began, and a program that began
 * after another had ended finds that one's record in its ring. So if a record
 * lies before its ring's first mark, every record that it depends on (of the same
 * process, of its parent's fork) lies before the second mark of the ring that it is in, and
 * has an earlier time, and so has whatever is in front of it there. Hence: of the
 * records before the second marks take the one with the earliest time, as long as it
 * lies before a first mark.
 */
struct source {
	struct ring *ring;
	uint64_t first, second;
	/* its next record, if it was looked at: a record's header is in other CPUs' caches */
	const void *record;
	size_t len;
};

struct rings {
	struct source *source;
	size_t n;
	struct source *next; /* shown by rings_next() */
	int epoll;
};

static int open_source(struct rings *r, const struct probes *p, size_t i)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	size_t bytes;
	int fd = probes_ring(p, i, &bytes);

	r->source[i].ring = ring_open(fd, bytes);
	if (!r->source[i].ring)
		return -1;
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &ev);
}

struct rings *rings_open(const struct probes *p)
{
	struct rings *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return NULL;
	r->n = probes_rings(p);
	r->source = calloc(r->n, sizeof(*r->source));
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!r->source || r->epoll == -1)
		goto err;
	for (size_t i = 0; i < r->n; i++)
		if (open_source(r, p, i) == -1)
			goto err;
	return r;
err:
	e = errno;
	rings_close(r);
	errno = e;
	return NULL;
}

void rings_close(struct rings *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->source && i < r->n; i++)
		ring_close(r->source[i].ring);
	if (r->epoll != -1)
		close(r->epoll);
	free(r->source);
	free(r);
}

int rings_fd(const struct rings *r)
{
	return r->epoll;
}

void rings_awake(struct rings *r)
{
	struct epoll_event ev[16];

	while (epoll_wait(r->epoll, ev, 16, 0) == 16)
		;
}

bool rings_pending(const struct rings *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (ring_used(r->source[i].ring))
			return true;
	return false;
}

void rings_look(struct rings *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->source[i].first = ring_mark(r->source[i].ring);
	for (size_t i = 0; i < r->n; i++)
		r->source[i].second = ring_mark(r->source[i].ring);
}

static uint64_t record_time(const struct source *s)
{
	return ((const struct record *)s->record)->time;
}

enum ring_result rings_next(struct rings *r, const void **record, size_t *len)
{
	struct source *best = NULL;

	for (size_t i = 0; i < r->n; i++) {
		struct source *s = &r->source[i];

		if (!s->record && ring_peek(s->ring, s->second, &s->record, &s->len) == RING_BUSY)
			return RING_BUSY;
		if (s->record && (!best || record_time(s) < record_time(best)))
			best = s;
	}
	if (!best || ring_at(best->ring) >= best->first)
		return RING_EMPTY;
	r->next = best;
	*record = best->record;
	*len = best->len;
	return RING_RECORD;
}

void rings_take(struct rings *r)
{
	r->next->record = NULL;
	ring_take(r->next->ring);
}

void rings_tell(struct rings *r)
{
	for (size_t i = 0; i < r->n; i++)
		ring_tell(r->source[i].ring);
}
