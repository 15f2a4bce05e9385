// SPDX-License-Identifier: BSD-2-Clause
/* A ring of records, bounded in bytes, that allocates once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cmd/secmon-ship/queue.h"
#include "common/compat.h"

/*
 * Records lie in one piece, each behind its length and rounded up to HEAD
 * bytes. One that would not fit before the end of the memory starts over at
 * its beginning, and a head of WRAP says so.
 */
struct queue {
	uint8_t *p;
	size_t size;
	size_t head; /* offset of the oldest */
	size_t used; /* bytes from head on, skipped ones included */
	uint64_t count;
};

enum { HEAD = 8 };
#define WRAP UINT64_MAX

struct queue *queue_new(size_t bytes)
{
	struct queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->size = bytes & ~(size_t)(HEAD - 1);
	q->p = mmap(NULL, q->size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (q->p == MAP_FAILED) {
		free(q);
		errno = ENOMEM;
		return NULL;
	}
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	munmap(q->p, q->size);
	free(q);
}

static size_t record_size(size_t len)
{
	return HEAD + ((len + HEAD - 1) & ~(size_t)(HEAD - 1));
}

static size_t tail_of(const struct queue *q)
{
	size_t tail = q->head + q->used;

	return tail >= q->size ? tail - q->size : tail;
}

/* Bytes that a record needs now, with those before the end of the memory that it must skip. */
static size_t cost(const struct queue *q, size_t len)
{
	size_t tail = tail_of(q), need = record_size(len);

	return q->size - tail < need ? q->size - tail + need : need;
}

bool queue_fits(const struct queue *q, size_t len)
{
	return len < q->size / 2 && cost(q, len) <= q->size - q->used;
}

static void set_head(uint8_t *at, uint64_t v)
{
	memcpy(at, &v, sizeof(v));
}

static uint64_t get_head(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

int queue_put(struct queue *q, const void *p, size_t len)
{
	size_t tail, need = record_size(len);

	if (!q->count)
		q->head = q->used = 0;
	if (!queue_fits(q, len)) {
		errno = ENOBUFS;
		return -1;
	}
	tail = tail_of(q);
	if (q->size - tail < need) {
		set_head(q->p + tail, WRAP);
		q->used += q->size - tail;
		tail = 0;
	}
	set_head(q->p + tail, len);
	memcpy(q->p + tail + HEAD, p, len);
	q->used += need;
	q->count++;
	return 0;
}

/* Where the oldest record is; skips the end of the memory. */
static size_t oldest(const struct queue *q)
{
	return get_head(q->p + q->head) == WRAP ? 0 : q->head;
}

const uint8_t *queue_peek(const struct queue *q, size_t *len)
{
	size_t at;

	if (!q->count)
		return NULL;
	at = oldest(q);
	*len = get_head(q->p + at);
	return q->p + at + HEAD;
}

void queue_pop(struct queue *q)
{
	size_t at, step;

	if (!q->count)
		return;
	at = oldest(q);
	if (at != q->head) {
		q->used -= q->size - q->head;
		q->head = 0;
	}
	step = record_size(get_head(q->p + at));
	q->used -= step;
	q->head = at + step == q->size ? 0 : at + step;
	q->count--;
}

uint64_t queue_count(const struct queue *q)
{
	return q->count;
}

size_t queue_bytes(const struct queue *q)
{
	return q->used;
}

size_t queue_size(const struct queue *q)
{
	return q->size;
}
