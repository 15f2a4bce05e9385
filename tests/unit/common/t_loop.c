// SPDX-License-Identifier: BSD-2-Clause
/* The loop in a child, over pipes, with everything that may happen to a stage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/event.h"
#include "common/log.h"
#include "common/loop.h"
#include "make.h"

enum { PATIENCE_MS = 20000 };

/* The stage under test; what a test wants of it is set before start(). */
static struct {
	struct stats stats;
	struct loop loop;
	int hellos, holds;
	int wake;
} stage;

/* The child, and our ends of its pipes. */
static struct {
	pid_t pid;
	int in, out, err;
} child;

static struct bytes sent, got;

static int setup(void **state)
{
	memset(&stage, 0, sizeof(stage));
	stage.stats.stage = STAGE_ENRICH;
	stage.loop = (struct loop){ .program = "t_loop", .stats = &stage.stats, .arg = &stage };
	child.pid = 0;
	child.in = child.out = child.err = -1;
	sent.len = got.len = 0;
	return 0;
}

static int teardown(void **state)
{
	if (child.pid > 0) {
		kill(child.pid, SIGKILL);
		waitpid(child.pid, NULL, 0);
	}
	close(child.in);
	close(child.out);
	close(child.err);
	return 0;
}

/* out: a file to write instead of the pipe, or NULL */
static void start(const char *out_path, size_t out_bytes)
{
	int in[2], out[2], err[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	/* a small pipe: a reader that stalls is felt soon */
	fcntl(out[0], F_SETPIPE_SZ, 4096);
	child.pid = fork();
	assert_true(child.pid != -1);
	if (child.pid == 0) {
		dup2(err[1], STDERR_FILENO);
		close(in[1]);
		close(out[0]);
		log_init("t_loop");
		if (out_path)
			out[1] = open(out_path, O_WRONLY);
		stage.loop.in = inq_new(in[0], "the input");
		if (out_bytes)
			stage.loop.out = outq_new(out[1], "the output", out_bytes);
		_exit(loop_run(&stage.loop));
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	child.in = in[1];
	child.out = out[0];
	child.err = err[0];
	fcntl(child.in, F_SETFL, O_NONBLOCK);
}

static void done_writing(void)
{
	close(child.in);
	child.in = -1;
}

/* Write `sent` from byte from on as far as the child takes it, and read what it says. */
static size_t exchange(size_t from, bool read_too, bool until_eof)
{
	while (from < sent.len || until_eof) {
		struct pollfd p[2] = { { .fd = from < sent.len ? child.in : -1, .events = POLLOUT },
				       { .fd = read_too ? child.out : -1, .events = POLLIN } };
		ssize_t n;

		if (from == sent.len && until_eof && child.in != -1)
			done_writing();
		if (poll(p, 2, read_too ? PATIENCE_MS : 500) == 0) {
			assert_false(read_too);
			break;	/* stalled, as wanted */
		}
		if (p[0].revents) {
			n = write(child.in, sent.buf + from, sent.len - from);
			if (n == -1 && errno == EPIPE)
				from = sent.len;
			else if (n > 0)
				from += (size_t)n;
		}
		if (p[1].revents) {
			assert_true(got.len < sizeof(got.buf));
			n = read(child.out, got.buf + got.len, sizeof(got.buf) - got.len);
			if (n <= 0)
				break;
			got.len += (size_t)n;
		}
	}
	return from;
}

/* It has said something: it runs, and its signals are blocked. */
static void runs(void)
{
	struct pollfd p = { .fd = child.out, .events = POLLIN };

	if (!got.len)
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* the child's status, and whether it said text; NULL: nothing at all */
static void ends(int status, const char *text)
{
	struct pollfd p = { .fd = child.err, .events = POLLIN };
	char said[4096];
	size_t len = 0;
	ssize_t n;
	int st;

	do {
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		n = read(child.err, said + len, sizeof(said) - 1 - len);
		assert_true(n >= 0);
		len += (size_t)n;
	} while (n > 0);
	said[len] = '\0';
	assert_int_equal(waitpid(child.pid, &st, 0), child.pid);
	child.pid = 0;
	if (!WIFEXITED(st) || WEXITSTATUS(st) != status)
		fail_msg("status %x, not %d; it said: %s", (unsigned int)st, status, said);
	if (text ? !strstr(said, text) : len > 0)
		fail_msg("it said '%s', not '%s'", said, text ? text : "");
}

/* How many objects of that kind came, and the last. */
static size_t count(unsigned int kind, struct object *last)
{
	char path[] = "/tmp/t_loop.XXXXXX";
	int fd = mkstemp(path);
	static struct inq *q;
	struct object o;
	size_t n = 0;

	unlink(path);
	assert_int_equal(write(fd, got.buf, got.len), got.len);
	lseek(fd, 0, SEEK_SET);
	inq_free(q);	/* of the last call: its last object is of no use any more */
	q = inq_new(fd, "what came");
	while (inq_read(q) > 0)
		while (inq_next(q, &o) == 1)
			if (o.kind == kind) {
				n++;
				if (last) {
					*last = o;
					last->buf = got.buf + o.offset;
					last->map = last->buf + (o.map - o.buf);
				}
			}
	assert_string_equal(inq_error(q), "");
	assert_int_equal(inq_torn(q), 0);
	close(fd);
	return n;
}

/* the output is whole and ends with final STATS and an END that says so */
static void ends_with_end(bool complete)
{
	struct stats_view v;
	struct object o;

	assert_int_equal(count(KIND_END, &o), 1);
	assert_ptr_equal(o.buf + o.len, got.buf + got.len);
	assert_int_equal(end_complete(&o), complete);
	assert_true(count(KIND_STATS, &o) >= 1);
	assert_int_equal(stats_read(&v, &o), 0);
	assert_true(v.final);
}

static void events(int n)
{
	for (int i = 0; i < n; i++)
		add_event(&sent, 350, EV_OPEN, (uint16_t)i);
}

static void whole_stream(int n, bool complete)
{
	add_hello(&sent, WIRE_MAJOR);
	events(n);
	add_end(&sent, complete);
}

static void a_whole_stream_ends_with_status_0(void **state)
{
	whole_stream(1000, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_HELLO, NULL), 1);
	assert_int_equal(count(KIND_EVENT, NULL), 1000);
	ends_with_end(true);
}

static void a_stream_without_end_is_drained_and_ends_with_status_1(void **state)
{
	add_hello(&sent, WIRE_MAJOR);
	events(10);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the input: the stream ended without END");
	assert_int_equal(count(KIND_EVENT, NULL), 10);
	ends_with_end(false);
}

static void an_end_that_is_not_complete_is_told_on(void **state)
{
	whole_stream(3, false);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "not complete");
	ends_with_end(false);
}

static void a_torn_stream_is_drained_and_ends_with_status_1(void **state)
{
	whole_stream(3, true);
	sent.len--;
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "breaks off inside an object");
	assert_int_equal(count(KIND_EVENT, NULL), 3);
	ends_with_end(false);
}

