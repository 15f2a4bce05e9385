// SPDX-License-Identifier: BSD-2-Clause
/* Sinks unix: and exec:: a Unix socket, a program's standard input. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/stream.h"
#include "common/log.h"

struct peer {
	struct stream st;
	struct sink *sink;
	int (*connect)(struct peer *p); /* a descriptor, or -1 with errno */
	struct sockaddr_un path;
	pid_t pid; /* of the program, or 0 */
};

extern char **environ;

static void on_failed(struct stream *st, int error)
{
	struct peer *p = st->owner;
	struct batch *b = st->b;
	char why[256];

	st->b = NULL;
	stream_close(st);
	b->sent = 0; /* nobody says what was taken: all of it again */
	sink_done(b, SINK_AGAIN, 0, stream_why(why, sizeof(why), p->sink->target, error));
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct peer *p = s->priv;
	int fd;

	if (p->st.io.fd == -1) {
		fd = p->connect(p);
		if (fd == -1) {
			p->st.b = b;
			on_failed(&p->st, errno);
			return;
		}
		stream_set(&p->st, s, fd, true);
	}
	s->timer_ns = s->now_ns + s->conf->timeout_ms * NS_PER_MS;
	stream_send(&p->st, b);
}

static void on_written(struct stream *st)
{
	struct peer *p = st->owner;
	struct batch *b = st->b;

	st->b = NULL;
	p->sink->timer_ns = UINT64_MAX;
	sink_done(b, SINK_DELIVERED, 0, NULL);
}

/* It takes nothing: a new connection, or the program anew, may. */
static void on_timer(struct sink *s)
{
	struct peer *p = s->priv;

	if (p->st.b)
		on_failed(&p->st, ETIMEDOUT);
}

static struct peer *peer_new(struct sink *s, int (*connect_to)(struct peer *p))
{
	struct peer *p = calloc(1, sizeof(*p));

	s->priv = p;
	if (!p)
		return NULL;
	p->sink = s;
	p->connect = connect_to;
	p->st = (struct stream){
		.io.fd = -1, .failed = on_failed, .written = on_written, .owner = p
	};
	return p;
}

/* ---- Unix socket */

static int connect_unix(struct peer *p)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd == -1 || connect(fd, (struct sockaddr *)&p->path, sizeof(p->path)) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int open_unix(struct sink *s, char *err, size_t len)
{
	struct peer *p = peer_new(s, connect_unix);

	if (!p) {
		snprintf(err, len, "no memory");
		return -1;
	}
	if (strlen(s->target) >= sizeof(p->path.sun_path)) {
		snprintf(err, len, "a path of at most %zu bytes was due",
			 sizeof(p->path.sun_path) - 1);
		errno = EINVAL;
		return -1;
	}
	p->path.sun_family = AF_UNIX;
	snprintf(p->path.sun_path, sizeof(p->path.sun_path), "%s", s->target);
	return 0;
}

/* ---- program */

static void reap(struct peer *p)
{
	int status;

	if (p->pid && waitpid(p->pid, &status, WNOHANG) == p->pid) {
		log_warn("%s: the program ended with %s %d", p->sink->name,
			 WIFSIGNALED(status) ? "signal" : "status",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		p->pid = 0;
	}
}

static int spawn_shell(struct peer *p, int in)
{
	char *const argv[] = { "sh", "-c", (char *)p->sink->target, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, pipes;
	int error;

	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	/* our standard output may be another sink */
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipes);
	error = posix_spawn(&p->pid, "/bin/sh", &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static int connect_program(struct peer *p)
{
	int fds[2], error;

	reap(p);
	if (p->pid) {
		/* it closed its input and lives on, or took nothing for too long */
		kill(p->pid, SIGTERM);
		errno = EBUSY;
		return -1;
	}
	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	error = spawn_shell(p, fds[0]);
	close(fds[0]);
	if (error || fcntl(fds[1], F_SETFL, O_NONBLOCK) == -1) {
		close(fds[1]);
		p->pid = error ? 0 : p->pid;
		errno = error ? error : errno;
		return -1;
	}
	return fds[1];
}

static int open_exec(struct sink *s, char *err, size_t len)
{
	if (peer_new(s, connect_program))
		return 0;
	snprintf(err, len, "no memory");
	return -1;
}

/* The end of its input tells a program to finish; it has a second to do so. */
static void wait_for_program(struct peer *p)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };

	for (int i = 0; i < 100 && p->pid; i++) {
		if (waitpid(p->pid, NULL, WNOHANG) != 0)
			p->pid = 0;
		else
			nanosleep(&pause, NULL);
	}
	if (p->pid)
		kill(p->pid, SIGTERM);
}

static void close_peer(struct sink *s)
{
	struct peer *p = s->priv;

	if (!p)
		return;
	stream_end(&p->st, s);
	stream_close(&p->st);
	wait_for_program(p);
	free(p);
	s->priv = NULL;
}

const struct sink_kind sink_unix = {
	.name = "unix",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_json,
	.parallel = 1,
	.batch_bytes = 64 * 1024,
	.patient = true,
	.open = open_unix,
	.send = send_batch,
	.timer = on_timer,
	.close = close_peer,
};

const struct sink_kind sink_exec = {
	.name = "exec",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_json,
	.parallel = 1,
	.batch_bytes = 64 * 1024,
	.patient = true,
	.open = open_exec,
	.send = send_batch,
	.timer = on_timer,
	.close = close_peer,
};
