/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a BPF ring buffer one record at a time, with a look at what is next
 * before it is taken: libbpf's reader takes a record before it shows it.
 */
#ifndef SECMON_CAPTURE_RING_H
#define SECMON_CAPTURE_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring;

/* ring_open(fd, bytes): map the ring buffer fd of that size. fd stays the caller's. NULL with
 * errno. */
struct ring *ring_open(int fd, size_t bytes);
void ring_close(struct ring *r);

/* ring_mark(r): where the writers are now. What is before it was begun before this call. */
uint64_t ring_mark(const struct ring *r);

enum ring_result {
	RING_RECORD, /* *p and *len are the next record, until ring_take() */
	RING_EMPTY,  /* the reader has come to the mark */
	RING_BUSY    /* the next record is still being written */
};

/* ring_peek(r, mark, p, len): the next record that begins before mark. */
enum ring_result ring_peek(struct ring *r, uint64_t mark, const void **p, size_t *len);

/* ring_take(r): done with the record that ring_peek() showed. */
void ring_take(struct ring *r);

/* ring_tell(r): what was taken is the kernel's memory again. Call when pausing. */
void ring_tell(struct ring *r);

/* ring_at(r): where the reader is. */
uint64_t ring_at(const struct ring *r);

/* ring_used(r): bytes between the reader and the writers. */
size_t ring_used(const struct ring *r);

#endif
