/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of fields of an event: as they travel, or derived from those. */
#ifndef MATCH_EXTRACT_H
#define MATCH_EXTRACT_H

#include "cmd/secmon-match/fieldref.h"
#include "cmd/secmon-match/scratch.h"
#include "cmd/secmon-match/xval.h"
#include "common/event.h"

/* One event being looked at, and what is known besides it. */
struct xctx {
	const struct event *e;
	const struct event_type *type; /* NULL: not in our table */
	struct scratch *s;
	char hostname[256]; /* where the events come from */
	uint64_t first_ns;  /* rawtime of the first event, 0 before it */
	uint64_t now_ns;    /* of this one */
};

/* xctx_event(x, e): look at the next event; all values of the last one are gone. */
void xctx_event(struct xctx *x, const struct event *e);

/*
 * extract(x, r, v): the value of a field on this event. False if it has none.
 * Views into the event or into x->s.
 */
bool extract(struct xctx *x, const struct fieldref *r, struct xval *v);

/*
 * extract_static(r, type, v): what is known of the value from the event's type
 * alone: 1 and v, 0 for "never a value on such events", -1 for "depends".
 */
int extract_static(const struct fieldref *r, const struct event_type *type, struct xval *v);

#endif
