/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing the stream: secmon-wire(7) as code.
 *
 * An object is [kind, {field id: value, ...}]. EVENT and ALERT begin with
 * evt.type and wire.size, both of fixed width, so that a reader can step over
 * one by looking at its first WIRE_HEADER bytes only.
 */
#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/fields.h"
#include "common/outq.h"

enum wire_kind {
	KIND_HELLO = 1,
	KIND_EVENT = 2,
	KIND_ALERT = 3,
	KIND_STATS = 4,
	KIND_LOSS = 5,
	KIND_END = 6
};

enum {
	WIRE_MAJOR = 1, /* a newer one is refused */
	WIRE_MINOR = 0,
	WIRE_OBJECT_MAX = 65536, /* bytes of one object */
	WIRE_DEPTH_MAX = 8,	 /* nesting of containers, the object's own two included */
	WIRE_HEADER = 17	 /* 92 kind df count(4) 00 cd type(2) 01 ce size(4) */
};

/* Keys of the kinds other than EVENT and ALERT. They are no field ids. */
enum hello_key {
	HELLO_VERSION,
	HELLO_PROGRAM,
	HELLO_PROGRAM_VERSION,
	HELLO_HOSTNAME,
	HELLO_BOOT_ID,
	HELLO_KERNEL,
	HELLO_BOOT_OFFSET,
	HELLO_FIELDS
};
enum stats_key { STATS_STAGE, STATS_TIME, STATS_PID, STATS_FINAL, STATS_COUNTERS, STATS_LABELLED };
enum loss_key { LOSS_STAGE, LOSS_COUNTER, LOSS_LABEL, LOSS_COUNT, LOSS_SINCE, LOSS_UNTIL };
enum end_key { END_STAGE, END_COMPLETE };

/*
 * One object being written. Values are appended with the wire_* functions
 * below; none of them fails: what does not fit marks the writer as full, and
 * wire_end() then says so. Never copy a struct wire while it is open.
 */
struct wire {
	struct outq *q;
	uint8_t *start;
	uint8_t *pos;
	uint8_t *end;
	uint32_t count; /* fields so far */
	bool full;
};

/*
 * wire_begin(w, q, kind): open an object of any kind but EVENT and ALERT.
 * 0, or -1 with EAGAIN while q has no room for WIRE_OBJECT_MAX bytes.
 */
int wire_begin(struct wire *w, struct outq *q, enum wire_kind kind);

/* wire_event(w, q, kind, type): the same for EVENT or ALERT of an event type. */
int wire_event(struct wire *w, struct outq *q, enum wire_kind kind, unsigned int type);

/*
 * wire_copy(w, q, kind, buf, len): open an EVENT or ALERT with the fields of an
 * object already read (whole, len bytes), to which more can be appended.
 * buf must begin with the fixed header, as every EVENT and ALERT of inq_next() does.
 */
int wire_copy(struct wire *w, struct outq *q, enum wire_kind kind, const uint8_t *buf, size_t len);

/*
 * wire_end(w): close the object and hand it to its queue. 0, or -1 with
 * EMSGSIZE if it grew past WIRE_OBJECT_MAX; nothing is written then.
 */
int wire_end(struct wire *w);

/* wire_abandon(w): forget the open object; its queue is as before. */
void wire_abandon(struct wire *w);

/* One field: key and value. */
void wire_uint(struct wire *w, unsigned int field, uint64_t v);
void wire_int(struct wire *w, unsigned int field, int64_t v);
void wire_bool(struct wire *w, unsigned int field, bool v);
void wire_double(struct wire *w, unsigned int field, double v);
/* bytes of text: str if they are UTF-8, else bin */
void wire_text(struct wire *w, unsigned int field, const char *s, size_t len);
void wire_cstr(struct wire *w, unsigned int field, const char *s);
void wire_bin(struct wire *w, unsigned int field, const void *p, size_t len);

/* A field whose value is a container; follow with exactly n items (2 n for a map). */
void wire_array(struct wire *w, unsigned int field, size_t n);
void wire_map(struct wire *w, unsigned int field, size_t n);

/* Items inside a container, and keys of the non-event kinds. */
void wire_item_uint(struct wire *w, uint64_t v);
void wire_item_int(struct wire *w, int64_t v);
void wire_item_double(struct wire *w, double v);
void wire_item_bool(struct wire *w, bool v);
void wire_item_nil(struct wire *w); /* only inside alert.fields */
void wire_item_text(struct wire *w, const char *s, size_t len);
void wire_item_array(struct wire *w, size_t n);

/* wire_raw(w, buf, len, n): n whole fields that were packed before. */
void wire_raw(struct wire *w, const void *buf, size_t len, unsigned int n);

/*
 * wire_blob(w, buf, len): collect fields into a buffer of the caller's instead
 * of a queue, for wire_raw() later. wire_blob_end() returns the bytes used and
 * sets *n to the number of fields, or -1 with EMSGSIZE.
 */
void wire_blob(struct wire *w, void *buf, size_t len);
long wire_blob_end(struct wire *w, unsigned int *n);

/* utf8_valid(s, len): whether the bytes are well-formed UTF-8 (RFC 3629). */
bool utf8_valid(const char *s, size_t len);

#endif
