// SPDX-License-Identifier: BSD-2-Clause
/* The stage: events in, alerts out. */
#include "cmd/secmon-match/stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/alert.h"
#include "cmd/secmon-match/rx.h"
#include "cmd/secmon-match/why.h"
#include "common/log.h"

enum { SCRATCH_BYTES = 4 * 1024 * 1024 };

static int on_hello(void *arg, struct hello *h)
{
	struct stage *s = arg;

	snprintf(s->x.hostname, sizeof(s->x.hostname), "%s", h->hostname);
	return 0;
}

/* One rule matched: an alert, unless its limit holds it back. 1: no room now. */
static int raise(struct stage *s, struct active *a, uint32_t node)
{
	struct why why;

	if (!limit_take(&a->limit, s->x.now_ns)) {
		a->tally->suppressed++;
		a->tally->pending++;
		s->stats->v[S_MATCH_SUPPRESSED]++;
		return 0;
	}
	if (s->o->why)
		why_explain(&why, s->run.engine->eval, &s->x, node);
	if (alert_write(s->loop.out, a, &s->x, s->o->why ? &why : NULL) < 0)
		return -1;
	s->stats->v[S_MATCH_ALERTS]++;
	s->counted = true;
	return 0;
}

/* 0 when all rules of the event's type were asked, 1 when there is no room to go on. */
static int match(struct stage *s)
{
	struct engine *e = s->run.engine;
	struct active *a;

	for (;;) {
		if (outq_full(s->loop.out)) {
			outq_flush(s->loop.out);
			if (outq_full(s->loop.out))
				return 1;
		}
		a = engine_next(e, &s->at);
		if (!a)
			return 0;
		if (raise(s, a, a->node) < 0) {
			log_err("an alert of rule '%s' could not be written: %s", a->rule->name,
				strerror(errno));
			return -1;
		}
		if (!s->o->all)
			return 0;
	}
}

static int pass_or_filter(struct stage *s, const struct object *o)
{
	if (s->o->pass) {
		if (loop_pass(&s->loop, o))
			return 1;
		s->stats->v[S_MATCH_OUT]++;
	} else {
		s->stats->v[S_MATCH_FILTERED]++;
	}
	s->stats->v[S_MATCH_IN]++;
	return 0;
}

static int look_at(struct stage *s, const struct object *o)
{
	if (event_index(&s->event, o) == 0)
		return 0;
	log_err("%s: byte %llu: %s", inq_name(s->loop.in), (unsigned long long)o->offset,
		s->event.error);
	return -1;
}

static int begin(struct stage *s, const struct object *o)
{
	if (look_at(s, o) < 0)
		return -1;
	xctx_event(&s->x, &s->event);
	engine_event(s->run.engine, &s->x);
	s->at = 0;
	s->counted = false;
	return 0;
}

/* The same event once more, perhaps elsewhere in memory: values are got again, rules are not. */
static int again(struct stage *s, const struct object *o)
{
	if (look_at(s, o) < 0)
		return -1;
	scratch_reset(&s->scratch);
	engine_event(s->run.engine, &s->x);
	return 0;
}

static void reload(struct stage *s)
{
	struct running new;
	struct report report;

	s->reload = false;
	report_init(&report);
	if (rulesrc_load(s->src, &new, &report) < 0) {
		s->stats->v[S_MATCH_RELOAD_FAILED]++;
		report_text(&report, stderr, true);
		log_err("the new rules were refused; the old ones go on");
	} else {
		running_free(&s->run);
		s->run = new;
		s->stats->v[S_MATCH_RELOADS]++;
		log_warn("rules read again: %u run", s->run.engine->nactive);
	}
	report_free(&report);
}

static int on_event(void *arg, const struct object *o)
{
	struct stage *s = arg;
	int r;

	if (s->reload && !s->resume)
		reload(s);
	if (!s->resume && s->x.first_ns && !engine_wants(s->run.engine, o->type))
		return pass_or_filter(s, o);
	if ((s->resume ? again(s, o) : begin(s, o)) < 0)
		return -1;
	r = match(s);
	s->resume = r == 1;
	if (r)
		return r;
	if (!s->counted) {
		r = pass_or_filter(s, o);
		s->resume = r == 1; /* all rules were asked: only the passing on is left */
		return r;
	}
	s->stats->v[S_MATCH_IN]++;
	s->stats->v[S_MATCH_OUT]++;
	return 0;
}

static int on_tick(void *arg)
{
	struct stage *s = arg;

	tally_stats(s->stats);
	s->stats->v[S_MATCH_REGEX_LIMIT] = rx_given_up();
	return 0;
}

/* Between two events: one that waits for room is finished with the rules it was begun with. */
static int on_hup(void *arg)
{
	struct stage *s = arg;

	if (s->resume)
		s->reload = true;
	else
		reload(s);
	return 0;
}

int stage_init(struct stage *s)
{
	if (scratch_init(&s->scratch, SCRATCH_BYTES) < 0)
		return -1;
	event_init(&s->event);
	s->x.s = &s->scratch;
	s->loop.arg = s;
	s->loop.stats = s->stats;
	s->loop.on_hello = on_hello;
	s->loop.on_event = on_event;
	s->loop.on_tick = on_tick;
	s->loop.on_drain = on_tick;
	s->loop.on_hup = on_hup;
	return 0;
}
