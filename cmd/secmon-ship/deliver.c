// SPDX-License-Identifier: BSD-2-Clause
/* A sink's deliveries: bodies being filled, sent, sent again. */
#include <stdio.h>
#include <time.h>

#include "cmd/secmon-ship/deliver.h"
#include "cmd/secmon-ship/dump.h"
#include "cmd/secmon-ship/retry.h"
#include "cmd/secmon-ship/spool.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/wire.h"

enum {
	/* deliveries of one sink between two looks at the others */
	SENDS_PER_PUMP = 4,
	/* what one alert may grow to when every byte of it must be escaped */
	ALERT_BODY_MAX = 8 * WIRE_OBJECT_MAX
};

int object_view(struct object *o, const uint8_t *buf, size_t len)
{
	struct pull p = { buf, buf + len };
	struct value v;

	*o = (struct object){ .buf = buf, .len = len };
	if (pull_next(&p, &v) != PULL_OK || v.type != VALUE_ARRAY || v.len != 2 ||
	    pull_next(&p, &v) != PULL_OK || v.type != VALUE_UINT)
		return -1;
	o->kind = (unsigned int)v.u;
	if (pull_next(&p, &v) != PULL_OK || v.type != VALUE_MAP)
		return -1;
	o->map = p.pos;
	o->pairs = v.len;
	return 0;
}

/* ---- filling */

static bool begin(struct sink *s, struct batch *b, uint64_t now)
{
	if (!b->body.p && buf_init(&b->body, s->conf->batch_bytes + ALERT_BODY_MAX) == -1)
		return false;
	buf_clear(&b->body);
	b->state = BATCH_OPEN;
	b->count = b->tries = 0;
	b->sent = 0;
	b->not_before_ns = b->first_seq = 0;
	b->opened_ns = now;
	if (s->conf->format->begin)
		s->conf->format->begin(&b->body, &s->context);
	s->open = b;
	return true;
}

bool deliver_can_fill(struct sink *s, uint64_t now)
{
	if (s->open)
		return true;
	for (size_t i = 0; i < s->conf->parallel; i++)
		if (s->batches[i].state == BATCH_FREE)
			return begin(s, &s->batches[i], now);
	return false;
}

static void close_open(struct sink *s)
{
	if (s->conf->format->end)
		s->conf->format->end(&s->open->body, &s->context);
	s->open->state = BATCH_READY;
	s->open = NULL;
}

static void write_object(struct sink *s, struct buf *body, const struct object *o,
			 const struct event *e)
{
	const struct format *f = s->conf->format;
	struct alert a;

	if (s->events) {
		dump_object(body, o, e, f, &s->context);
		return;
	}
	alert_read(&a, e, dump_hostname());
	f->add(body, &a, &s->context);
}

bool deliver_render(struct sink *s, const struct object *o, const struct event *e,
		    uint64_t arrival_ns, uint64_t seq, uint64_t now)
{
	struct batch *b;
	size_t before;

	if (!deliver_can_fill(s, now))
		return false;
	b = s->open;
	before = b->body.len;
	if (b->count && s->conf->format->between)
		s->conf->format->between(&b->body);
	write_object(s, &b->body, o, e);
	if (b->body.full) {
		buf_cut(&b->body, before);
		if (b->count) {
			close_open(s);
			return deliver_render(s, o, e, arrival_ns, seq, now);
		}
		s->v[S_SHIP_DROP_BIG]++;
		return true;
	}
	if (!b->count++) {
		b->arrival_ns = arrival_ns;
		b->first_seq = seq;
	}
	if (b->count >= s->conf->batch_max || b->body.len >= s->conf->batch_bytes)
		close_open(s);
	return true;
}

bool deliver_waiting(struct sink *s, const uint8_t *p, size_t len, uint64_t seq, uint64_t now)
{
	static struct event e;
	uint64_t arrival_ns;
	struct object o;
	bool indexed;

	if (!deliver_can_fill(s, now))
		return false;
	if (len <= sizeof(struct waiting) ||
	    object_view(&o, p + sizeof(struct waiting), len - sizeof(struct waiting)) == -1) {
		s->v[S_SHIP_DROP_FAILED]++;
		return true;
	}
	memcpy(&arrival_ns, p, sizeof(arrival_ns));
	if (seq || arrival_ns > now)
		arrival_ns = now;
	indexed = o.kind == KIND_EVENT || o.kind == KIND_ALERT;
	if (indexed && event_index(&e, &o) == -1) {
		s->v[S_SHIP_DROP_FAILED]++;
		return true;
	}
	return deliver_render(s, &o, indexed ? &e : NULL, arrival_ns, seq, now);
}