static void no_stream_at_all(void **state)
{
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the program before this one wrote nothing");
	assert_int_equal(got.len, 0);
}

static void what_is_no_stream_is_refused(void **state)
{
	events(1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "the input: byte 0: this is no secmon stream");
	assert_int_equal(got.len, 0);
}

static void garbage_ends_the_program_with_its_offset(void **state)
{
	char text[32];

	add_hello(&sent, WIRE_MAJOR);
	events(2);
	snprintf(text, sizeof(text), "byte %zu: ", sent.len);
	add_raw(&sent, "\xc1", 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, text);
	assert_int_equal(count(KIND_EVENT, NULL), 2);
	ends_with_end(false);
}

static void a_newer_protocol_ends_the_program_with_status_2(void **state)
{
	add_hello(&sent, WIRE_MAJOR + 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(2, "t_maker speaks protocol 2");
	assert_int_equal(got.len, 0);
}

static int count_hellos(void *arg, struct hello *h)
{
	stage.hellos++;
	snprintf(h->hostname, sizeof(h->hostname), "host%d", stage.hellos);
	return 0;
}

static void streams_one_behind_the_other_are_all_read(void **state)
{
	struct hello h;
	struct object o;

	whole_stream(5, true);
	whole_stream(6, true);
	stage.loop.on_hello = count_hellos;
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_EVENT, NULL), 11);
	assert_int_equal(count(KIND_HELLO, &o), 2);
	assert_int_equal(hello_read(&h, &o), 0);
	assert_string_equal(h.hostname, "host2");
	assert_string_equal(h.program, "t_loop");
	ends_with_end(true);
}

