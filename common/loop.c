// SPDX-License-Identifier: BSD-2-Clause
/* The loop that every stage shares. */
#include "common/loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"
#include "common/ready.h"

enum {
	BATCH_MAX = 4096, /* objects between two looks at signals and clock */
	FLUSH_BYTES = 64 * 1024,
	TICK_MS = 1000,
	GRACE_MS = 5000,
};

enum { FD_SIGNAL, FD_IN, FD_OUT, FD_STAGE };

/*
 * RUN reads and hands out; in DRAIN there is no more input, and the stage gives
 * up what it holds; in LAST final STATS and END wait for the reader.
 */
enum state { RUN, DRAIN, LAST, DONE };

struct run {
	struct loop *l;
	enum state state;
	int status;
	bool greeted;	     /* HELLO seen and passed on */
	bool ended;	     /* END seen, and nothing behind it */
	bool incomplete;     /* an END said that something is missing */
	bool held;	     /* obj must be offered again: there was no room */
	bool more;	     /* perhaps there are whole objects in the buffer */
	bool stats_said;     /* the final ones, and then */
	bool last_written;   /* ... END */
	size_t held_pending; /* bytes in the output when obj was held */
	size_t flush_at;     /* so many bytes in the output are worth a write */
	size_t labels;	     /* index of the next labelled counter to say */
	uint64_t next_tick_ns;
	uint64_t deadline_ns; /* 0: none */
	struct object obj;
	struct hello hello;
};

static int signal_fd = -1;

int loop_signals(void)
{
	sigset_t set;

	if (signal_fd != -1)
		return 0;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd == -1 ? -1 : 0;
}

int loop_pass(struct loop *l, const struct object *o)
{
	uint8_t *room;

	if (!l->out)
		return 0;
	room = outq_room(l->out, o->len);
	if (!room)
		return 1;
	memcpy(room, o->buf, o->len);
	outq_commit(l->out, o->len);
	return 0;
}

static void stop(struct run *r, int status)
{
	if (status > r->status)
		r->status = status;
	if (r->state == RUN)
		r->state = DRAIN;
}

static void last_words(struct run *r)
{
	r->state = LAST;
	r->labels = 0; /* all of them, also if a tick was only half said */
}

/* the stage can go no further: nothing more is handed out or held */
static void fail(struct run *r)
{
	r->status = 1;
	if (r->state < LAST)
		last_words(r);
}

