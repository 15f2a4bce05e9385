// SPDX-License-Identifier: BSD-2-Clause
/* From the records of a .scap file to events of our stream. */
#include "cmd/secmon-capture/scap.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-capture/scap_emit.h"
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_file.h"
#include "cmd/secmon-capture/scap_net.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "cmd/secmon-capture/wanted.h"
#include "common/compat.h"

enum state {
	ST_LISTS,    /* the lists of a section are read */
	ST_SNAPSHOT, /* the processes in them are told */
	ST_EVENTS
};

struct scap {
	struct replay_src *src;
	struct replay_pace *pace;
	struct replay_filter filter;
	struct scap_file *file;
	struct scap_convert *convert;
	enum state state;
	bool have;    /* record is still to be dealt with */
	bool ready;   /* ... and has been converted */
	bool applied; /* ... and has changed the world */
	struct scap_record record;
	struct scap_actor actor;
	uint64_t num;	/* evt.num of the last event */
	uint64_t since; /* time of the first event that was a call, told or not */
	bool since_told;
	bool life_plain;	  /* the plan has nothing to say on events of life */
	bool begun;		  /* something other than lists has happened */
	size_t snapshot;	  /* bucket of the next process to tell */
	struct scap_thread *next; /* ... or itself */
	char hostname[129];
	uint64_t boot_ns;
	struct scap_blobs blobs;
	struct scap_world world;
};

static void on_proc(struct scap *s, const struct scap_proc *p)
{
	thread_from_list(&s->world, p);
}

static void on_fd(struct scap *s, const struct scap_fd_rec *r)
{
	struct scap_thread *t = thread_find(&s->world, r->tid);

	if (t && thread_main(t) == t)
		fds_put(&s->world, &t->fds, r->fd, fd_from_list(&s->world, r));
}

static void on_machine(struct scap *s, const struct scap_machine *m)
{
	memcpy(s->hostname, m->hostname.s, m->hostname.len);
	s->hostname[m->hostname.len] = '\0';
	s->boot_ns = m->boot_ns;
}

static void on_section(struct scap *s)
{
	world_reset(&s->world);
	convert_reset(s->convert);
	s->state = ST_LISTS;
}

/* An entry of a list; false if it is none. */
static bool on_list(struct scap *s, const struct scap_record *r)
{
	const struct scap_account *a = &r->account;
	struct scap_slice host = { "", 0 };

	switch (r->kind) {
	case SCAP_SECTION:
		on_section(s);
		return true;
	case SCAP_MACHINE:
		on_machine(s, &r->machine);
		return true;
	case SCAP_PROC:
		on_proc(s, &r->proc);
		return true;
	case SCAP_FD:
		on_fd(s, &r->fd);
		return true;
	case SCAP_IFACE:
		world_iface(&s->world, &r->iface);
		return true;
	case SCAP_USER:
	case SCAP_GROUP:
		world_account(&s->world, r->kind == SCAP_GROUP, a->id, host, a->name, a->home,
			      a->shell);
		return true;
	default:
		return false;
	}
}

static struct scap_thread *next_main(struct scap *s)
{
	for (;;) {
		while (s->next && s->next->tid != s->next->pid)
			s->next = s->next->by_tid;
		if (s->next || s->snapshot == TID_BUCKETS)
			return s->next;
		s->next = s->world.tids[s->snapshot++];
	}
}

/* One process of the list. False: the output is full. */
static bool tell_one(struct scap *s, struct outq *out, struct stats *stats)
{
	struct scap_thread *t = next_main(s);

	if (!t) {
		s->state = ST_EVENTS;
		return true;
	}
	if (emit_snapshot(&s->blobs, t, s->record.event.ts, out) == -1) {
		if (errno == EAGAIN)
			return false;
		stats->v[S_CAPTURE_DROP_BIG]++;
	} else {
		stats->v[S_CAPTURE_OUT]++;
	}
	stats->v[S_CAPTURE_SNAPSHOT]++;
	s->next = t->by_tid;
	return true;
}

