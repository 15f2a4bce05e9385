/* SPDX-License-Identifier: BSD-2-Clause */
/* A stage in a child, over pipes, for the tests of the loop. Include after cmocka.h. */
#ifndef TESTS_UNIT_COMMON_STAGE_H
#define TESTS_UNIT_COMMON_STAGE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

static inline int setup(void **state)
{
	memset(&stage, 0, sizeof(stage));
	stage.stats.stage = STAGE_ENRICH;
	stage.loop = (struct loop){ .program = "t_loop", .stats = &stage.stats, .arg = &stage };
	child.pid = 0;
	child.in = child.out = child.err = -1;
	sent.len = got.len = 0;
	return 0;
}

static inline int teardown(void **state)
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
static inline void start(const char *out_path, size_t out_bytes)
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

static inline void done_writing(void)
{
	close(child.in);
	child.in = -1;
}

/* Write `sent` from byte from on as far as the child takes it, and read what it says. */
static inline size_t exchange(size_t from, bool read_too, bool until_eof)
{
	while (from < sent.len || until_eof) {
		struct pollfd p[2] = { { .fd = from < sent.len ? child.in : -1, .events = POLLOUT },
				       { .fd = read_too ? child.out : -1, .events = POLLIN } };
		ssize_t n;

		if (from == sent.len && until_eof && child.in != -1)
			done_writing();
		if (poll(p, 2, read_too ? PATIENCE_MS : 500) == 0) {
			assert_false(read_too);
			break; /* stalled, as wanted */
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
static inline void runs(void)
{
	struct pollfd p = { .fd = child.out, .events = POLLIN };

	if (!got.len)
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* the child's status, and whether it said text; NULL: nothing at all */
static inline void ends(int status, const char *text)
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
static inline size_t count(unsigned int kind, struct object *last)
{
	char path[] = "/tmp/t_loop.XXXXXX";
	int fd = mkstemp(path);
	static struct inq *q;
	struct object o;
	size_t n = 0;

	unlink(path);
	assert_int_equal(write(fd, got.buf, got.len), got.len);
	lseek(fd, 0, SEEK_SET);
	inq_free(q); /* of the last call: its last object is of no use any more */
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
static inline void ends_with_end(bool complete)
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

static inline void events(int n)
{
	for (int i = 0; i < n; i++)
		add_event(&sent, 350, EV_OPEN, (uint16_t)i);
}

static inline void whole_stream(int n, bool complete)
{
	add_hello(&sent, WIRE_MAJOR);
	events(n);
	add_end(&sent, complete);
}

#endif
