// SPDX-License-Identifier: BSD-2-Clause
/* The plan, applied exactly to decoded events. */
#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "bpf/record.h"
#include "common/event.h"

struct wanted {
	const struct plan *plan;
	const struct plan *before; /* the one before plan, for records up to this time */
	uint64_t before_until;
	struct outq *one; /* holds the event that is being judged, and is never written out */
	struct event event;
};

struct wanted *wanted_new(const struct plan *plan)
{
	struct wanted *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->plan = plan;
	w->one = outq_new(-1, "one event", OUTQ_MIN);
	event_init(&w->event);
	if (!w->one) {
		free(w);
		return NULL;
	}
	return w;
}

void wanted_free(struct wanted *w)
{
	if (!w)
		return;
	outq_free(w->one);
	free(w);
}

void wanted_plan(struct wanted *w, const struct plan *plan, uint64_t now)
{
	w->before = w->plan;
	w->before_until = now;
	w->plan = plan;
}

static bool asked_for(struct wanted *w, uint64_t time, const uint8_t *buf, size_t len)
{
	struct object o;
	size_t from = 0, from_before = 0;

	/* what cannot be read here is for the next stage to complain of */
	return object_from(&o, buf, len) == -1 || event_index(&w->event, &o) == -1 ||
	       plan_wants(w->plan, &w->event, &from) ||
	       (w->before && time <= w->before_until &&
		plan_wants(w->before, &w->event, &from_before));
}

int wanted_record(struct wanted *w, struct decoder *d, const void *buf, size_t len, struct outq *q)
{
	const struct record *r = buf;
	const uint8_t *event;
	struct decoder before = *d;
	uint8_t *room;
	size_t n;

	if (len < sizeof(*r) || r->ring == RING_LIFE)
		return decode_record(d, buf, len, NULL, q);
	event = outq_room(w->one, WIRE_OBJECT_MAX);
	if (decode_record(d, buf, len, NULL, w->one) == -1)
		return -1;
	n = outq_pending(w->one);
	outq_flush(w->one);
	if (!asked_for(w, r->time, event, n)) {
		*d = before;
		return 1;
	}
	room = outq_room(q, n);
	if (!room) {
		*d = before;
		return -1;
	}
	memcpy(room, event, n);
	outq_commit(q, n);
	return 0;
}