static void a_second_stream_without_end_is_not_excused_by_the_first(void **state)
{
	whole_stream(1, true);
	add_hello(&sent, WIRE_MAJOR);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "without END");
}

static void a_first_stream_with_a_gap_is_not_excused_by_the_second(void **state)
{
	whole_stream(1, false);
	whole_stream(1, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "not complete");
	ends_with_end(false);
}

static void a_second_hello_that_is_too_new_is_refused(void **state)
{
	whole_stream(1, true);
	add_hello(&sent, WIRE_MAJOR + 1);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(2, "speaks protocol 2");
	ends_with_end(false);
}

static void unknown_kinds_pass_through_untouched(void **state)
{
	static const uint8_t odd[] = { 0x92, 0xcd, 0x03, 0xe7, 0x81, 0xa1, 'k', 0x93, 0xc0, 0xcb,
				       1, 2, 3, 4, 5, 6, 7, 8, 0xd4, 9, 9 };

	add_hello(&sent, WIRE_MAJOR);
	add_raw(&sent, odd, sizeof(odd));
	add_end(&sent, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_non_null(memmem(got.buf, got.len, odd, sizeof(odd)));
	assert_int_equal(count(999, NULL), 1);
}

static void a_reader_that_goes_away_ends_the_program_with_status_1(void **state)
{
	add_hello(&sent, WIRE_MAJOR);
	events(500);
	start(NULL, OUTQ_MIN);
	close(child.out);
	child.out = -1;
	exchange(0, false, false);
	ends(1, "the output: its reader has gone");
}

static void a_full_disk_ends_the_program_with_status_1(void **state)
{
	whole_stream(500, true);
	start("/dev/full", OUTQ_MIN);
	exchange(0, false, false);
	ends(1, "the output: No space left on device");
}

static void a_reader_that_stalls_holds_the_writer_back_and_loses_nothing(void **state)
{
	size_t taken;

	whole_stream(2900, true);
	start(NULL, OUTQ_MIN);
	taken = exchange(0, false, false);
	/* pipes of 64K and 4K, buffers of 512K and 128K: a megabyte does not fit */
	assert_true(taken < sent.len);
	exchange(taken, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_EVENT, NULL), 2900);
	ends_with_end(true);
}

static void a_reader_that_stalls_and_term_ends_after_the_grace(void **state)
{
	stage.loop.grace_ms = 200;
	whole_stream(2900, true);
	start(NULL, OUTQ_MIN);
	exchange(0, false, false);
	kill(child.pid, SIGTERM);
	ends(1, "stopped before its END");
}

static void a_small_rest_that_nobody_takes_is_told(void **state)
{
	stage.loop.grace_ms = 200;
	whole_stream(20, true);
	start(NULL, OUTQ_MIN);
	exchange(0, false, false);
	done_writing();
	kill(child.pid, SIGTERM);
	ends(1, "its reader did not take the last");
}

static void a_second_signal_ends_it_at_once(void **state)
{
	stage.loop.grace_ms = 1000 * PATIENCE_MS;
	whole_stream(2900, true);
	start(NULL, OUTQ_MIN);
	exchange(0, false, false);
	kill(child.pid, SIGTERM);
	kill(child.pid, SIGINT);
	ends(1, "stopped before its END");
}

