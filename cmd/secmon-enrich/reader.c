// SPDX-License-Identifier: BSD-2-Clause
/* The parent's side of the reader. */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/loop.h"
#include "reader_wire.h"

struct reader {
	int fd; /* -1: gone */
	bool asked;
	size_t got; /* bytes of head and text */
	struct answer_head head;
	char text[READER_TEXT_MAX + 1];
};

/* The stream's own descriptors are none of the reader's business. */
static void only(int fd)
{
	if (dup2(fd, STDIN_FILENO) == -1)
		_exit(1);
	close(STDOUT_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
}

struct reader *reader_start(const char *root, bool hashes)
{
	struct reader *r = malloc(sizeof(*r));
	int pair[2];
	pid_t pid;

	if (!r)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		free(r);
		return NULL;
	}
	pid = fork();
	if (pid == 0) {
		only(pair[1]);
		reader_child(STDIN_FILENO, root, hashes);
	}
	close(pair[1]);
	if (pid == -1 || fcntl(pair[0], F_SETFL, O_NONBLOCK) == -1) {
		close(pair[0]);
		free(r);
		return NULL;
	}
	r->fd = pair[0];
	r->asked = false;
	r->got = 0;
	return r;
}

static int gone(struct reader *r, int why)
{
	if (r->fd != -1)
		close(r->fd);
	r->fd = -1;
	r->asked = false;
	errno = why;
	return -1;
}

bool reader_idle(const struct reader *r)
{
	return r->fd != -1 && !r->asked;
}

int reader_ask(struct reader *r, const struct reader_request *q)
{
	/* one request is far smaller than the socket's buffer: it goes whole or not at all */
	if (write(r->fd, q, sizeof(*q)) != (ssize_t)sizeof(*q))
		return gone(r, EPIPE);
	r->asked = true;
	r->got = 0;
	return 0;
}

int reader_fd(const struct reader *r)
{
	return r->fd;
}

/* Read what is there: 1 when the answer is whole. */
static int take(struct reader *r)
{
	for (;;) {
		bool in_head = r->got < sizeof(r->head);
		size_t at = in_head ? r->got : r->got - sizeof(r->head);
		char *to = in_head ? (char *)&r->head + at : r->text + at;
		size_t want = (in_head ? sizeof(r->head) : r->head.len) - at;
		ssize_t n;

		if (!in_head && want == 0)
			return 1;
		n = read(r->fd, to, want);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			return gone(r, EPIPE);
		r->got += (size_t)n;
		if (r->got == sizeof(r->head) &&
		    (r->head.len > READER_TEXT_MAX || r->head.what >= READ_END))
			return gone(r, EPROTO);
	}
}

int reader_get(struct reader *r, struct reader_answer *a, int timeout_ms)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + (uint64_t)timeout_ms * NS_PER_MS, now;
	int n;

	if (r->fd == -1 || !r->asked)
		return r->fd == -1 ? -1 : 0;
	while ((n = take(r)) == 0 && (now = clock_ns(CLOCK_MONOTONIC)) < end) {
		struct pollfd pfd = { .fd = r->fd, .events = POLLIN };

		poll(&pfd, 1, (int)((end - now + NS_PER_MS - 1) / NS_PER_MS));
	}
	if (n != 1)
		return n;
	r->asked = false;
	r->text[r->head.len] = '\0';
	*a = (struct reader_answer){
		.what = r->head.what, .error = r->head.error, .len = r->head.len, .text = r->text
	};
	return 1;
}