static int say_hello(struct run *r)
{
	struct loop *l = r->l;

	if (l->on_hello && l->on_hello(l->arg, &r->hello) == -1)
		return -1;
	strncpy(r->hello.program, l->program, sizeof(r->hello.program) - 1);
	strncpy(r->hello.version, SECMON_VERSION, sizeof(r->hello.version) - 1);
	r->hello.minor = WIRE_MINOR;
	r->greeted = true;
	if (l->out && hello_write(&r->hello, l->out) == -1) {
		log_err("HELLO: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/* a HELLO that we cannot take: nothing behind it can be understood */
static void refuse_hello(struct run *r, const struct object *o)
{
	const char *name = inq_name(r->l->in);
	int why = errno;

	if (why == EPROTONOSUPPORT)
		log_err("%s: %s speaks protocol %u, this program speaks %d: upgrade it", name,
			r->hello.program[0] ? r->hello.program : "the writer", r->hello.major,
			WIRE_MAJOR);
	else if (why == EMSGSIZE)
		log_err("%s: byte %llu: HELLO has too many unknown fields: upgrade this program",
			name, (unsigned long long)o->offset);
	else
		log_err("%s: byte %llu: this is no secmon stream, HELLO was due", name,
			(unsigned long long)o->offset);
	fail(r);
	if (why == EPROTONOSUPPORT)
		r->status = 2;
}

/* Streams may stand one behind the other; each begins with its own HELLO. */
static void on_hello(struct run *r, const struct object *o)
{
	r->ended = false;
	if (hello_read(&r->hello, o) == -1)
		refuse_hello(r, o);
	else if (say_hello(r) == -1)
		fail(r);
}

/* 0; 1 to be offered again; -1 broken off */
static int dispatch(struct run *r, const struct object *o)
{
	struct loop *l = r->l;
	int (*handler)(void *, const struct object *) = NULL;

	if (!r->greeted || o->kind == KIND_HELLO) {
		on_hello(r, o);
		return 0;
	}
	r->ended = false;
	switch (o->kind) {
	case KIND_EVENT:
		handler = l->on_event;
		break;
	case KIND_ALERT:
		handler = l->on_alert;
		break;
	case KIND_STATS:
		handler = l->on_stats;
		break;
	case KIND_LOSS:
		handler = l->on_loss;
		break;
	case KIND_END:
		r->ended = true;
		r->incomplete |= !end_complete(o);
		return l->on_end ? l->on_end(l->arg, o) : 0;
	}
	return handler ? handler(l->arg, o) : loop_pass(l, o);
}

static int next(struct run *r)
{
	int n = r->held ? 1 : inq_next(r->l->in, &r->obj);

	if (n == -1) {
		log_err("%s: %s", inq_name(r->l->in), inq_error(r->l->in));
		fail(r);
	}
	return n;
}

/* Write what the reader takes. A write for every object that it does not take would be waste. */
static int flush(struct run *r)
{
	struct outq *out = r->l->out;

	if (outq_flush(out) == -1)
		return -1;
	r->flush_at = outq_pending(out) + FLUSH_BYTES;
	return 0;
}

/* Whether one more object can be handed out; makes room in the output if it must. */
static bool room(struct run *r)
{
	struct outq *out = r->l->out;

	if (!out)
		return true;
	if ((outq_pending(out) >= r->flush_at || outq_full(out)) && flush(r) == -1)
		return false; /* on_output() says why */
	return !outq_full(out);
}

static void on_objects(struct run *r)
{
	struct loop *l = r->l;

	r->more = true;
	for (int i = 0; i < BATCH_MAX && r->state == RUN; i++) {
		int n;

		if (!room(r))
			return;
		n = next(r);
		if (n == 0)
			r->more = false;
		if (n != 1)
			return;
		switch (dispatch(r, &r->obj)) {
		case 0:
			r->held = false;
			break;
		case 1:
			r->held = true;
			r->held_pending = l->out ? outq_pending(l->out) : 0;
			return;
		default:
			fail(r);
		}
	}
}

static void on_eof(struct run *r)
{
	const char *name = inq_name(r->l->in);
	size_t torn = inq_torn(r->l->in);

	if (torn)
		log_err("%s: the stream breaks off inside an object (%zu bytes of it)", name, torn);
	else if (!r->greeted)
		log_err("%s: no stream: the program before this one wrote nothing", name);
	else if (!r->ended)
		log_err("%s: the stream ended without END: its writer died", name);
	else if (r->incomplete)
		log_err("%s: the stream is not complete: a program before it ended early", name);
	stop(r, torn || !r->ended || r->incomplete);
}

static void on_input(struct run *r)
{
	long n = inq_read(r->l->in);

	if (n == 0)
		on_eof(r);
	if (n == -1 && errno != EAGAIN) {
		log_err("%s: %s", inq_name(r->l->in), strerror(errno));
		stop(r, 1);
	}
}

static void on_signal(struct run *r)
{
	struct loop *l = r->l;
	struct signalfd_siginfo si;

	while (read(signal_fd, &si, sizeof(si)) == sizeof(si)) {
		int grace = l->grace_ms ? l->grace_ms : GRACE_MS;

		switch (si.ssi_signo) {
		case SIGHUP:
			if (l->on_hup && l->on_hup(l->arg) == -1)
				fail(r);
			break;
		case SIGUSR1:
			if (l->on_report)
				l->on_report(l->arg);
			else if (l->stats)
				stats_print(l->stats, stderr);
			break;
		default:
			ready_notify("STOPPING=1");
			/* asked twice: go at once */
			r->deadline_ns = clock_ns(CLOCK_MONOTONIC) +
					 (r->deadline_ns ? 0 : (uint64_t)grace * NS_PER_MS);
			if (!l->in)
				stop(r, 0);
		}
	}
}

/* say as many of the labelled counters as the output takes */
static bool say_stats(struct run *r, bool final)
{
	struct loop *l = r->l;

	if (!l->out || !l->stats)
		return true;
	do {
		if (stats_write(l->stats, l->out, final, &r->labels) == -1)
			return false;
	} while (r->labels < l->stats->nlabelled);
	r->labels = 0;
	return true;
}

static void on_tick(struct run *r, uint64_t now)
{
	struct loop *l = r->l;

	r->next_tick_ns = now + TICK_MS * NS_PER_MS;
	if (l->on_tick && l->on_tick(l->arg) == -1) {
		fail(r);
		return;
	}
	if (r->greeted && r->state == RUN && !(l->out && outq_full(l->out)))
		say_stats(r, false);
}

static void say_end(struct run *r)
{
	struct loop *l = r->l;

	if (!l->out || !r->greeted) {
		r->last_written = true;
		return;
	}
	if (!r->stats_said)
		r->stats_said = say_stats(r, true);
	if (r->stats_said) /* else when there is room */
		r->last_written = end_write(l->program, r->status == 0, l->out) == 0;
}

/*
 * TERM or INT came. A signal to the whole pipeline reaches our writer too: read
 * on until its END, so that nothing is lost between us, but not for ever.
 */
static void leave_input(struct run *r, bool late)
{
	struct loop *l = r->l;
	bool all = !r->greeted || (r->ended && !r->held && !inq_torn(l->in));

	if (!all && !late)
		return;
	if (!all) {
		log_err("%s: stopped before its END: what is behind byte %llu was not looked at",
			inq_name(l->in),
			(unsigned long long)(r->held ? r->obj.offset : inq_offset(l->in)));
		r->status = 1;
	}
	r->state = DRAIN;
}

static void advance(struct run *r)
{
	struct loop *l = r->l;
	bool late = r->deadline_ns && clock_ns(CLOCK_MONOTONIC) >= r->deadline_ns;

	if (r->state == RUN && r->deadline_ns && l->in)
		leave_input(r, late);
	if (r->state == RUN && l->done && l->done(l->arg))
		r->state = DRAIN;
	if (r->state == DRAIN && (!l->on_drain || l->on_drain(l->arg) == 0 || late))
		last_words(r);
	if (r->state != LAST)
		return;
	if (!r->last_written)
		say_end(r);
	if (r->last_written && !(l->out && outq_pending(l->out))) {
		r->state = DONE;
	} else if (late) {
		log_err("%s: its reader did not take the last %zu bytes in time", outq_name(l->out),
			outq_pending(l->out));
		r->status = 1;
		r->state = DONE;
	}
}

static void on_output(struct run *r)
{
	struct loop *l = r->l;

	if (!l->out || flush(r) == 0)
		return;
	if (errno == EPIPE || errno == ECONNRESET)
		log_err("%s: its reader has gone, %zu bytes were not delivered", outq_name(l->out),
			outq_pending(l->out));
	else
		log_err("%s: %s", outq_name(l->out), strerror(errno));
	r->status = 1;
	r->state = DONE;
}

/* An object that can be handed out now: there is no need to wait for anything. */
static bool ready(const struct run *r)
{
	struct outq *out = r->l->out;

	if (r->state == DONE)
		return true;
	if (r->state != RUN || !r->more || (out && outq_full(out)))
		return false;
	/* the stage had no room; perhaps it has, now that the output has moved */
	return !r->held || (out && outq_pending(out) < r->held_pending);
}

static int timeout(const struct run *r, uint64_t now)
{
	uint64_t until = r->next_tick_ns;

	if (ready(r))
		return 0;
	if (r->deadline_ns && r->deadline_ns < until)
		until = r->deadline_ns;
	return until > now ? (int)((until - now + NS_PER_MS - 1) / NS_PER_MS) : 0;
}

static void wait_and_serve(struct run *r)
{
	struct loop *l = r->l;
	struct pollfd fds[FD_STAGE + LOOP_FDS_MAX];
	bool want_in = l->in && r->state == RUN && !r->more;
	int n = 0, ms = timeout(r, clock_ns(CLOCK_MONOTONIC));

	fds[FD_SIGNAL] = (struct pollfd){ .fd = signal_fd, .events = POLLIN };
	fds[FD_IN] = (struct pollfd){ .fd = want_in ? inq_fd(l->in) : -1, .events = POLLIN };
	fds[FD_OUT] = (struct pollfd){ .fd = -1 };
	if (l->out && outq_pending(l->out))
		fds[FD_OUT] = (struct pollfd){ .fd = outq_fd(l->out), .events = POLLOUT };
	if (l->fds && r->state < LAST)
		n = l->fds(l->arg, fds + FD_STAGE, &ms);
	if (poll(fds, (nfds_t)(FD_STAGE + n), ms) == -1) {
		if (errno == EINTR)
			return;
		log_err("poll: %s", strerror(errno));
		r->status = 1;
		r->state = DONE;
		return;
	}
	if (fds[FD_SIGNAL].revents)
		on_signal(r);
	if (l->on_fds && r->state < LAST && l->on_fds(l->arg, fds + FD_STAGE, n) == -1)
		fail(r);
	if (fds[FD_IN].revents && r->state == RUN)
		on_input(r);
	if (fds[FD_OUT].revents && r->state != DONE)
		on_output(r);
}

int loop_run(struct loop *l)
{
	static struct run run;
	struct run *r = &run;

	*r = (struct run){ .l = l, .state = RUN, .flush_at = FLUSH_BYTES };
	if (loop_signals() == -1) {
		log_err("signals: %s", strerror(errno));
		return 1;
	}
	r->next_tick_ns = clock_ns(CLOCK_MONOTONIC) + TICK_MS * NS_PER_MS;
	if (!l->in) {
		hello_local(&r->hello);
		if (say_hello(r) == -1)
			return 1;
	}
	ready_notify("READY=1");
	while (r->state != DONE) {
		uint64_t now;

		if (l->in && r->state == RUN)
			on_objects(r);
		if (r->state != DONE)
			on_output(r);
		if (r->state != DONE)
			advance(r);
		if (r->state != DONE)
			wait_and_serve(r);
		now = clock_ns(CLOCK_MONOTONIC);
		if (now >= r->next_tick_ns && r->state != DONE)
			on_tick(r, now);
	}
	if (l->out)
		outq_restore(l->out);
	return r->status;
}
