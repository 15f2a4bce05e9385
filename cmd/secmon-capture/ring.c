// SPDX-License-Identifier: BSD-2-Clause
/* Reading a BPF ring buffer. Its layout is the kernel's: kernel/bpf/ringbuf.c. */
#include "ring.h"

#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TELL_PART = 32 };

struct ring {
	size_t bytes;
	size_t page;
	uint64_t *consumer;	  /* first page, ours to write */
	const uint64_t *producer; /* second page, and then the data, twice */
	const uint8_t *data;
	uint64_t pos;
	uint64_t told; /* position that the kernel knows */
	uint64_t next;
};

struct ring *ring_open(int fd, size_t bytes)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *p;

	if (!r)
		return NULL;
	r->bytes = bytes;
	r->page = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		goto err;
	r->consumer = p;
	p = mmap(NULL, r->page + 2 * bytes, PROT_READ, MAP_SHARED, fd, (off_t)r->page);
	if (p == MAP_FAILED)
		goto err;
	r->producer = p;
	r->data = (const uint8_t *)p + r->page;
	return r;
err:
	ring_close(r);
	return NULL;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	if (r->consumer)
		munmap(r->consumer, r->page);
	if (r->producer)
		munmap((void *)r->producer, r->page + 2 * r->bytes);
	free(r);
}

uint64_t ring_mark(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_SEQ_CST);
}

enum ring_result ring_peek(struct ring *r, uint64_t mark, const void **p, size_t *len)
{
	while (r->pos < mark) {
		const uint8_t *at = r->data + (r->pos & (r->bytes - 1));
		uint32_t head = __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);
		size_t n = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (head & BPF_RINGBUF_BUSY_BIT)
			return RING_BUSY;
		r->next = r->pos + ((n + BPF_RINGBUF_HDR_SZ + 7) & ~(size_t)7);
		if (!(head & BPF_RINGBUF_DISCARD_BIT)) {
			*p = at + BPF_RINGBUF_HDR_SZ;
			*len = n;
			return RING_RECORD;
		}
		ring_take(r);
	}
	return RING_EMPTY;
}

void ring_take(struct ring *r)
{
	r->pos = r->next;
	/* writers look at our position each time: telling them of each record would slow them */
	if (r->pos - r->told >= r->bytes / TELL_PART)
		ring_tell(r);
}

void ring_tell(struct ring *r)
{
	if (r->pos == r->told)
		return;
	r->told = r->pos;
	__atomic_store_n(r->consumer, r->pos, __ATOMIC_RELEASE);
}

uint64_t ring_at(const struct ring *r)
{
	return r->pos;
}

size_t ring_used(const struct ring *r)
{
	return (size_t)(ring_mark(r) - r->pos);
}
