// SPDX-License-Identifier: BSD-2-Clause
/* The plan, applied exactly to whole events. */
#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "bpf/record.h"
#include "common/event.h"
#include "common/wire.h"

struct wanted {
	const struct plan *plan;
	const struct plan *before; /* the one before plan, for records up to this time */
	uint64_t before_until;
	struct outq *draft; /* holds the event that is being judged, and is never written out */
	struct event event;
};

struct wanted *wanted_new(const struct plan *plan)
{
	struct wanted *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->plan = plan;
	w->draft = outq_new(-1, "one event", OUTQ_MIN);
	event_init(&w->event);
	if (!w->draft) {
		free(w);
		return NULL;
	}
	return w;
}

void wanted_free(struct wanted *w)
{
	if (!w)
		return;
	outq_free(w->draft);
	free(w);
}

void wanted_plan(struct wanted *w, const struct plan *plan, uint64_t now)
{
	w->before = w->plan;
	w->before_until = now;
	w->plan = plan;
}

/* Later stages live on what was born, executed and ended; not on what failed to. */
static bool tells_life(const struct event *e)
{
	const struct event_type *type = event_by_id(e->type);
	int64_t res;

	return type && type->flags & EVENT_LIFE &&
	       !(event_i64(e, F_EVT_RAWRES, &res) && res < 0);
}

static bool asked_for(struct wanted *w, uint64_t time, const uint8_t *buf, size_t len)
{
	struct object o;
	size_t from = 0, from_before = 0;

	/* what cannot be read here is for the next stage to complain of */
	return object_from(&o, buf, len) == -1 || event_index(&w->event, &o) == -1 ||
	       tells_life(&w->event) || plan_wants(w->plan, &w->event, &from) ||
	       (w->before && time <= w->before_until &&
		plan_wants(w->before, &w->event, &from_before));
}

int wanted_write(struct wanted *w, uint64_t time, const uint8_t *buf, size_t len, struct outq *q)
{
	uint8_t *room = outq_room(q, WIRE_OBJECT_MAX);

	if (!room)
		return -1;
	if (!asked_for(w, time, buf, len))
		return 1;
	memcpy(room, buf, len);
	outq_commit(q, len);
	return 0;
}

struct outq *wanted_draft(struct wanted *w)
{
	return w->draft;
}

int wanted_submit(struct wanted *w, uint64_t time, struct outq *q)
{
	size_t len = outq_pending(w->draft);
	const uint8_t *event;

	outq_flush(w->draft);
	event = outq_room(w->draft, WIRE_OBJECT_MAX); /* where it was made, and still lies */
	return wanted_write(w, time, event, len, q);
}

int wanted_record(struct wanted *w, struct decoder *d, const void *buf, size_t len, struct outq *q)
{
	const struct record *r = buf;
	struct decoder before = *d;
	int result;

	if (len < sizeof(*r) || r->ring == RING_LIFE)
		return decode_record(d, buf, len, NULL, q);
	if (decode_record(d, buf, len, NULL, w->draft) == -1)
		return -1;
	result = wanted_submit(w, r->time, q);
	if (result != 0)
		*d = before;
	return result;
}
