/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a process beyond its identity: its executable, arguments,
 * directory and so on, kept as they came, packed for the stream.
 */
#ifndef ENRICH_DESC_H
#define ENRICH_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/event.h"
#include "view.h"

/* A field inside a packed run: key and value, value alone. */
struct piece {
	uint32_t field;
	uint32_t at;	/* of the key, from the start of the run */
	uint32_t value; /* of the value */
	uint32_t end;
};

/* Immutable and shared: a child has its parent's until one of them changes. */
struct desc {
	uint32_t refs;
	uint32_t npieces;
	uint32_t len; /* bytes of the run */
	struct fieldset has;
	const uint8_t *run;
	struct piece piece[];
};

/* What an event says of its actor replaces what was known... */
enum desc_change {
	DESC_EXEC,  /* all about the executable is new, or gone if not told */
	DESC_UPDATE /* only what is told */
};

/*
 * desc_from(base, e, how): base (may be NULL) changed by the fields of e. A new
 * reference, to base itself if nothing differs. NULL with ENOMEM, or errno 0 if
 * there is nothing to say.
 */
struct desc *desc_from(struct desc *base, const struct event *e, enum desc_change how);

/* desc_set_int(base, field, v), desc_set_dir(base, field, path, len): base with one
 * field new. A directory gets its trailing slash. As desc_from(). */
struct desc *desc_set_int(struct desc *base, unsigned int field, int64_t v);
struct desc *desc_set_dir(struct desc *base, unsigned int field, const char *path, size_t len);

/* desc_without(base, fields, n): base less some fields that are no longer true. */
struct desc *desc_without(struct desc *base, const uint16_t *fields, size_t n);

struct desc *desc_ref(struct desc *d); /* NULL is fine */
void desc_unref(struct desc *d);

/* desc_bytes(): memory of all descriptions together. */
size_t desc_bytes(void);

/* desc_raw(d, field, p, len): a field's packed value. False if absent; d may be NULL. */
bool desc_raw(const struct desc *d, unsigned int field, const uint8_t **p, size_t *len);
bool desc_i64(const struct desc *d, unsigned int field, int64_t *v);

/*
 * desc_cmdline(d, head, headlen, buf, size): head and the arguments, with blanks between;
 * without head, only the arguments. The length, or -1 if d does not know them or
 * they are longer than size.
 */
long desc_cmdline(const struct desc *d, const char *head, size_t headlen, char *buf, size_t size);

#endif
