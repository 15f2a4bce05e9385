// SPDX-License-Identifier: BSD-2-Clause
/* The loop in a child: readers that stall, signals, handlers that wait or fail, last words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/eventfd.h>

#include "stage.h"

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
	return 0; /* readable for ever: the stage is asked again and again */
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

static void every_labelled_counter_is_said_in_the_end_once(void **state)
{
	enum { RULES = 4000 };
	static struct stat_label labels[RULES];
	static char name[RULES][64];
	size_t seen = 0, taken;
	struct stats_view v;

	for (size_t i = 0; i < RULES; i++) {
		snprintf(name[i], sizeof(name[i]), "a rule with a name of some length, no. %zu", i);
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
		o = (struct object){
			.kind = (unsigned int)k.u, .buf = got.buf + at, .map = p.pos, .pairs = m.len
		};
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
	return -1; /* so that the test sees an end */
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
