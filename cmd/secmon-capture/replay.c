// SPDX-License-Identifier: BSD-2-Clause
/* secmon-capture -r: the loop around a reader of recordings. */
#include "cmd/secmon-capture/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-capture/capfile.h"
#include "cmd/secmon-capture/replay_progress.h"
#include "cmd/secmon-capture/replay_reader.h"
#include "cmd/secmon-capture/scap.h"
#include "cmd/secmon-capture/wanted.h"
#include "common/compat.h"
#include "common/log.h"
#include "common/loop.h"

#define WAIT_MAX_NS 1e18 /* 30 years: a recording may say any time */

enum { BATCH_MAX = 4096 }; /* steps between two looks at signals and clock */

struct replay_pace {
	double speed;	   /* 0: no waiting */
	uint64_t first_ts; /* time of the first event in the recording ... */
	uint64_t start;	   /* ... and on our own clock when it was written */
	uint64_t due;	   /* when the event that was asked about is due */
};

struct replay {
	struct replay_options opt;
	struct replay_pace pace;
	struct replay_src *src;
	const struct replay_reader *reader;
	void *self;
	struct replay_progress progress;
	struct outq *out;
	struct stats *stats;
	enum replay_step last; /* why the last batch ended */
	bool failed;
};

bool replay_due(struct replay_pace *p, uint64_t ts_ns)
{
	uint64_t now;

	if (p->speed <= 0 || !ts_ns)
		return true;
	now = clock_ns(CLOCK_MONOTONIC);
	if (!p->start) {
		p->start = now;
		p->first_ts = ts_ns;
	}
	p->due = p->start;
	if (ts_ns > p->first_ts) {
		double wait = (double)(ts_ns - p->first_ts) / p->speed;

		p->due += wait < WAIT_MAX_NS ? (uint64_t)wait : (uint64_t)WAIT_MAX_NS;
	}
	return p->due <= now;
}

int replay_filter_init(struct replay_filter *f, const struct replay_options *o)
{
	for (unsigned int e = 0; e < EVENT_ID_END; e++) {
		bool asked = !o->events || o->events[e / 64] >> e % 64 & 1;
		const struct event_type *type = event_by_id(e);

		if (asked && (!o->plan || plan_wants_type(o->plan, e)))
			f->asked[e / 64] |= 1ULL << e % 64;
		if (type && type->flags & EVENT_LIFE)
			f->life[e / 64] |= 1ULL << e % 64;
	}
	f->wanted = o->plan ? wanted_new(o->plan) : NULL;
	return o->plan && !f->wanted ? -1 : 0;
}

void replay_filter_fini(struct replay_filter *f)
{
	wanted_free(f->wanted);
	f->wanted = NULL;
}

enum stat_id replay_held_back(const struct replay_filter *f)
{
	static const enum stat_id why[VERDICT_END] = {
		[VERDICT_LIMITED] = S_CAPTURE_LIMITED,
		[VERDICT_SAMPLED] = S_CAPTURE_SAMPLED,
		[VERDICT_SHED] = S_CAPTURE_SHED,
	};
	enum stat_id id = f->wanted ? why[wanted_verdict(f->wanted)] : 0;

	return id ? id : S_CAPTURE_FILTERED;
}

struct replay *replay_open(const struct replay_options *o, char *err, unsigned int errlen)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r) {
		snprintf(err, errlen, "not enough memory");
		return NULL;
	}
	r->opt = *o;
	r->pace.speed = o->speed;
	r->last = STEP_DONE;
	r->src = replay_src_open(o->path, err, errlen);
	if (!r->src)
		goto fail;
	if (replay_src_format(r->src) == REPLAY_STREAM) {
		r->reader = &replay_stream_reader;
		r->self = replay_stream_open(r->src, &r->pace, o, err, errlen);
	} else {
		r->reader = &scap_reader;
		r->self = scap_open(r->src, &r->pace, o, err, errlen);
	}
	if (r->self)
		return r;
fail:
	replay_close(r);
	return NULL;
}

