/* SPDX-License-Identifier: BSD-2-Clause */
/* One event (or alert) read: values by field id; views, not copies. */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/events.h"
#include "common/inq.h"
#include "common/pull.h"

/*
 * Index of an event's fields. Make one with event_init() and use it for every
 * event of a stream; it costs nothing to be reused.
 */
struct event {
	struct object o;
	uint16_t type;		/* evt.type */
	uint16_t turn;		/* what marks the values of this event, never 0 */
	uint32_t at[FIELD_END]; /* turn << 16 | offset in o.buf; of another turn: absent */
	const char *error;	/* of the last event_index() that failed */
};

/* event_init(e): nothing is there; once, before the first event_index(). */
void event_init(struct event *e);

/*
 * event_index(e, o): make e stand for object o, whose bytes must stay. Checks
 * the object to its last byte; a field that occurs twice counts with its last
 * value. 0, or -1 with EPROTO and e->error set.
 */
int event_index(struct event *e, const struct object *o);

/* event_has(e, field): whether the field is there; field is one below FIELD_END. */
static inline bool event_has(const struct event *e, unsigned int field)
{
	return e->at[field] >> 16 == e->turn;
}

/* event_at(e, field): where its value begins, in e->o; NULL if absent. */
static inline const uint8_t *event_at(const struct event *e, unsigned int field)
{
	return event_has(e, field) ? e->o.buf + (uint16_t)e->at[field] : NULL;
}

/* event_get(e, field, v): its value (for containers, the header). False if absent. */
bool event_get(const struct event *e, unsigned int field, struct value *v);

/* The same where only one type will do. False if absent or of another type. */
bool event_u64(const struct event *e, unsigned int field, uint64_t *v);
bool event_i64(const struct event *e, unsigned int field, int64_t *v);
bool event_bool(const struct event *e, unsigned int field, bool *v);
bool event_text(const struct event *e, unsigned int field, const char **s, size_t *len);

/*
 * event_list(e, field, p, n): walk an array: p is set before its first item,
 * n to their number. False if absent or no array.
 */
bool event_list(const struct event *e, unsigned int field, struct pull *p, size_t *n);

#endif
