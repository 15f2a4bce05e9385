// SPDX-License-Identifier: BSD-2-Clause
/* The plan, applied exactly to whole events. */
#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "actors.h"
#include "bpf/record.h"
#include "common/clock.h"
#include "common/event.h"
#include "common/plan_index.h"
#include "common/wire.h"

/* A plan, and what is made of it. */
struct in_use {
	const struct plan *plan;
	struct judge *judge;
	struct tally *tally;
	struct plan_index *part; /* for events that are not whole */
};

struct wanted {
	struct in_use now;
	const struct plan *before; /* the plan before, for records up to this time */
	uint64_t before_until;
	struct actors *actors; /* NULL: no selector asks about processes */
	struct plan_facts facts;
	enum verdict verdict; /* of the last event */
	struct outq *draft;   /* holds the event that is being judged, and is never written out */
	struct event event;
};

/* Who is born from now on is known, once somebody asks. */
static int learn_actors(struct wanted *w, const struct plan *plan)
{
	if (w->actors || !actors_wanted(plan))
		return 0;
	w->actors = actors_new();
	w->facts = (struct plan_facts){ actors_get, w->actors };
	return w->actors ? 0 : -1;
}

static void in_use_fini(struct in_use *u)
{
	judge_free(u->judge);
	tally_free(u->tally);
	plan_index_free(u->part);
	*u = (struct in_use){ 0 };
}

static int in_use_init(struct in_use *u, const struct plan *plan)
{
	*u = (struct in_use){ .plan = plan,
			      .judge = judge_new(plan),
			      .tally = tally_new(plan),
			      .part = plan_index_new(plan, true) };
	if (u->judge && u->tally && u->part)
		return 0;
	in_use_fini(u);
	return -1;
}

struct wanted *wanted_new(const struct plan *plan)
{
	struct wanted *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->draft = outq_new(-1, "one event", OUTQ_MIN);
	event_init(&w->event);
	if (!w->draft || in_use_init(&w->now, plan) == -1 || learn_actors(w, plan) == -1) {
		wanted_free(w);
		return NULL;
	}
	return w;
}

void wanted_free(struct wanted *w)
{
	if (!w)
		return;
	outq_free(w->draft);
	in_use_fini(&w->now);
	actors_free(w->actors);
	free(w);
}

int wanted_plan(struct wanted *w, const struct plan *plan, uint64_t now)
{
	struct in_use next;

	if (in_use_init(&next, plan) == -1)
		return -1;
	if (learn_actors(w, plan) == -1) {
		in_use_fini(&next);
		return -1;
	}
	w->before = w->now.plan;
	w->before_until = now;
	in_use_fini(&w->now);
	w->now = next;
	return 0;
}

struct judge *wanted_judge(struct wanted *w)
{
	return w->now.judge;
}

const struct plan *wanted_used_plan(const struct wanted *w)
{
	return w->now.plan;
}

const struct tally *wanted_tally(const struct wanted *w)
{
	return w->now.tally;
}

int wanted_stats(struct wanted *w, const struct stat_label *base, size_t nbase, struct stats *s)
{
	tally_take(w->now.tally, w->now.judge);
	return tally_stats(w->now.tally, base, nbase, s);
}

int wanted_say(struct wanted *w, uint64_t pause_ns, struct outq *q)
{
	tally_take(w->now.tally, w->now.judge);
	return tally_say(w->now.tally, clock_ns(CLOCK_REALTIME), pause_ns, q);
}

enum verdict wanted_verdict(const struct wanted *w)
{
	return w->verdict;
}

/* Later stages live on what was born, executed and ended; not on what failed to. */
static bool tells_life(const struct event *e)
{
	const struct event_type *type = event_by_id(e->type);
	int64_t res;

	if (event_has(e, F_EVT_TWIN))
		return false;
	return type && type->flags & EVENT_LIFE && !(event_i64(e, F_EVT_RAWRES, &res) && res < 0);
}

