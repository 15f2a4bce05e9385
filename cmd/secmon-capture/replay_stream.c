// SPDX-License-Identifier: BSD-2-Clause
/* Replaying our own capture files: the objects go out as they are. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-capture/replay_reader.h"
#include "cmd/secmon-capture/wanted.h"
#include "common/event.h"
#include "common/inq.h"
#include "common/wire.h"

/* Among so many fields stand those of every event: who, when, with what result. */
enum { IDENTITY_FIELDS = 24 };

struct replay_stream {
	struct replay_src *src;
	struct replay_pace *pace;
	struct replay_filter filter;
	struct inq *in;
	bool held;	 /* o is still to be written */
	bool ended;	 /* END was seen */
	bool incomplete; /* an END said that something is missing */
	struct object o;
	struct hello hello;
	char error[256];
};

static enum replay_step broken(struct replay_stream *s, const char *what)
{
	snprintf(s->error, sizeof(s->error), "%s", what);
	return STEP_ERROR;
}

static enum replay_step at_end(struct replay_stream *s)
{
	if (inq_torn(s->in)) {
		snprintf(s->error, sizeof(s->error),
			 "the stream breaks off inside an object (%zu bytes of it)",
			 inq_torn(s->in));
		return STEP_ERROR;
	}
	if (!s->ended)
		return broken(s, "the stream ended without END: its writer died; what it had "
				 "written was read");
	if (s->incomplete)
		return broken(s, "the stream says that it is not complete");
	return STEP_END;
}

/* Have one object in s->o. STEP_DONE: it is there. */
static enum replay_step next(struct replay_stream *s)
{
	if (s->held)
		return STEP_DONE;
	for (;;) {
		int r = inq_next(s->in, &s->o);
		long n;

		if (r == 1)
			return STEP_DONE;
		if (r == -1)
			return broken(s, inq_error(s->in));
		n = inq_read(s->in);
		if (n == 0)
			return at_end(s);
		if (n == -1 && errno == EAGAIN)
			return STEP_WAIT;
		if (n == -1)
			return broken(s, errno == EBADMSG ? replay_src_error(s->src)
							  : strerror(errno));
	}
}

/* A number among the first fields of an event, without an index of them; 0 if it has none. */
static int64_t number_of(const struct object *o, unsigned int field)
{
	struct pull p = { o->map, o->buf + o->len };
	struct value key, v;
	int64_t i;

	for (uint32_t n = 0; n < o->pairs && n < IDENTITY_FIELDS; n++) {
		if (pull_next(&p, &key) != PULL_OK || pull_next(&p, &v) != PULL_OK)
			break;
		if (key.type == VALUE_UINT && key.u == field)
			return value_i64(&v, &i) ? i : 0;
		if (v.type == VALUE_ARRAY || v.type == VALUE_MAP)
			break;
	}
	return 0;
}

static bool wants_type(const struct replay_stream *s)
{
	return replay_wants_type(&s->filter, s->o.type, false) &&
	       (replay_has(s->filter.asked, s->o.type) || number_of(&s->o, F_EVT_RAWRES) >= 0);
}

static enum replay_step pass(struct replay_stream *s, struct outq *out)
{
	uint8_t *room = outq_room(out, s->o.len);

	s->held = !room;
	if (!room)
		return STEP_FULL;
	memcpy(room, s->o.buf, s->o.len);
	outq_commit(out, s->o.len);
	return STEP_DONE;
}

/* An event that is due, if the plan wants it. */
static enum replay_step pass_event(struct replay_stream *s, struct outq *out, struct stats *stats)
{
	int r;

	if (!s->filter.wanted) {
		if (pass(s, out) == STEP_FULL)
			return STEP_FULL;
		r = 0;
	} else {
		r = wanted_write(s->filter.wanted, (uint64_t)number_of(&s->o, F_EVT_RAWTIME),
				 s->o.buf, s->o.len, out);
		s->held = r == -1;
		if (r == -1)
			return STEP_FULL;
	}
	stats->v[S_CAPTURE_IN]++;
	stats->v[r ? replay_held_back(&s->filter) : S_CAPTURE_OUT]++;
	return STEP_DONE;
}

static enum replay_step step(void *self, struct outq *out, struct stats *stats)
{
	struct replay_stream *s = self;
	enum replay_step r = next(s);

	if (r != STEP_DONE)
		return r;
	switch (s->o.kind) {
	case KIND_HELLO: /* recordings put one behind the other: the first one counts */
		s->ended = false;
		return STEP_DONE;
	case KIND_STATS: /* replay says its own, of the same stage */
		return STEP_DONE;
	case KIND_END:
		s->ended = true;
		s->incomplete |= !end_complete(&s->o);
		return STEP_DONE;
	case KIND_EVENT:
		if (!wants_type(s)) {
			stats->v[S_CAPTURE_IN]++;
			stats->v[S_CAPTURE_FILTERED]++;
			break;
		}
		s->held = !replay_due(s->pace, (uint64_t)number_of(&s->o, F_EVT_RAWTIME));
		if (s->held)
			return STEP_LATER;
		r = pass_event(s, out, stats);
		break;
	default:
		r = pass(s, out);
	}
	s->ended = false;
	return r;
}

static void hello(void *self, struct hello *h)
{
	const struct replay_stream *s = self;

	*h = s->hello;
}

static const char *error(void *self)
{
	return ((struct replay_stream *)self)->error;
}

static struct replay_filter *filter(void *self)
{
	return &((struct replay_stream *)self)->filter;
}

static void close_stream(void *self)
{
	struct replay_stream *s = self;

	if (!s)
		return;
	inq_free(s->in);
	replay_filter_fini(&s->filter);
	free(s);
}

/* Nothing else runs yet, so this may wait for a pipe. */
static enum replay_step first(struct replay_stream *s)
{
	enum replay_step r;

	while ((r = next(s)) == STEP_WAIT) {
		struct pollfd p = { .fd = replay_src_fd(s->src), .events = POLLIN };

		poll(&p, 1, -1);
	}
	return r;
}

void *replay_stream_open(struct replay_src *src, struct replay_pace *pace,
			 const struct replay_options *o, char *err, unsigned int errlen)
{
	struct replay_stream *s = calloc(1, sizeof(*s));
	const char *name = replay_src_name(src);
	enum replay_step r;

	if (!s || !(s->in = inq_new_from(replay_src_read, src, name)) ||
	    replay_filter_init(&s->filter, o) == -1) {
		snprintf(err, errlen, "not enough memory");
		goto fail;
	}
	s->src = src;
	s->pace = pace;
	r = first(s);
	if (r == STEP_DONE && hello_read(&s->hello, &s->o) == 0)
		return s;
	if (r == STEP_DONE && errno == EPROTONOSUPPORT)
		snprintf(err, errlen,
			 "%s: recorded by %s in protocol %u, this program speaks %d: "
			 "upgrade it",
			 name, s->hello.program, s->hello.major, WIRE_MAJOR);
	else
		snprintf(err, errlen, "%s: %s", name,
			 r == STEP_ERROR ? s->error : "this is no secmon stream, HELLO was due");
	if (errno != EPROTONOSUPPORT)
		errno = EPROTO;
fail:
	close_stream(s);
	return NULL;
}

const struct replay_reader replay_stream_reader = {
	.hello = hello,
	.step = step,
	.error = error,
	.filter = filter,
	.close = close_stream,
};
