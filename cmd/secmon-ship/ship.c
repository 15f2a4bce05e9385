// SPDX-License-Identifier: BSD-2-Clause
/* The sinks together, and the stream that feeds them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/secmon-ship/dump.h"
#include "cmd/secmon-ship/http.h"
#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/metrics.h"
#include "cmd/secmon-ship/scrape.h"
#include "cmd/secmon-ship/ship.h"
#include "common/log.h"
#include "common/wire.h"

static const uint16_t sink_stats[] = { S_SHIP_IN,	 S_SHIP_OUT,	     S_SHIP_FILTERED,
				       S_SHIP_DROP_FULL, S_SHIP_DROP_FAILED, S_SHIP_DROP_EXIT,
				       S_SHIP_DROP_BIG,	 S_SHIP_DROP_SPOOL,  S_SHIP_QUEUED,
				       S_SHIP_RETRIED,	 S_SHIP_RECOVERED,   S_SHIP_INTERNAL };

static_assert(nitems(sink_stats) <= SINK_LABELS, "a label for each");

int ship_open(struct ship *s, char *err, size_t len)
{
	char why[512];

	s->stats.stage = STAGE_SHIP;
	s->stats.labelled = s->labels;
	event_init(&s->event);
	s->io_fd = io_open();
	if (s->io_fd == -1) {
		snprintf(err, len, "epoll: %s", strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < s->conf->nsinks; i++) {
		struct sink_conf *c = s->conf->sinks[i];
		struct sink *sink = sink_new(c, s->events, why, sizeof(why));

		if (!sink) {
			snprintf(err, len, "%s%s%s: %s", c->where ? c->where : "",
				 c->where ? ": " : "", c->to, why);
			return -1;
		}
		s->sinks[s->nsinks++] = sink;
	}
	return s->conf->metrics ? scrape_open(s, s->conf->metrics, err, len) : 0;
}

bool ship_close(struct ship *s)
{
	for (size_t i = 0; i < s->nsinks; i++)
		if (s->sinks[i]->abandoned)
			return false;
	scrape_close();
	for (size_t i = 0; i < s->nsinks; i++)
		sink_free(s->sinks[i]);
	s->nsinks = 0;
	ledger_fini(&s->ledger);
	return true;
}

/* ---- counters */

void ship_update(struct ship *s)
{
	struct stats *st = &s->stats;

	memset(st->v, 0, sizeof(st->v));
	st->nlabelled = 0;
	for (size_t i = 0; i < s->nsinks; i++) {
		struct sink *sink = s->sinks[i];

		if (sink->kind)
			sink->v[S_SHIP_QUEUED] = sink_held(sink);
		for (size_t j = 0; j < nitems(sink_stats); j++) {
			st->v[sink_stats[j]] += sink->v[sink_stats[j]];
			s->labels[st->nlabelled++] = (struct stat_label){ sink_stats[j], sink->name,
									  sink->v[sink_stats[j]] };
		}
	}
	ledger_own(&s->ledger, st);
}

static void report(struct ship *s)
{
	ship_update(s);
	ledger_print(&s->ledger, stderr);
	for (size_t i = 0; i < s->nsinks; i++) {
		const struct sink *sink = s->sinks[i];

		fprintf(stderr, "  %s: %llu in %llu deliveries, %llu waiting, %llu lost%s%s\n",
			sink->name, (unsigned long long)sink->v[S_SHIP_OUT],
			(unsigned long long)sink->deliveries,
			(unsigned long long)sink->v[S_SHIP_QUEUED],
			(unsigned long long)sink_lost(sink),
			sink->error[0] ? "; last trouble: " : "", sink->error);
	}
}

/* ---- the stream */

static uint64_t now_of(struct ship *s)
{
	if (!s->now_ns)
		s->now_ns = clock_ns(CLOCK_MONOTONIC);
	return s->now_ns;
}

static bool blocked(const struct ship *s, const struct object *o)
{
	for (size_t i = 0; i < s->nsinks; i++)
		if (!s->sinks[i]->dead && sink_blocks(s->sinks[i], o->len))
			return true;
	return false;
}

static void offer(struct ship *s, const struct object *o, const struct event *e, enum stat_id as)
{
	for (size_t i = 0; i < s->nsinks; i++)
		sink_offer(s->sinks[i], o, e, as, now_of(s));
}