/* *policy: whose name the event is to say. The plan before has nothing more to count. */
static enum verdict judge(struct wanted *w, uint64_t time, const struct object *o,
			  const struct plan_selector **policy)
{
	const struct plan_facts *facts = w->actors ? &w->facts : NULL;
	const struct plan_selector *by = NULL;
	enum verdict v;
	size_t from = 0;
	bool life;

	/* what cannot be read here is for the next stage to complain of */
	if (event_index(&w->event, o) == -1)
		return VERDICT_WANTED;
	life = tells_life(&w->event);
	if (life && w->actors)
		actors_learn(w->actors, &w->event);
	v = judge_event(w->now.judge, &w->event, facts, policy);
	if (v == VERDICT_UNWANTED && w->before && time <= w->before_until)
		by = plan_wants(w->before, &w->event, facts, &from);
	if (by) {
		v = VERDICT_WANTED;
		*policy = by->policy ? by : NULL;
	}
	return life ? VERDICT_WANTED : v;
}

/* an object that is as large as one may be goes without the name rather than not at all */
static bool write_named(const struct object *o, const char *policy, struct outq *q)
{
	struct wire w;

	if (wire_copy(&w, q, KIND_EVENT, o->buf, o->len) == -1)
		return false;
	wire_cstr(&w, F_POLICY_NAME, policy);
	return wire_end(&w) == 0;
}

int wanted_write(struct wanted *w, uint64_t time, const uint8_t *buf, size_t len, struct outq *q)
{
	uint8_t *room = outq_room(q, WIRE_OBJECT_MAX);
	const struct plan_selector *policy = NULL;
	struct object o;

	if (!room)
		return -1;
	w->verdict = VERDICT_WANTED;
	if (object_from(&o, buf, len) == 0)
		w->verdict = judge(w, time, &o, &policy);
	if (w->verdict != VERDICT_WANTED)
		return 1;
	if (policy && write_named(&o, policy->name, q))
		return 0;
	memcpy(room, buf, len);
	outq_commit(q, len);
	return 0;
}

struct outq *wanted_draft(struct wanted *w)
{
	return w->draft;
}

bool wanted_life_plain(const struct wanted *w)
{
	if (w->actors)
		return false;
	for (size_t i = 0; i < w->now.plan->nselectors; i++)
		if (w->now.plan->selectors[i].policy)
			return false;
	return true;
}

bool wanted_part(struct wanted *w)
{
	size_t len = outq_pending(w->draft), from = 0, at;
	struct object o;

	outq_flush(w->draft);
	if (object_from(&o, outq_room(w->draft, WIRE_OBJECT_MAX), len) == -1 ||
	    event_index(&w->event, &o) == -1 ||
	    plan_index_wants(w->now.part, &w->event, NULL, &from, &at))
		return true;
	w->verdict = VERDICT_UNWANTED;
	return false;
}

int wanted_submit(struct wanted *w, uint64_t time, struct outq *q)
{
	size_t len = outq_pending(w->draft);
	const uint8_t *event;

	outq_flush(w->draft);
	event = outq_room(w->draft, WIRE_OBJECT_MAX); /* where it was made, and still lies */
	return wanted_write(w, time, event, len, q);
}

/* as wanted_record(), under the name by which a watched file was reached */
static int wanted_reached(struct wanted *w, struct decoder *d, const void *buf, size_t len,
			  const struct decode_extra *extra, struct outq *q)
{
	const struct record *r = buf;
	struct watch *watch = d->watch;
	int result;

	d->watch = NULL;
	result = decode_record(d, buf, len, extra, w->draft);
	d->watch = watch;
	return result == -1 ? -1 : wanted_submit(w, r->time, q);
}

int wanted_record(struct wanted *w, struct decoder *d, const void *buf, size_t len,
		  const struct decode_extra *extra, struct outq *q)
{
	const struct record *r = buf;
	struct decoder before = *d;
	uint64_t start;
	int result;

	if (!w || len < sizeof(*r))
		return decode_record(d, buf, len, extra, q);
	start = clock_ns(CLOCK_MONOTONIC);
	if (decode_record(d, buf, len, extra, w->draft) == -1)
		return -1;
	result = wanted_submit(w, r->time, q);
	if (d->identified != before.identified && result == 1 && w->verdict == VERDICT_UNWANTED) {
		*d = before;
		result = wanted_reached(w, d, buf, len, extra, q);
	}
	judge_spent(w->now.judge, clock_ns(CLOCK_MONOTONIC) - start);
	if (result != 0)
		*d = before;
	return result;
}
