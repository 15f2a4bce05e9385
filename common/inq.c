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

/*
 * How far an object without the fixed header has been looked at. Kept between
 * reads: a writer of single bytes must not make us walk it again for each.
 */
struct walk {
	size_t len; /* bytes of it that are known to be good; 0: not begun */
	size_t map; /* where its first key is */
	unsigned int kind;
	uint32_t pairs;
	unsigned int depth;	      /* containers that are open, inside the object's array */
	uint32_t due[WIRE_DEPTH_MAX]; /* values that must still come in each */
};

struct inq {
	int fd;
	long (*read)(void *arg, void *buf, size_t len); /* instead of fd, if set */
	void *arg;
	bool bad;
	struct walk walk;
	size_t head, tail; /* bytes between them are not handed out yet */
	uint64_t offset;   /* of head in the stream */
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
	q->walk.len = 0;
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
	if (q->tail == INQ_SIZE) {
		errno = ENOBUFS; /* no end of the file */
		return -1;
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

/* o from a header that was found to be one; its bytes are set by the caller */
static void take_header(struct object *o, const uint8_t *b)
{
	o->kind = b[1];
	o->map = b + 7;
	o->pairs = get32(b + 3);
	o->type = (uint16_t)(b[9] << 8 | b[10]);
	o->has_header = true;
}

int object_from(struct object *o, const uint8_t *buf, size_t len)
{
	if (!header(buf, len) || get32(buf + 13) != len) {
		errno = EPROTO;
		return -1;
	}
	take_header(o, buf);
	o->buf = buf;
	o->len = len;
	o->offset = 0;
	return 0;
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
	take_header(o, b);
	hand_out(q, o, size);
	return 1;
}

static int too_long(struct inq *q)
{
	return bad(q, q->offset, "an object of more than %d bytes", WIRE_OBJECT_MAX);
}

/* 92, kind, map of any width: 1, 0 if more must be read, -1 */
static int begin_walk(struct inq *q, struct pull *p)
{
	struct walk *w = &q->walk;
	const uint8_t *b = p->pos, *at = b;
	struct value v[3];

	for (int i = 0; i < 3; i++) {
		enum pull_result r = pull_head(p, &v[i]);

		if (r == PULL_MORE)
			return 0;
		if (i == 0 && (r == PULL_BAD || v[0].type != VALUE_ARRAY || v[0].len != 2))
			return bad(q, q->offset, "no stream object: an array of two was due");
		if (i == 1 && (r == PULL_BAD || v[1].type != VALUE_UINT || v[1].u > UINT16_MAX))
			return bad(q, q->offset + (uint64_t)(at - b),
				   "the kind of an object is no small number");
		if (i == 2 && (r == PULL_BAD || v[2].type != VALUE_MAP))
			return bad(q, q->offset + (uint64_t)(at - b), "a map was due");
		if (i == 2 && v[2].len > WIRE_OBJECT_MAX / 2)
			return bad(q, q->offset + (uint64_t)(at - b), "a map of %u pairs",
				   v[2].len);
		at = p->pos;
	}
	if (v[1].u == KIND_EVENT || v[1].u == KIND_ALERT)
		return p->end - b < WIRE_HEADER
			       ? 0
			       : bad(q, q->offset, "an event without the fixed header");
	w->kind = (unsigned int)v[1].u;
	w->pairs = v[2].len;
	w->map = w->len = (size_t)(p->pos - b);
	w->depth = 1;
	w->due[0] = 2 * v[2].len;
	return 1;
}

/* Take one value that is due. 1, 0 if more must be read, -1 */
static int step(struct inq *q, struct pull *p)
{
	struct walk *w = &q->walk;
	uint64_t at = q->offset + w->len, n;
	struct value v;

	switch (pull_head(p, &v)) {
	case PULL_MORE:
		return 0;
	case PULL_BAD:
		return bad(q, at, "not msgpack");
	default:
		break;
	}
	w->due[w->depth - 1]--;
	w->len = (size_t)(p->pos - (q->buf + q->head));
	if (v.type != VALUE_ARRAY && v.type != VALUE_MAP)
		return 1;
	n = value_items(&v);
	if (n > WIRE_OBJECT_MAX - w->len)
		return bad(q, at, "a container of %llu values", (unsigned long long)n);
	if (w->depth == WIRE_DEPTH_MAX - 1)
		return bad(q, at, "containers nested more than %d deep", WIRE_DEPTH_MAX);
	w->due[w->depth++] = (uint32_t)n;
	return 1;
}

static int next_walked(struct inq *q, struct object *o)
{
	const uint8_t *b = q->buf + q->head;
	size_t avail = q->tail - q->head;
	struct walk *w = &q->walk;
	struct pull p = { b + w->len, b + (avail < WIRE_OBJECT_MAX ? avail : WIRE_OBJECT_MAX) };
	int r = w->len ? 1 : begin_walk(q, &p);

	while (r == 1 && w->depth) {
		if (w->due[w->depth - 1])
			r = step(q, &p);
		else
			w->depth--;
	}
	if (r == 0 && avail >= WIRE_OBJECT_MAX)
		return too_long(q);
	if (r != 1)
		return r;
	o->kind = w->kind;
	o->has_header = false;
	o->map = b + w->map;
	o->pairs = w->pairs;
	o->type = 0;
	hand_out(q, o, w->len);
	w->len = 0;
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
	if (q->walk.len == 0 && header(q->buf + q->head, avail))
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

uint64_t inq_offset(const struct inq *q)
{
	return q->offset;
}

int inq_fd(const struct inq *q)
{
	return q->fd;
}

const char *inq_name(const struct inq *q)
{
	return q->name;
}
