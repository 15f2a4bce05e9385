/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a stream: a bounded buffer, bytes in, whole objects out. */
#ifndef COMMON_INQ_H
#define COMMON_INQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"

struct inq;

/* A view of one object of the stream, good until the next inq_read(). */
struct object {
	unsigned int kind;  /* enum wire_kind, or one we do not know */
	const uint8_t *buf; /* the whole object */
	size_t len;
	const uint8_t *map; /* first key; the pairs end at buf + len */
	uint32_t pairs;
	uint16_t type;	 /* evt.type, of EVENT and ALERT */
	bool has_header; /* begins with the fixed header of wire.h: EVENT and ALERT do */
	uint64_t offset; /* of buf in the stream */
};

/*
 * object_from(o, buf, len): make o stand for an EVENT or ALERT of len bytes that
 * was just written with wire.h. 0, or -1 with EPROTO if it is none.
 */
int object_from(struct object *o, const uint8_t *buf, size_t len);

/*
 * inq_new(fd, name): a reader of fd, which it does not own. name is for
 * messages ("standard input", a path) and is copied. NULL with ENOMEM.
 */
struct inq *inq_new(int fd, const char *name);

/*
 * inq_new_from(read, arg, name): the same, whose bytes come from read(), which
 * answers as read(2) does. inq_fd() is -1 then.
 */
struct inq *inq_new_from(long (*read)(void *arg, void *buf, size_t len), void *arg,
			 const char *name);
void inq_free(struct inq *q);

/*
 * inq_read(q): read once what is there; to be called when inq_next() said 0.
 * Bytes read; 0 at the end of the file; -1 with errno (EAGAIN when a
 * non-blocking fd has nothing, ENOBUFS when objects wait to be taken first).
 */
long inq_read(struct inq *q);

/*
 * inq_next(q, o): the next whole object. 1, or 0 if more must be read first,
 * or -1 with EPROTO if the bytes are no stream: inq_error() then says what
 * and at which offset, and the stream cannot go on. An EVENT or ALERT is only
 * measured, by its header: event_index() looks inside. Other kinds have been
 * walked: pull_next() and pull_skip() find whole values in them.
 */
int inq_next(struct inq *q, struct object *o);

/* inq_error(q): text for the last EPROTO, "byte 512: an object of 70000 bytes, 65536 allowed". */
const char *inq_error(const struct inq *q);

/* inq_torn(q): bytes of an object that never ended, to be asked after the end of the file. */
size_t inq_torn(const struct inq *q);

/* inq_offset(q): bytes of the stream that were handed out. */
uint64_t inq_offset(const struct inq *q);

/* inq_fd(q): to be polled; q owns it. -1: it is read in another way. */
int inq_fd(const struct inq *q);
const char *inq_name(const struct inq *q);

#endif
