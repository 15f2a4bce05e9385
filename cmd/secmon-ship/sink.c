// SPDX-License-Identifier: BSD-2-Clause
/* A sink: what it was told, its queue or spool, its counters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/secmon-ship/deliver.h"
#include "cmd/secmon-ship/dump.h"
#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/sink.h"
#include "cmd/secmon-ship/spool.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/wire.h"

static void otherwise(uint64_t *v, uint64_t value)
{
	if (!*v)
		*v = value;
}

/* What the user left open, as it suits the kind of sink and the format. */
static void fill_in(struct sink_conf *c, const struct sink_kind *k)
{
	if (!c->format)
		c->format = k->format;
	if (c->overflow == OVERFLOW_UNSET)
		c->overflow = c->spool ? OVERFLOW_SPOOL : k->overflow;
	otherwise(&c->queue_bytes, QUEUE_DEFAULT);
	otherwise(&c->batch_max,
		  k->batch_max && c->format == k->format ? k->batch_max : c->format->batch);
	otherwise(&c->batch_bytes, k->batch_bytes);
	otherwise(&c->parallel, k->parallel);
	otherwise(&c->connect_ms, 5000);
	otherwise(&c->timeout_ms, 30000);
	otherwise(&c->backoff_ms, 250);
	otherwise(&c->backoff_max_ms, 30000);
	otherwise(&c->breaker_ms, 10000);
	otherwise(&c->spool_bytes, 1ULL << 30);
	otherwise(&c->spool_age_ms, 7 * 86400000ULL);
	otherwise(&c->spool_segment, 8 << 20);
	otherwise(&c->keep, 5);
	otherwise(&c->max_message, 8192);
	if (!c->breaker_set)
		c->breaker = 5;
	if (!c->linger_set)
		c->linger_ms = c->batch_max > 1 ? k->linger_ms : 0;
	/* no limit is said as: not set */
	if (!c->retries_set) {
		c->retries = 8;
		c->retries_set = !c->spool && !k->patient;
	} else if (!c->retries) {
		c->retries_set = false;
	}
}

static int check(const struct sink *s, char *err, size_t len)
{
	const struct sink_conf *c = s->conf;
	const char *why = format_check(c->format, c);

	if (!why && !c->format->lines && s->kind != &sink_http)
		why = "that format is for http:// and https:// only";

	if (!why && c->overflow == OVERFLOW_SPOOL && !c->spool)
		why = "overflow: spool needs a directory, spool: DIR";
	if (!why && c->spool && c->overflow != OVERFLOW_SPOOL)
		why = "a sink with a spool has overflow: spool";
	if (!why)
		return 0;
	snprintf(err, len, "%s", why);
	errno = EINVAL;
	return -1;
}

static int open_spool(struct sink *s, char *err, size_t len)
{
	const struct spool_limits limits = {
		.bytes = s->conf->spool_bytes,
		.age_ms = s->conf->spool_age_ms,
		.segment_bytes = s->conf->spool_segment,
		.sync = s->conf->spool_sync,
	};

	if (!s->conf->spool)
		return 0;
	s->spool = spool_open(s->conf->spool, &limits, err, len);
	if (!s->spool)
		return -1;
	s->v[S_SHIP_RECOVERED] = spool_counts(s->spool)->recovered;
	return 0;
}

static int prepare(struct sink *s, char *err, size_t len)
{
	struct sink_conf *c = s->conf;

	fill_in(c, s->kind);
	s->name = c->name ? c->name : c->to;
	s->context.conf = c;
	if (check(s, err, len) == -1 || open_spool(s, err, len) == -1)
		return -1;
	s->queue = queue_new(c->queue_bytes);
	s->batches = calloc(c->parallel, sizeof(*s->batches));
	if (!s->queue || !s->batches) {
		snprintf(err, len, "no memory");
		errno = ENOMEM;
		return -1;
	}
	for (size_t i = 0; i < c->parallel; i++)
		s->batches[i].sink = s;
	return s->kind->open(s, err, len);
}

struct sink *sink_new(struct sink_conf *conf, bool events, char *err, size_t len)
{
	struct sink *s = calloc(1, sizeof(*s));
	const struct format *format = NULL;
	int error;

	if (!s) {
		snprintf(err, len, "no memory");
		return NULL;
	}
	s->conf = conf;
	s->events = events;
	s->wake_ns = s->timer_ns = UINT64_MAX;
	s->kind = sink_kind_of(conf->to, &s->target, &format);
	if (!conf->format)
		conf->format = format;
	if (!s->kind) {
		snprintf(err, len, "no such sink; see --help for what there is");
		errno = EINVAL;
	} else if (prepare(s, err, len) == 0) {
		return s;
	}
	error = errno;
	sink_free(s);
	errno = error;
	return NULL;
}

void sink_free(struct sink *s)
{
	if (!s)
		return;
	if (s->kind)
		s->kind->close(s);
	for (size_t i = 0; s->batches && i < s->conf->parallel; i++)
		buf_fini(&s->batches[i].body);
	free(s->batches);
	queue_free(s->queue);
	spool_close(s->spool);
	free(s);
}

/* ---- moving on */