static int on_indexed(void *arg, const struct object *o)
{
	struct ship *s = arg;

	if (blocked(s, o))
		return 1;
	if (event_index(&s->event, o) == -1) {
		log_err("byte %llu: %s", (unsigned long long)o->offset, s->event.error);
		return -1;
	}
	offer(s, o, &s->event, S_SHIP_IN);
	return 0;
}

static int on_event(void *arg, const struct object *o)
{
	struct ship *s = arg;

	return s->events ? on_indexed(s, o) : 0;
}

/* Objects of other kinds go to the sinks only if everything does. */
static int show(struct ship *s, const struct object *o)
{
	if (!s->events)
		return 0;
	if (blocked(s, o))
		return 1;
	offer(s, o, NULL, S_SHIP_IN);
	return 0;
}

static int on_stats(void *arg, const struct object *o)
{
	struct ship *s = arg;

	if (ledger_take(&s->ledger, o) == -1) {
		log_err("byte %llu: STATS that cannot be read", (unsigned long long)o->offset);
		return -1;
	}
	return show(s, o);
}

static int on_loss(void *arg, const struct object *o)
{
	struct ship *s = arg;
	int r = show(s, o);

	if (r == 0 && loss_read(&s->loss, o) == -1) {
		log_err("byte %llu: LOSS that cannot be read", (unsigned long long)o->offset);
		return -1;
	}
	return r;
}

static int on_end(void *arg, const struct object *o)
{
	return show(arg, o);
}

static int on_hello(void *arg, struct hello *h)
{
	static uint8_t buf[4096];
	struct ship *s = arg;
	struct object o;
	size_t len;

	s->greeted = true;
	dump_hello(h);
	len = s->events ? dump_hello_object(h, buf, sizeof(buf)) : 0;
	if (len && object_view(&o, buf, len) == 0)
		offer(s, &o, NULL, S_SHIP_IN);
	return 0;
}

/* ---- once a second */

/* An alert of our own to every sink. */
static void say(struct ship *s, const uint8_t *buf, size_t len)
{
	struct object o;

	if (len && object_view(&o, buf, len) == 0 && event_index(&s->event, &o) == 0)
		offer(s, &o, &s->event, S_SHIP_INTERNAL);
}

/* What the sinks lost themselves since the last time. */
static void note_own_losses(struct ship *s)
{
	uint64_t now = clock_ns(CLOCK_REALTIME);
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < s->nsinks; i++) {
		struct sink *sink = s->sinks[i];

		for (size_t j = 0; j < n; j++) {
			struct loss_entry e = { .stage = "ship",
						.since_ns = now - NS_PER_S,
						.until_ns = now };

			if (d[j].stage != STAGE_SHIP || d[j].kind != STAT_DROP)
				continue;
			e.count = sink->v[d[j].id] - sink->said[d[j].id];
			sink->said[d[j].id] = sink->v[d[j].id];
			snprintf(e.counter, sizeof(e.counter), "%s", d[j].name);
			snprintf(e.label, sizeof(e.label), "%s", sink->name);
			loss_note(&s->loss, &e);
		}
	}
}

static void say_losses(struct ship *s, uint64_t pause_ns)
{
	static uint8_t buf[4096];
	struct loss_entry e;

	note_own_losses(s);
	while (loss_next(&s->loss, now_of(s), pause_ns, &e)) {
		log_warn("lost %llu (%s%s%s)", (unsigned long long)e.count, e.counter,
			 e.label[0] ? " " : "", e.label);
		if (!s->events)
			say(s, buf, loss_alert(&e, buf, sizeof(buf)));
	}
}

static void beat(struct ship *s)
{
	static uint8_t buf[4096];
	uint64_t now = now_of(s);

	if (!s->conf->heartbeat_ms || s->events ||
	    now - s->loss.heartbeat_ns < s->conf->heartbeat_ms * NS_PER_MS)
		return;
	s->loss.heartbeat_ns = now;
	say(s, buf, loss_heartbeat(&s->stats, buf, sizeof(buf)));
}

static void write_metrics(struct ship *s)
{
	const char *path = s->conf->metrics_file;
	bool failed = path && metrics_file(path, s) == -1;

	if (failed && !s->file_failed)
		log_warn("%s: %s", path, strerror(errno));
	s->file_failed = failed;
}

static bool all_dead(const struct ship *s)
{
	for (size_t i = 0; i < s->nsinks; i++)
		if (!s->sinks[i]->dead)
			return false;
	return s->nsinks > 0;
}