void replay_close(struct replay *r)
{
	int saved = errno;

	if (!r)
		return;
	if (r->self)
		r->reader->close(r->self);
	replay_src_close(r->src);
	free(r);
	errno = saved;
}

static int on_hello(void *arg, struct hello *h)
{
	struct replay *r = arg;

	r->reader->hello(r->self, h);
	return 0;
}

/* What must be waited for before the next step: nothing, the source, the output, the clock. */
static int fds(void *arg, struct pollfd *p, int *timeout_ms)
{
	struct replay *r = arg;
	int ms = 0, fd = -1;

	switch (r->last) {
	case STEP_WAIT:
		fd = replay_src_fd(r->src);
		break;
	case STEP_LATER: {
		uint64_t now = clock_ns(CLOCK_MONOTONIC);

		if (r->pace.due > now && r->pace.due - now < NS_PER_S)
			ms = (int)((r->pace.due - now) / NS_PER_MS) + 1;
		else if (r->pace.due > now)
			ms = *timeout_ms;
		break;
	}
	case STEP_FULL:
		if (outq_full(r->out))
			return 0;
		break;
	case STEP_DONE:
		break;
	case STEP_END:
	case STEP_ERROR:
		return 0;
	}
	if (fd != -1) {
		*p = (struct pollfd){ .fd = fd, .events = POLLIN };
		return 1;
	}
	if (ms < *timeout_ms)
		*timeout_ms = ms;
	return 0;
}

static int on_fds(void *arg, const struct pollfd *p, int n)
{
	struct replay *r = arg;

	if (r->last == STEP_END || (n == 1 && !p->revents))
		return 0;
	for (int i = 0; i < BATCH_MAX; i++) {
		if (outq_full(r->out)) {
			r->last = STEP_FULL;
			return 0;
		}
		r->last = r->reader->step(r->self, r->out, r->stats);
		if (r->last == STEP_ERROR && !r->failed) {
			r->failed = true;
			replay_progress_end(&r->progress);
			log_err("%s: %s", replay_src_name(r->src), r->reader->error(r->self));
			return -1;
		}
		if (r->last != STEP_DONE)
			return 0;
	}
	return 0;
}

static bool done(void *arg)
{
	struct replay *r = arg;

	return r->last == STEP_END;
}

static int check_tee(struct replay *r)
{
	struct capfile *c = r->opt.tee;

	if (!c || !capfile_error(c))
		return 0;
	log_err("%s: %s", capfile_name(c), strerror(capfile_error(c)));
	return -1;
}

/* what the selectors counted, and at the end what they held back */
static int on_drain(void *arg)
{
	struct replay *r = arg;
	struct wanted *w = r->reader->filter(r->self)->wanted;

	if (!w)
		return 0;
	if (wanted_stats(w, NULL, 0, r->stats) == -1)
		return 0;
	return wanted_say(w, 0, r->out) == -1 && errno == EAGAIN;
}

static int on_tick(void *arg)
{
	struct replay *r = arg;
	struct wanted *w = r->reader->filter(r->self)->wanted;
	uint64_t bytes, total;

	if (w && wanted_stats(w, NULL, 0, r->stats) == -1)
		return -1;
	if (r->opt.tee)
		capfile_tick(r->opt.tee);
	replay_src_progress(r->src, &bytes, &total);
	if (r->opt.progress)
		replay_progress_show(&r->progress, bytes, total, r->stats->v[S_CAPTURE_IN]);
	return check_tee(r);
}

int replay_run(struct replay *r, struct outq *out, struct stats *stats)
{
	struct loop l = {
		.program = log_program(),
		.out = out,
		.stats = stats,
		.arg = r,
		.on_hello = on_hello,
		.on_tick = on_tick,
		.on_drain = on_drain,
		.fds = fds,
		.on_fds = on_fds,
		.done = done,
	};
	int status;

	r->out = out;
	r->stats = stats;
	replay_progress_begin(&r->progress);
	status = loop_run(&l);
	replay_progress_end(&r->progress);
	return status;
}