static int emit(struct scap *s, enum emit_what what, struct outq *out)
{
	return emit_event(&s->blobs, &s->actor, s->num, s->since_told ? 0 : s->since, what, out);
}

/* Later stages live on it, whatever the plan says. */
static bool tells_life(const struct scap *s)
{
	const struct scap_actor *a = &s->actor;

	return !a->failed && !a->twin && replay_has(s->filter.life, a->info->event);
}

/* The event, if the plan wants it; 1 if not. Most are refused for what the call itself says. */
static int offer_event(struct scap *s, struct outq *out)
{
	struct wanted *w = s->filter.wanted;
	const struct scap_actor *a = &s->actor;
	bool life = tells_life(s);
	int r;

	if (life && s->life_plain)
		return emit(s, EMIT_ALL, out);
	if (!life && emit(s, EMIT_CALL, wanted_draft(w)) == 0 && !wanted_part(w))
		return 1;
	r = emit(s, EMIT_ALL, wanted_draft(w));
	return r == 0 ? wanted_submit(w, a->e->ts, out) : r;
}

/* The event, if anyone wants it, counted. -1: the output is full. */
static int tell_event(struct scap *s, struct outq *out, struct stats *stats)
{
	const struct scap_actor *a = &s->actor;
	enum stat_id why = S_CAPTURE_FILTERED;
	int r = 1;

	if (replay_wants_type(&s->filter, a->info->event, a->failed || a->twin)) {
		r = s->filter.wanted ? offer_event(s, out) : emit(s, EMIT_ALL, out);
		why = replay_held_back(&s->filter);
	}
	if (r == -1 && errno == EAGAIN)
		return -1;
	stats->v[S_CAPTURE_IN]++;
	if (r == -1)
		stats->v[S_CAPTURE_DROP_BIG]++;
	else
		stats->v[r ? why : S_CAPTURE_OUT]++;
	s->since_told |= r == 0 && s->since;
	return 0;
}

/* Containers and users that a recorder tells of before it begins are one more list. */
static bool is_list_event(unsigned int code)
{
	switch (code) {
	case SCAP_CONTAINER_JSON_2_E:
	case SCAP_USER_ADDED_E:
	case SCAP_USER_DELETED_E:
	case SCAP_GROUP_ADDED_E:
	case SCAP_GROUP_DELETED_E:
		return true;
	}
	return false;
}

/* The halves of calls that are kept for their ends count for when the recording began. */
static void note_begin(struct scap *s, const struct scap_event *e)
{
	const struct event_type *type;

	if (s->since)
		return;
	s->begun |= !is_list_event(e->code);
	type = event_by_id(scap_codes[e->code].event);
	if (type && !(type->flags & EVENT_META))
		s->since = e->ts;
}

/* Parameters are gone when the next record is read; so all of an event happens in one go. */
static enum replay_step on_event(struct scap *s, struct outq *out, struct stats *stats)
{
	struct scap_event *e = &s->record.event;
	struct scap_actor *a = &s->actor;

	if (!s->ready) {
		s->ready = true;
		if (!convert_event(s->convert, e)) {
			s->have = false;
			return STEP_DONE;
		}
		s->num++;
		note_begin(s, e);
	}
	if (!replay_due(s->pace, e->ts))
		return STEP_LATER;
	if (!s->applied) {
		a->e = e;
		a->w = &s->world;
		a->convert = s->convert;
		actor_begin(a);
		actor_apply(a);
		a->hidden |= !s->begun;
		s->applied = true;
	}
	if (!a->hidden && tell_event(s, out, stats) == -1)
		return STEP_FULL;
	actor_end(a);
	s->have = false;
	return STEP_DONE;
}

static enum replay_step next_record(struct scap *s, struct stats *stats)
{
	enum scap_kind k = scap_file_next(s->file, &s->record);

