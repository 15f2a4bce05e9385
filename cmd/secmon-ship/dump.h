/* SPDX-License-Identifier: BSD-2-Clause */
/* Any object of a stream as a line to read: --events. */
#ifndef SHIP_DUMP_H
#define SHIP_DUMP_H

#include "cmd/secmon-ship/format.h"
#include "common/hello.h"

/*
 * dump_hello(h): the stream's host and the names of fields that our own table
 * lacks. To be called with each HELLO, before anything else here.
 */
void dump_hello(const struct hello *h);

/* dump_stream_hello(): the last one, written in our own name. */
const struct hello *dump_stream_hello(void);

/* dump_hostname(): the host that the stream is about; this one before any HELLO. */
const char *dump_hostname(void);

/* dump_hello_object(h, buf, len): a HELLO as an object for dump_object(); its bytes, or 0. */
size_t dump_hello_object(const struct hello *h, uint8_t *buf, size_t len);

/* dump_hello_bytes(len): the whole HELLO, dictionary and all; made when first asked. */
const uint8_t *dump_hello_bytes(size_t *len);

/* dump_end_object(complete, buf, len): an END of ours; its bytes. */
size_t dump_end_object(bool complete, uint8_t *buf, size_t len);

/*
 * dump_object(b, o, e, f, c): the object as a line of format f: msgpack as it
 * is, text for people, anything else as JSON. e is its index, or NULL.
 */
void dump_object(struct buf *b, const struct object *o, const struct event *e,
		 const struct format *f, const struct format_context *c);

#endif