static void term_lets_the_stage_read_on_to_the_end_of_its_writer(void **state)
{
	size_t half;

	stage.loop.grace_ms = 1000 * PATIENCE_MS;
	add_hello(&sent, WIRE_MAJOR);
	events(100);
	start(NULL, OUTQ_MIN);
	half = exchange(0, true, false);
	runs();
	kill(child.pid, SIGTERM);
	events(100);
	add_end(&sent, true);
	/* and at END it goes, though the pipe stays open */
	assert_int_equal(exchange(half, true, false), sent.len);
	for (ssize_t n = 1; n > 0; got.len += (size_t)n)
		n = read(child.out, got.buf + got.len, sizeof(got.buf) - got.len);
	ends(0, NULL);
	assert_int_equal(count(KIND_EVENT, NULL), 200);
	ends_with_end(true);
}

static void term_before_any_stream_ends_it_at_once(void **state)
{
	stage.loop.grace_ms = 1000 * PATIENCE_MS;
	start(NULL, OUTQ_MIN);
	kill(child.pid, SIGTERM);
	ends(0, NULL);
}

static int hold_first(void *arg, const struct object *o)
{
	return stage.holds++ % 3 != 2 ? 1 : loop_pass(&stage.loop, o);
}

static int wake_fds(void *arg, struct pollfd *fds, int *timeout_ms)
{
	fds[0] = (struct pollfd){ .fd = stage.wake, .events = POLLIN };
	return 1;
}

static int wake_on_fds(void *arg, const struct pollfd *fds, int n)
{
	assert_int_equal(n, 1);
	return 0;	/* readable for ever: the stage is asked again and again */
}

