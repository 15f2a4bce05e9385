/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink's memory: a ring of records, bounded in bytes, that allocates once. */
#ifndef SHIP_QUEUE_H
#define SHIP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

enum {
	QUEUE_MIN = 256 * 1024, /* three objects of the largest size */
	QUEUE_DEFAULT = 8 * 1024 * 1024,
};
#define QUEUE_MAX (4ULL << 30)

/*
 * queue_new(bytes): a ring of that size in all, its records' heads included.
 * Memory is taken from the kernel only as it is used. NULL with ENOMEM.
 */
struct queue *queue_new(size_t bytes);
void queue_free(struct queue *q);

/* queue_put(q, p, len): append a record, copied. 0, or -1 with ENOBUFS if there is no room. */
int queue_put(struct queue *q, const void *p, size_t len);

/* queue_fits(q, len): whether queue_put() of that length would succeed now. */
bool queue_fits(const struct queue *q, size_t len);

/* queue_peek(q, len): the oldest record, a view until the next call that changes q; or NULL. */
const uint8_t *queue_peek(const struct queue *q, size_t *len);

/* queue_pop(q): forget the oldest record. */
void queue_pop(struct queue *q);

uint64_t queue_count(const struct queue *q); /* records */
size_t queue_bytes(const struct queue *q);   /* in use */
size_t queue_size(const struct queue *q);    /* in all */

#endif
