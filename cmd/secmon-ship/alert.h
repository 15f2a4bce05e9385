/* SPDX-License-Identifier: BSD-2-Clause */
/* An alert as the formats want it: its parts, found once. */
#ifndef SHIP_ALERT_H
#define SHIP_ALERT_H

#include "cmd/secmon-ship/buf.h"
#include "common/event.h"

struct span {
	const char *s;
	size_t len;
};

enum { ALERT_ID_MAX = 64, PRIORITY_DEBUG = 7 };

/* Views into the event, which must stay. */
struct alert {
	const struct event *e;
	uint64_t time_ns;
	unsigned int priority; /* 0 Emergency to 7 Debug */
	struct span rule, source, hostname, message, id;
	struct pull tags, fields; /* before the first item; ntags, nfields of them */
	size_t ntags, nfields;
	uint64_t suppressed;
	char id_made[ALERT_ID_MAX];
};

/*
 * alert_read(a, e, hostname): the parts of an indexed ALERT. What a writer left
 * out becomes a neutral value (no tags, priority Debug, source "syscall"); an
 * alert without an id gets one made from its bytes, the same each time.
 */
void alert_read(struct alert *a, const struct event *e, const char *hostname);

/* priority_name(p): "Emergency" ... "Informational", "Debug". */
const char *priority_name(unsigned int priority);

/* priority_parse(name): its number, or -1. Any case; "info" is Informational. */
int priority_parse(const char *name);

/* alert_sorted_tags(a, tags, max): the tags in byte order; their number, at most max. */
size_t alert_sorted_tags(const struct alert *a, struct span *tags, size_t max);

/*
 * alert_field(a, name, len, p): the value of an output field or, if the output
 * did not name it, of the event's field of that name: p stands before it. False
 * if there is none.
 */
bool alert_field(const struct alert *a, const char *name, size_t len, struct pull *p);

/* value_text(b, p): a value as plain text for people: lists joined by blanks, nil as <NA>. */
void value_text(struct buf *b, struct pull *p);

#endif