static int on_tick(void *arg)
{
	struct ship *s = arg;

	for (size_t i = 0; i < s->nsinks; i++)
		sink_retake(s->sinks[i]);
	ship_update(s);
	say_losses(s, s->conf->loss_ms * NS_PER_MS);
	beat(s);
	write_metrics(s);
	scrape_tick(now_of(s));
	return 0;
}

static int on_hup(void *arg)
{
	struct ship *s = arg;

	for (size_t i = 0; i < s->nsinks; i++)
		sink_reopen(s->sinks[i]);
	return 0;
}

static void on_report(void *arg)
{
	report(arg);
}

/* ---- the loop's other side */

static void pump(struct ship *s)
{
	s->now_ns = clock_ns(CLOCK_MONOTONIC);
	for (size_t i = 0; i < s->nsinks; i++)
		sink_pump(s->sinks[i], s->now_ns);
}

static void wait_until(uint64_t due_ns, uint64_t now, int *timeout_ms)
{
	uint64_t ms = due_ns > now ? (due_ns - now + NS_PER_MS - 1) / NS_PER_MS : 0;

	if (due_ns != UINT64_MAX && (*timeout_ms < 0 || ms < (uint64_t)*timeout_ms))
		*timeout_ms = (int)ms;
}

static int fds(void *arg, struct pollfd *p, int *timeout_ms)
{
	struct ship *s = arg;

	pump(s);
	for (size_t i = 0; i < s->nsinks; i++) {
		wait_until(s->sinks[i]->wake_ns, s->now_ns, timeout_ms);
		wait_until(s->sinks[i]->timer_ns, s->now_ns, timeout_ms);
	}
	wait_until(http_deadline_ns(), s->now_ns, timeout_ms);
	p[0] = (struct pollfd){ .fd = s->io_fd, .events = POLLIN };
	return 1;
}

static int on_fds(void *arg, const struct pollfd *p, int n)
{
	struct ship *s = arg;

	s->now_ns = clock_ns(CLOCK_MONOTONIC);
	if (p[0].revents)
		io_dispatch();
	http_tick(s->now_ns);
	if (all_dead(s)) {
		log_err("no sink is left");
		return -1;
	}
	return 0;
}

/*
 * A sink that may block the stream is waited for as long as it works: it is a
 * pipe, and between pipes nothing is lost. The others have their grace.
 */
static int on_drain(void *arg)
{
	struct ship *s = arg;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	bool late, held = false;

	if (!s->drain_since_ns) {
		s->drain_since_ns = now;
		say_losses(s, 0);
	}
	late = now - s->drain_since_ns >= s->conf->grace_ms * NS_PER_MS;
	for (size_t i = 0; i < s->nsinks; i++) {
		struct sink *sink = s->sinks[i];

		sink->hurry = true;
		if (sink->dead ||
		    (late && (sink->conf->overflow != OVERFLOW_BLOCK || sink->failures)))
			continue;
		held |= sink_held(sink) > 0;
	}
	pump(s);
	return held;
}

void ship_hooks(struct ship *s, struct loop *l)
{
	l->arg = s;
	l->stats = &s->stats;
	l->on_hello = on_hello;
	l->on_event = on_event;
	l->on_alert = on_indexed;
	l->on_stats = on_stats;
	l->on_loss = on_loss;
	l->on_end = on_end;
	l->on_tick = on_tick;
	l->on_hup = on_hup;
	l->on_report = on_report;
	l->fds = fds;
	l->on_fds = on_fds;
	l->on_drain = on_drain;
	l->grace_ms = (int)s->conf->grace_ms;
}

/* The loop broke off because of its input: what was read before still goes out. */
static void drain_alone(struct ship *s)
{
	uint64_t until = clock_ns(CLOCK_MONOTONIC) + s->conf->grace_ms * NS_PER_MS;
	struct pollfd p[LOOP_FDS_MAX];

	while (on_drain(s) && clock_ns(CLOCK_MONOTONIC) < until) {
		int ms = 100, n = fds(s, p, &ms);

		poll(p, (nfds_t)n, ms);
		if (on_fds(s, p, n) == -1)
			return;
	}
}

bool ship_finish(struct ship *s)
{
	uint64_t lost = 0;

	if (!s->drain_since_ns)
		drain_alone(s);
	for (size_t i = 0; i < s->nsinks; i++) {
		sink_give_up(s->sinks[i]);
		lost += sink_lost(s->sinks[i]);
	}
	ship_update(s);
	write_metrics(s);
	if (!s->quiet)
		report(s);
	return lost == 0;
}