uint64_t deliver_held(const struct sink *s)
{
	uint64_t n = 0;

	for (size_t i = 0; s->batches && i < s->conf->parallel; i++)
		if (s->batches[i].state != BATCH_FREE)
			n += s->batches[i].count;
	return n;
}

/* ---- sending */

static void wake_at(struct sink *s, uint64_t ns)
{
	if (ns < s->wake_ns)
		s->wake_ns = ns;
}

static void close_if_due(struct sink *s, uint64_t now)
{
	uint64_t due;

	if (!s->open || !s->open->count)
		return;
	due = s->open->opened_ns + s->conf->linger_ms * NS_PER_MS;
	if (s->hurry || now >= due)
		close_open(s);
	else
		wake_at(s, due);
}

/* The batch that has waited longest and may be sent now. */
static struct batch *next_ready(struct sink *s, uint64_t now)
{
	struct batch *best = NULL;

	for (size_t i = 0; i < s->conf->parallel; i++) {
		struct batch *b = &s->batches[i];

		if (b->state != BATCH_READY)
			continue;
		if (b->not_before_ns > now)
			wake_at(s, b->not_before_ns);
		else if (!best || b->opened_ns < best->opened_ns)
			best = b;
	}
	return best;
}

bool deliver_due(struct sink *s, uint64_t now)
{
	struct batch *b;

	close_if_due(s, now);
	for (int i = 0; i < SENDS_PER_PUMP; i++) {
		b = next_ready(s, now);
		if (!b)
			return false;
		if (!retry_allowed(s, now)) {
			wake_at(s, s->breaker_until_ns);
			return false;
		}
		b->state = BATCH_SENT;
		s->deliveries++;
		s->kind->send(s, b);
	}
	return true;
}

/* The spool may forget what lies before the oldest delivery that has not ended. */
static void acknowledge(struct sink *s)
{
	uint64_t upto = spool_read_up_to(s->spool);

	for (size_t i = 0; i < s->conf->parallel; i++) {
		const struct batch *b = &s->batches[i];

		if (b->state != BATCH_FREE && b->count && b->first_seq && b->first_seq <= upto)
			upto = b->first_seq - 1;
	}
	spool_ack(s->spool, upto);
}

static void finish(struct batch *b)
{
	struct sink *s = b->sink;

	b->state = BATCH_FREE;
	b->count = 0;
	if (s->spool)
		acknowledge(s);
}

void sink_retry_after(struct batch *b, uint64_t ms)
{
	b->not_before_ns = clock_ns(CLOCK_MONOTONIC) + ms * NS_PER_MS;
}

static void on_delivered(struct batch *b, unsigned int failed, uint64_t now)
{
	struct sink *s = b->sink;

	if (failed > b->count)
		failed = b->count;
	s->v[S_SHIP_OUT] += b->count - failed;
	s->v[S_SHIP_DROP_FAILED] += failed;
	if (now > b->arrival_ns)
		histogram_add(&s->latency, now - b->arrival_ns, b->count);
	retry_succeeded(s);
	finish(b);
}

static void on_refused(struct batch *b, const char *why)
{
	struct sink *s = b->sink;

	s->v[S_SHIP_DROP_FAILED] += b->count;
	log_warn("%s: %u alerts refused: %s", s->name, b->count, why);
	finish(b);
}

static void on_failed(struct batch *b, const char *why, uint64_t now)
{
	struct sink *s = b->sink;

	b->tries++;
	retry_failed(s, why, now);
	if (s->conf->retries_set && b->tries > s->conf->retries) {
		s->v[S_SHIP_DROP_FAILED] += b->count;
		log_warn("%s: %u alerts given up after %u tries: %s", s->name, b->count, b->tries,
			 why);
		finish(b);
		return;
	}
	s->v[S_SHIP_RETRIED]++;
	b->state = BATCH_READY;
	if (b->not_before_ns <= now)
		b->not_before_ns = now + retry_delay_ns(s->conf, b->tries);
}

void sink_done(struct batch *b, enum outcome outcome, unsigned int failed, const char *why)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!why)
		why = "no reason given";
	if (outcome != SINK_DELIVERED || failed)
		snprintf(b->sink->error, sizeof(b->sink->error), "%s", why);
	if (outcome == SINK_DELIVERED)
		on_delivered(b, failed, now);
	else if (outcome == SINK_REFUSED)
		on_refused(b, why);
	else
		on_failed(b, why, now);
}