	s->ready = s->applied = false;
	switch (k) {
	case SCAP_END:
		return STEP_END;
	case SCAP_WAIT:
		return STEP_WAIT;
	case SCAP_BROKEN:
		return STEP_ERROR;
	case SCAP_TOO_BIG:
		stats->v[S_CAPTURE_IN]++;
		stats->v[S_CAPTURE_DROP_BIG]++;
		return STEP_DONE;
	case SCAP_UNKNOWN:
		stats->v[S_CAPTURE_UNKNOWN]++;
		return STEP_DONE;
	case SCAP_EVENT:
		s->have = true;
		if (s->state == ST_LISTS) {
			net_settle_list(&s->world);
			s->snapshot = 0;
			s->next = NULL;
			s->state = ST_SNAPSHOT;
		}
		return STEP_DONE;
	default:
		on_list(s, &s->record);
		return STEP_DONE;
	}
}

static enum replay_step step(void *self, struct outq *out, struct stats *stats)
{
	struct scap *s = self;

	stats->v[S_CAPTURE_REFUSED] = s->world.refused + s->world.heap.refused;
	if (!s->have)
		return next_record(s, stats);
	if (s->state == ST_SNAPSHOT)
		return tell_one(s, out, stats) ? STEP_DONE : STEP_FULL;
	return on_event(s, out, stats);
}

static void hello(void *self, struct hello *h)
{
	struct scap *s = self;

	snprintf(h->hostname, sizeof(h->hostname), "%s", s->hostname);
	h->boot_id[0] = '\0'; /* of no machine that anyone could ask */
	h->kernel[0] = '\0';
	h->boot_offset_ns = (int64_t)s->boot_ns;
}

static const char *error(void *self)
{
	return scap_file_error(((struct scap *)self)->file);
}

static struct replay_filter *filter(void *self)
{
	return &((struct scap *)self)->filter;
}

static void close_scap(void *self)
{
	struct scap *s = self;

	if (!s)
		return;
	world_fini(&s->world);
	convert_free(s->convert);
	heap_fini(&s->world.heap);
	scap_file_free(s->file);
	replay_filter_fini(&s->filter);
	free(s);
}

/* The machine is told of before anything else: HELLO wants its name. */
static enum scap_kind first(struct scap *s)
{
	enum scap_kind k;

	do {
		k = scap_file_next(s->file, &s->record);
		if (k == SCAP_WAIT) {
			struct pollfd p = { .fd = replay_src_fd(s->src), .events = POLLIN };

			poll(&p, 1, -1);
		}
	} while (k == SCAP_WAIT || (on_list(s, &s->record) && k != SCAP_MACHINE));
	return k;
}

void *scap_open(struct replay_src *src, struct replay_pace *pace, const struct replay_options *o,
		char *err, unsigned int errlen)
{
	struct scap *s = calloc(1, sizeof(*s));
	enum scap_kind k;

	if (!s) {
		snprintf(err, errlen, "not enough memory");
		return NULL;
	}
	s->src = src;
	s->pace = pace;
	world_init(&s->world);
	blob_init(&s->blobs, &s->world, o->env, o->plan);
	s->file = scap_file_new(src);
	s->convert = convert_new(&s->world.heap);
	if (!s->file || !s->convert || replay_filter_init(&s->filter, o) == -1) {
		snprintf(err, errlen, "not enough memory");
		goto fail;
	}
	s->life_plain = s->filter.wanted && wanted_life_plain(s->filter.wanted);
	k = first(s);
	if (k == SCAP_BROKEN) {
		snprintf(err, errlen, "%s: %s", replay_src_name(src), error(s));
		errno = EPROTO;
		goto fail;
	}
	s->have = k == SCAP_EVENT; /* no machine: the first event is there already */
	if (s->have) {
		s->state = ST_SNAPSHOT;
		net_settle_list(&s->world);
	}
	return s;
fail:
	close_scap(s);
	return NULL;
}

const struct replay_reader scap_reader = {
	.hello = hello,
	.step = step,
	.error = error,
	.filter = filter,
	.close = close_scap,
};