static void fill_from_spool(struct sink *s, uint64_t now)
{
	const uint8_t *p;
	uint64_t seq;
	size_t len;

	while (deliver_can_fill(s, now) && spool_next(s->spool, &p, &len, &seq) == 1)
		deliver_waiting(s, p, len, seq, now);
}

static void fill_from_queue(struct sink *s, uint64_t now)
{
	const uint8_t *p;
	size_t len;

	while ((p = queue_peek(s->queue, &len)) && deliver_waiting(s, p, len, 0, now)) {
		queue_pop(s->queue);
		if (!s->open)
			deliver_due(s, now);
	}
}

/* ---- taking */

bool sink_blocks(const struct sink *s, size_t len)
{
	return s->conf->overflow == OVERFLOW_BLOCK &&
	       !queue_fits(s->queue, len + sizeof(struct waiting));
}

static void wait_in_memory(struct sink *s, const uint8_t *record, size_t len)
{
	while (queue_put(s->queue, record, len) == -1) {
		if (s->conf->overflow != OVERFLOW_OLDEST || !queue_count(s->queue)) {
			s->v[S_SHIP_DROP_FULL]++;
			return;
		}
		queue_pop(s->queue);
		s->v[S_SHIP_DROP_FULL]++;
	}
}

static void spool_trouble(struct sink *s)
{
	if (!s->spool_failed)
		log_warn("%s: spool %s: %s; alerts wait in memory", s->name, s->conf->spool,
			 strerror(errno));
	s->spool_failed = true;
}

static void take(struct sink *s, const uint8_t *record, size_t len)
{
	uint64_t seq;

	if (s->spool && !queue_count(s->queue)) {
		if (spool_append(s->spool, record, len, &seq) == 0)
			return;
		spool_trouble(s);
	}
	wait_in_memory(s, record, len);
}

void sink_retake(struct sink *s)
{
	const uint8_t *p;
	uint64_t seq;
	size_t len;

	if (!s->spool)
		return;
	spool_tick(s->spool);
	while ((p = queue_peek(s->queue, &len))) {
		if (spool_append(s->spool, p, len, &seq) == -1)
			return;
		queue_pop(s->queue);
	}
	if (s->spool_failed)
		log_warn("%s: spool %s takes alerts again", s->name, s->conf->spool);
	s->spool_failed = false;
}

static bool wanted(const struct sink *s, const struct object *o, const struct event *e)
{
	struct alert a;

	if (o->kind != KIND_ALERT)
		return s->events;
	if (s->conf->priority == PRIORITY_DEBUG && !s->conf->rules.n && !s->conf->tags.n &&
	    !s->conf->sources.n)
		return true;
	alert_read(&a, e, "");
	return sink_filter(s->conf, &a);
}

void sink_offer(struct sink *s, const struct object *o, const struct event *e, enum stat_id as,
		uint64_t now)
{
	static uint8_t record[sizeof(struct waiting) + WIRE_OBJECT_MAX];

	s->now_ns = now;
	s->v[as]++;
	if (!wanted(s, o, e)) {
		s->v[S_SHIP_FILTERED]++;
		return;
	}
	/* what can go at once does not wait for the loop, which may read much before it comes */
	if (!s->spool && queue_count(s->queue))
		fill_from_queue(s, now);
	if (!s->spool && !queue_count(s->queue) && deliver_render(s, o, e, now, 0, now)) {
		if (!s->open)
			deliver_due(s, now);
		return;
	}
	memcpy(record, &now, sizeof(now));
	memcpy(record + sizeof(struct waiting), o->buf, o->len);
	take(s, record, sizeof(struct waiting) + o->len);
}

void sink_pump(struct sink *s, uint64_t now)
{
	s->wake_ns = UINT64_MAX;
	s->now_ns = now;
	if (s->timer_ns <= now && s->kind->timer) {
		s->timer_ns = UINT64_MAX;
		s->kind->timer(s);
	}
	if (s->spool) {
		fill_from_spool(s, now);
		s->v[S_SHIP_DROP_SPOOL] =
			spool_counts(s->spool)->expired + spool_counts(s->spool)->damaged;
	} else {
		fill_from_queue(s, now);
	}
	if (deliver_due(s, now) || (sink_held(s) > deliver_held(s) && deliver_can_fill(s, now)))
		s->wake_ns = now;
}

/* ---- looking at it */

uint64_t sink_held(const struct sink *s)
{
	return deliver_held(s) + queue_count(s->queue) + (s->spool ? spool_unread(s->spool) : 0);
}

uint64_t sink_lost(const struct sink *s)
{
	return s->v[S_SHIP_DROP_FULL] + s->v[S_SHIP_DROP_FAILED] + s->v[S_SHIP_DROP_EXIT] +
	       s->v[S_SHIP_DROP_BIG] + s->v[S_SHIP_DROP_SPOOL];
}

void sink_give_up(struct sink *s)
{
	s->v[S_SHIP_QUEUED] = s->spool ? deliver_held(s) + spool_unread(s->spool) : 0;
	s->v[S_SHIP_DROP_EXIT] += sink_held(s) - s->v[S_SHIP_QUEUED];
	s->kind->close(s);
	s->kind = NULL;
}

void sink_reopen(struct sink *s)
{
	if (s->kind->reopen)
		s->kind->reopen(s);
}