static void an_object_that_is_held_is_offered_again(void **state)
{
	stage.wake = eventfd(1, EFD_CLOEXEC);
	stage.loop.on_event = hold_first;
	stage.loop.fds = wake_fds;
	stage.loop.on_fds = wake_on_fds;
	whole_stream(50, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(0, NULL);
	assert_int_equal(count(KIND_EVENT, NULL), 50);
	close(stage.wake);
}

static int refuse(void *arg, const struct object *o)
{
	log_err("refused");
	return -1;
}

static void a_handler_that_fails_ends_the_program_with_status_1(void **state)
{
	stage.loop.on_event = refuse;
	whole_stream(5, true);
	start(NULL, OUTQ_MIN);
	exchange(0, true, true);
	ends(1, "refused");
	ends_with_end(false);
}

static int swallow(void *arg, const struct object *o)
{
	return 0;
}

/* more labelled counters than the output holds at once, and a reader that comes late */
static void every_labelled_counter_is_said_in_the_end_once(void **state)
{
	enum { RULES = 4000 };
	static struct stat_label labels[RULES];
	static char name[RULES][64];
	size_t seen = 0, taken;
	struct stats_view v;

	for (size_t i = 0; i < RULES; i++) {
		snprintf(name[i], sizeof(name[i]), "a rule with a name of some length, number %zu", i);
		labels[i] = (struct stat_label){ S_ENRICH_INCOMPLETE, name[i], i + 1 };
	}
	stage.stats.labelled = labels;
	stage.stats.nlabelled = RULES;
	stage.loop.on_event = swallow;
	whole_stream(2900, true);
	start(NULL, OUTQ_MIN);
	taken = exchange(0, false, false);
	exchange(taken, true, true);
	ends(0, NULL);
	ends_with_end(true);
	for (size_t at = 0; at < got.len;) {
		/* kinds other than EVENT are walked by inq in count(); here by hand */
		struct pull p = { got.buf + at, got.buf + got.len };
		struct value k, m;
		struct object o;

		assert_int_equal(pull_next(&p, &k), PULL_OK);
		assert_int_equal(pull_next(&p, &k), PULL_OK);
		assert_int_equal(pull_next(&p, &m), PULL_OK);
		o = (struct object){ .kind = (unsigned int)k.u, .buf = got.buf + at, .map = p.pos,
				     .pairs = m.len };
		p.pos = got.buf + at;
		assert_int_equal(pull_skip(&p, WIRE_DEPTH_MAX), PULL_OK);
		o.len = (size_t)(p.pos - o.buf);
		at += o.len;
		if (o.kind != KIND_STATS)
			continue;
		assert_int_equal(stats_read(&v, &o), 0);
		if (v.final)
			seen += v.nlabelled;
	}
	assert_int_equal(seen, RULES);
}

static int on_hup(void *arg)
{
	log_err("hup");
	return -1;	/* so that the test sees an end */
}

static void hup_and_usr1_are_handed_on(void **state)
{
	stage.loop.on_hup = on_hup;
	stage.stats.v[S_ENRICH_IN] = 4711;
	add_hello(&sent, WIRE_MAJOR);
	start(NULL, OUTQ_MIN);
	exchange(0, true, false);
	runs();
	kill(child.pid, SIGUSR1);
	kill(child.pid, SIGHUP);
	exchange(sent.len, true, true);
	ends(1, "4711");
}

/* a stage without input, that makes its events in on_fds */
static int make_events(void *arg, const struct pollfd *fds, int n)
{
	struct wire w;

	stage.holds++;
	if (wire_event(&w, stage.loop.out, KIND_EVENT, EV_CLOSE) == -1)
		return 0;
	return wire_end(&w);
}

static bool made_enough(void *arg)
{
	return stage.holds >= 2000;
}

static void nothing_is_written_behind_end(void **state)
{
	int out[2];
	ssize_t n;

	stage.wake = eventfd(1, EFD_CLOEXEC);
	stage.loop.fds = wake_fds;
	stage.loop.on_fds = make_events;
	stage.loop.done = made_enough;
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fcntl(out[1], F_SETPIPE_SZ, 4096);
	child.pid = fork();
	if (child.pid == 0) {
		log_init("t_loop");
		stage.loop.out = outq_new(out[1], "the output", OUTQ_MIN);
		_exit(loop_run(&stage.loop));
	}
	close(out[1]);
	while ((n = read(out[0], got.buf + got.len, sizeof(got.buf) - got.len)) > 0)
		got.len += (size_t)n;
	close(out[0]);
	ends_with_end(true);
	assert_true(count(KIND_EVENT, NULL) > 100);
	close(stage.wake);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_whole_stream_ends_with_status_0),
		T(a_stream_without_end_is_drained_and_ends_with_status_1),
		T(an_end_that_is_not_complete_is_told_on),
		T(a_torn_stream_is_drained_and_ends_with_status_1),
		T(no_stream_at_all),
		T(what_is_no_stream_is_refused),
		T(garbage_ends_the_program_with_its_offset),
		T(a_newer_protocol_ends_the_program_with_status_2),
		T(streams_one_behind_the_other_are_all_read),
		T(a_second_stream_without_end_is_not_excused_by_the_first),
		T(a_first_stream_with_a_gap_is_not_excused_by_the_second),
		T(a_second_hello_that_is_too_new_is_refused),
		T(unknown_kinds_pass_through_untouched),
		T(a_reader_that_goes_away_ends_the_program_with_status_1),
		T(a_full_disk_ends_the_program_with_status_1),
		T(a_reader_that_stalls_holds_the_writer_back_and_loses_nothing),
		T(a_reader_that_stalls_and_term_ends_after_the_grace),
		T(a_small_rest_that_nobody_takes_is_told),
		T(a_second_signal_ends_it_at_once),
		T(term_lets_the_stage_read_on_to_the_end_of_its_writer),
		T(term_before_any_stream_ends_it_at_once),
		T(an_object_that_is_held_is_offered_again),
		T(a_handler_that_fails_ends_the_program_with_status_1),
		T(every_labelled_counter_is_said_in_the_end_once),
		T(hup_and_usr1_are_handed_on),
		T(nothing_is_written_behind_end),
	};

	/* a child has them blocked from its birth: none comes too early */
	if (loop_signals() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
