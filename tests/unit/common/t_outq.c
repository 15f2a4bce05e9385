// SPDX-License-Identifier: BSD-2-Clause
/* The output queue: bounds, order, errors, and what it leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/outq.h"
#include "common/wire.h"

static void sizes_out_of_range_are_refused(void **state)
{
	errno = 0;
	assert_null(outq_new(-1, "x", OUTQ_MIN - 1));
	assert_int_equal(errno, EINVAL);
	assert_null(outq_new(-1, "x", (size_t)OUTQ_MAX + 1));
	outq_free(NULL);
}

static void put(struct outq *q, uint8_t c, size_t len)
{
	uint8_t *p = outq_room(q, len);

	assert_non_null(p);
	memset(p, c, len);
	outq_commit(q, len);
}

static void full_means_full_and_is_said_before(void **state)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);

	put(q, 'a', WIRE_OBJECT_MAX);
	assert_false(outq_full(q));
	put(q, 'b', WIRE_OBJECT_MAX);
	assert_true(outq_full(q));
	assert_int_equal(outq_pending(q), OUTQ_MIN);
	errno = 0;
	assert_null(outq_room(q, 1));
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(outq_flush(q), 0);
	assert_int_equal(outq_pending(q), 0);
	assert_false(outq_full(q));
	outq_free(q);
}

/* random sizes through a small pipe: every byte, in order, and full() never lies */
static void bytes_arrive_in_order_through_a_small_pipe(void **state)
{
	enum { TOTAL = 8 * 1024 * 1024 };
	static uint8_t buf[7919];
	struct outq *q;
	size_t in = 0, out = 0;
	uint32_t seed = 1;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	fcntl(fd[0], F_SETPIPE_SZ, 4096);
	q = outq_new(fd[1], "pipe", OUTQ_MIN);
	while (out < TOTAL) {
		ssize_t n;

		while (in < TOTAL && !outq_full(q)) {
			size_t len;
			uint8_t *p;

			seed = seed * 1103515245 + 12345;
			len = (seed >> 8) % WIRE_OBJECT_MAX + 1;
			p = outq_room(q, len);
			assert_non_null(p); /* it was not full */
			for (size_t i = 0; i < len; i++)
				p[i] = (uint8_t)((in + i) % 251);
			outq_commit(q, len);
			in += len;
		}
		assert_int_equal(outq_flush(q), 0);
		n = read(fd[0], buf, sizeof(buf));
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != (uint8_t)((out + (size_t)i) % 251))
				fail_msg("byte %zu is wrong", out + (size_t)i);
		out += (size_t)n;
		assert_true(outq_pending(q) <= OUTQ_MIN);
	}
	outq_free(q);
	close(fd[0]);
	close(fd[1]);
}

static void a_reader_that_has_gone_is_epipe(void **state)
{
	struct outq *q;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	q = outq_new(fd[1], "pipe", OUTQ_MIN);
	close(fd[0]);
	put(q, 'a', 10);
	errno = 0;
	assert_int_equal(outq_flush(q), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(outq_pending(q), 10);
	outq_free(q);
	close(fd[1]);
}

static void a_drain_that_nobody_reads_times_out(void **state)
{
	struct outq *q;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	fcntl(fd[0], F_SETPIPE_SZ, 4096);
	q = outq_new(fd[1], "pipe", OUTQ_MIN);
	put(q, 'a', 10000);
	errno = 0;
	assert_int_equal(outq_drain(q, 50), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(outq_pending(q), 10000 - 4096);
	outq_free(q);
	close(fd[0]);
	close(fd[1]);
}

/* a shell's pipe, or a terminal, is shared: `(secmon-capture; cat) | ...` */
static void a_pipe_is_left_as_it_was_found(void **state)
{
	struct outq *q;
	int fd[2], before;

	assert_int_equal(pipe(fd), 0);
	before = fcntl(fd[1], F_GETFL);
	q = outq_new(fd[1], "pipe", OUTQ_MIN);
	assert_true(fcntl(fd[1], F_GETFL) & O_NONBLOCK);
	outq_free(q);
	assert_int_equal(fcntl(fd[1], F_GETFL), before);
	fcntl(fd[1], F_SETFL, before | O_NONBLOCK);
	q = outq_new(fd[1], "pipe", OUTQ_MIN);
	outq_free(q);
	assert_int_equal(fcntl(fd[1], F_GETFL), before | O_NONBLOCK);
	close(fd[0]);
	close(fd[1]);
}

static void an_object_too_large_leaves_the_queue_as_it_was(void **state)
{
	static char text[WIRE_OBJECT_MAX];
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	struct wire w;

	put(q, 'a', 5);
	assert_int_equal(wire_event(&w, q, KIND_EVENT, 1), 0);
	/* 17 + key 1 + head of five or three */
	wire_bin(&w, F_PROC_NAME, text, WIRE_OBJECT_MAX - WIRE_HEADER - 1 - 3 + 1);
	wire_uint(&w, F_PROC_PID, 1);
	errno = 0;
	assert_int_equal(wire_end(&w), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(outq_pending(q), 5);
	assert_int_equal(wire_event(&w, q, KIND_EVENT, 1), 0);
	wire_bin(&w, F_PROC_NAME, text, WIRE_OBJECT_MAX - WIRE_HEADER - 1 - 3);
	assert_int_equal(wire_end(&w), 0);
	assert_int_equal(outq_pending(q), 5 + WIRE_OBJECT_MAX);
	outq_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_out_of_range_are_refused),
		cmocka_unit_test(full_means_full_and_is_said_before),
		cmocka_unit_test(bytes_arrive_in_order_through_a_small_pipe),
		cmocka_unit_test(a_reader_that_has_gone_is_epipe),
		cmocka_unit_test(a_drain_that_nobody_reads_times_out),
		cmocka_unit_test(a_pipe_is_left_as_it_was_found),
		cmocka_unit_test(an_object_too_large_leaves_the_queue_as_it_was),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
