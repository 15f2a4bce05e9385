// SPDX-License-Identifier: BSD-2-Clause
/* A bounded input buffer that hands out whole objects. */
#include "common/inq.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/pull.h"

enum { INQ_SIZE = 512 * 1024 };

static_assert(INQ_SIZE >= 2 * WIRE_OBJECT_MAX, "room for an object and what follows");

struct inq {
	int fd;
	long (*read)(void *arg, void *buf, size_t len);	/* instead of fd, if set */
	void *arg;
	bool bad;
	size_t head, tail;	/* bytes between them are not handed out yet */
	uint64_t offset;	/* of head in the stream */
	char *name;
	char error[160];
	uint8_t buf[INQ_SIZE];
};

struct inq *inq_new(int fd, const char *name)
{
	struct inq *q = malloc(sizeof(*q));

	if (!q)
		return NULL;
	q->fd = fd;
	q->read = NULL;
	q->arg = NULL;
	q->bad = false;
	q->head = q->tail = 0;
	q->offset = 0;
	q->error[0] = '\0';
	q->name = strdup(name);
	if (!q->name) {
		free(q);
		return NULL;
	}
	return q;
}

struct inq *inq_new_from(long (*read)(void *arg, void *buf, size_t len), void *arg,
			 const char *name)
{
	struct inq *q = inq_new(-1, name);

	if (!q)
		return NULL;
	q->read = read;
	q->arg = arg;
	return q;
}

void inq_free(struct inq *q)
{
	if (!q)
		return;
	free(q->name);
	free(q);
}

long inq_read(struct inq *q)
{
	ssize_t n;

	if (q->head == q->tail) {
		q->head = q->tail = 0;
	} else if (INQ_SIZE - q->tail < WIRE_OBJECT_MAX) {
		memmove(q->buf, q->buf + q->head, q->tail - q->head);
		q->tail -= q->head;
		q->head = 0;
	}
	do
		n = q->read ? q->read(q->arg, q->buf + q->tail, INQ_SIZE - q->tail)
			    : read(q->fd, q->buf + q->tail, INQ_SIZE - q->tail);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		q->tail += (size_t)n;
	return n;
}

static int printf_like(3, 4) bad(struct inq *q, uint64_t at, const char *fmt, ...)
{
	int n = snprintf(q->error, sizeof(q->error), "byte %llu: ", (unsigned long long)at);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(q->error + n, sizeof(q->error) - (size_t)n, fmt, ap);
	va_end(ap);
	q->bad = true;
	errno = EPROTO;
	return -1;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The fixed beginning of events and alerts: 92 kind df n n n n 00 cd t t 01 ce s s s s */
static bool header(const uint8_t *b, size_t avail)
{
	return avail >= WIRE_HEADER && b[0] == 0x92 && (b[1] == KIND_EVENT || b[1] == KIND_ALERT) &&
	       b[2] == 0xdf && b[7] == F_EVT_TYPE && b[8] == 0xcd && b[11] == F_WIRE_SIZE &&
	       b[12] == 0xce;
}

static void hand_out(struct inq *q, struct object *o, size_t len)
{
	o->buf = q->buf + q->head;
	o->len = len;
	o->offset = q->offset;
	q->head += len;
	q->offset += len;
}

static int next_sized(struct inq *q, struct object *o)
{
	const uint8_t *b = q->buf + q->head;
	uint32_t size = get32(b + 13), pairs = get32(b + 3);

	if (size < WIRE_HEADER || size > WIRE_OBJECT_MAX)
		return bad(q, q->offset + 13, "an object says it has %u bytes, %d to %d allowed",
			   size, WIRE_HEADER, WIRE_OBJECT_MAX);
	if (pairs < 2 || pairs > size / 2)
		return bad(q, q->offset + 3, "a map of %u pairs in an object of %u bytes", pairs,
			   size);
	if (size > q->tail - q->head)
		return 0;
	o->kind = b[1];
	o->map = b + 7;
	o->pairs = pairs;
	o->type = (uint16_t)(b[9] << 8 | b[10]);
	o->has_header = true;
	hand_out(q, o, size);
	return 1;
}

/* More bytes are needed, unless the object is too large already. */
static int more(struct inq *q)
{
	if (q->tail - q->head > WIRE_OBJECT_MAX)
		return bad(q, q->offset, "an object of more than %d bytes", WIRE_OBJECT_MAX);
	return 0;
}

/*
 * A container is judged against the largest object, not against what has been
 * read so far: only then can a lie be told from a slow writer.
 */
static enum pull_result walk(struct pull *p, unsigned int depth)
{
	const uint8_t *start = p->pos;
	enum pull_result r = pull_skip(p, depth);

	if (r == PULL_MORE && (size_t)(p->end - start) >= WIRE_OBJECT_MAX)
		return PULL_BAD;
	return r;
}

static int next_walked(struct inq *q, struct object *o)
{
	const uint8_t *b = q->buf + q->head;
	size_t avail = q->tail - q->head;
	struct pull p = { b, b + (avail < WIRE_OBJECT_MAX ? avail : WIRE_OBJECT_MAX) };
	enum pull_result r;
	struct value v;
	uint32_t pairs;

	r = pull_next(&p, &v);
	if (r == PULL_OK && (v.type != VALUE_ARRAY || v.len != 2))
		return bad(q, q->offset, "no stream object: an array of two was due");
	if (r == PULL_OK)
		r = pull_next(&p, &v);
	if (r == PULL_OK && v.type != VALUE_UINT)
		return bad(q, q->offset + 1, "the kind of an object is no number");
	if (r == PULL_OK) {
		const uint8_t *at = p.pos;

		o->kind = v.u > UINT16_MAX ? UINT16_MAX : (unsigned int)v.u;
		r = pull_next(&p, &v);
		if (r == PULL_OK && v.type != VALUE_MAP)
			return bad(q, q->offset + (uint64_t)(at - b), "a map was due");
	}
	if (r == PULL_MORE && avail >= WIRE_OBJECT_MAX)
		return bad(q, q->offset, "an object that is longer than %d bytes", WIRE_OBJECT_MAX);
	if (r == PULL_MORE)
		return 0;
	pairs = v.len;
	o->map = p.pos;
	for (uint32_t i = 0; r == PULL_OK && i < 2 * pairs; i++)
		r = walk(&p, WIRE_DEPTH_MAX - 2);
	if (r == PULL_BAD)
		return bad(q, q->offset + (uint64_t)(p.pos - b), "not msgpack, nested more than %d "
			   "deep, or longer than %d bytes", WIRE_DEPTH_MAX, WIRE_OBJECT_MAX);
	if (r == PULL_MORE)
		return more(q);
	o->pairs = pairs;
	o->type = 0;
	o->has_header = false;
	hand_out(q, o, (size_t)(p.pos - b));
	return 1;
}

int inq_next(struct inq *q, struct object *o)
{
	size_t avail = q->tail - q->head;

	if (q->bad) {
		errno = EPROTO;
		return -1;
	}
	if (avail == 0)
		return 0;
	if (header(q->buf + q->head, avail))
		return next_sized(q, o);
	return next_walked(q, o);
}

const char *inq_error(const struct inq *q)
{
	return q->error;
}

size_t inq_torn(const struct inq *q)
{
	return q->tail - q->head;
}

int inq_fd(const struct inq *q)
{
	return q->fd;
}

const char *inq_name(const struct inq *q)
{
	return q->name;
}
