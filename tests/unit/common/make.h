/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams made in memory, for the tests of common/. Include after cmocka.h. */
#ifndef TESTS_UNIT_COMMON_MAKE_H
#define TESTS_UNIT_COMMON_MAKE_H

#include <string.h>

#include "common/hello.h"
#include "common/outq.h"
#include "common/wire.h"

struct bytes {
	size_t len;
	uint8_t buf[1 << 20];
};

static inline void add_raw(struct bytes *b, const void *p, size_t len)
{
	assert_true(len <= sizeof(b->buf) - b->len);
	memcpy(b->buf + b->len, p, len);
	b->len += len;
}

/* what is in the queue goes to b */
static inline void add_queue(struct bytes *b, struct outq *q)
{
	size_t len = outq_pending(q);

	assert_int_equal(outq_flush(q), 0);
	/* flushed to nowhere: the bytes still lie at the front */
	add_raw(b, outq_room(q, 1), len);
}

static inline void add_hello(struct bytes *b, unsigned int major)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	static struct hello h;

	memset(&h, 0, sizeof(h));
	h.major = major;
	strcpy(h.program, "t_maker");
	strcpy(h.hostname, "testhost");
	assert_int_equal(hello_write(&h, q), 0);
	add_queue(b, q);
	outq_free(q);
}

/* an event of exactly size bytes, most of them text, and evt.num */
static inline void add_event(struct bytes *b, size_t size, unsigned int type, uint16_t num)
{
	static char text[WIRE_OBJECT_MAX];
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	size_t left, head;
	struct wire w;

	assert_int_equal(wire_event(&w, q, KIND_EVENT, type), 0);
	wire_uint(&w, F_EVT_NUM, 0x8000 | num);
	left = size - (size_t)(w.pos - w.start) - 1;
	head = left < 32 + 1 ? 1 : left < 256 + 2 ? 2 : left < 65536 + 3 ? 3 : 5;
	memset(text, 'x', sizeof(text));
	wire_text(&w, F_PROC_NAME, text, left - head);
	assert_int_equal(wire_end(&w), 0);
	assert_int_equal(outq_pending(q), size);
	add_queue(b, q);
	outq_free(q);
}

static inline void add_end(struct bytes *b, bool complete)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);

	assert_int_equal(end_write("t_maker", complete, q), 0);
	add_queue(b, q);
	outq_free(q);
}

#endif
