// SPDX-License-Identifier: BSD-2-Clause
/* Opening the ends of a stream. */
#include "common/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/parse.h"

enum { FIRST_ACTIVATED_FD = 3 };

struct why {
	char *buf;
	unsigned int len;
};

static int printf_like(2, 3) fail(const struct why *why, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->buf, why->len, fmt, ap);
	va_end(ap);
	errno = saved;
	return -1;
}

static int address(struct sockaddr_un *a, const char *path, const struct why *why)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (!*path || strlen(path) >= sizeof(a->sun_path)) {
		errno = EINVAL;
		return fail(why, "unix socket path of %zu bytes, 1 to %zu are allowed: '%s'",
			    strlen(path), sizeof(a->sun_path) - 1, path);
	}
	memcpy(a->sun_path, path, strlen(path));
	return 0;
}

static int connect_to(const char *path, const struct why *why)
{
	struct sockaddr_un a;
	int fd;

	if (address(&a, path, why) == -1)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return fail(why, "socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		int saved = errno;

		close(fd);
		errno = saved;
		return fail(why, "connect to unix:%s: %s (is the other side running?)", path,
			    strerror(errno));
	}
	return fd;
}

static int accept_one(int listener, const char *name, const struct why *why)
{
	int fd;

	do
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (fd == -1 && errno == EINTR);
	if (fd == -1)
		return fail(why, "accept on %s: %s", name, strerror(errno));
	return fd;
}

/*
 * A socket file that nobody has bound any more is a leftover and makes way. Asked
 * with a datagram socket, which a bound stream socket refuses as the wrong type:
 * a connection would be taken by another listener for its one peer.
 */
static void remove_stale(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd == -1)
		return;
	if (lstat(a->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(fd, (const struct sockaddr *)a, sizeof(*a)) == -1 && errno == ECONNREFUSED)
		unlink(a->sun_path);
	close(fd);
}

/* a listening socket, mode 0660 */
static int bind_to(const struct sockaddr_un *a, const struct why *why)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r, saved;
	mode_t mask;

	if (fd == -1)
		return fail(why, "socket: %s", strerror(errno));
	mask = umask(0117);
	r = bind(fd, (const struct sockaddr *)a, sizeof(*a));
	umask(mask);
	if (r == 0 && listen(fd, 1) == 0)
		return fd;
	fail(why, "listen on unix:%s: %s%s", a->sun_path, strerror(errno),
	     errno == EADDRINUSE ? " (by another program, or by a file that is no socket)" : "");
	saved = errno;
	if (r == 0)
		unlink(a->sun_path);
	close(fd);
	errno = saved;
	return -1;
}

static int listen_on(const char *path, const struct why *why)
{
	struct sockaddr_un a;
	int fd, peer, saved;

	if (address(&a, path, why) == -1)
		return -1;
	remove_stale(&a);
	fd = bind_to(&a, why);
	if (fd == -1)
		return -1;
	peer = accept_one(fd, path, why);
	saved = errno;
	unlink(path);
	close(fd);
	errno = saved;
	return peer;
}

/* What we opened ourselves is close-on-exec: such a one was not meant. */
static bool was_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags == -1 || !(flags & FD_CLOEXEC))
		return flags != -1;
	errno = EBADF;
	return false;
}

static int activated(const struct why *why)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	int accepting = 0, fd;
	socklen_t len = sizeof(accepting);
	uint64_t v;

	if (!pid || !n || parse_uint(pid, 1, INT32_MAX, &v) == -1 || v != (uint64_t)getpid() ||
	    parse_uint(n, 1, 1024, &v) == -1 || !was_inherited(FIRST_ACTIVATED_FD)) {
		errno = EINVAL;
		return fail(why, "listen-fds: no socket was handed over (LISTEN_FDS)");
	}
	if (getsockopt(FIRST_ACTIVATED_FD, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &len) == -1 ||
	    !accepting)
		return FIRST_ACTIVATED_FD;
	fd = accept_one(FIRST_ACTIVATED_FD, "listen-fds", why);
	if (fd != -1)
		close(FIRST_ACTIVATED_FD); /* one peer is all we take */
	return fd;
}

static int inherited(const char *number, const struct why *why)
{
	uint64_t fd;

	if (parse_uint(number, 0, 1 << 20, &fd) == -1) {
		errno = EINVAL;
		return fail(why, "fd:%s: a descriptor number is needed, fd:3 for instance", number);
	}
	if (!was_inherited((int)fd))
		return fail(why, "fd:%s: %s (it must be open when the program starts)", number,
			    strerror(errno));
	return (int)fd;
}

static int file(const char *path, enum endpoint_dir dir, const struct why *why)
{
	int flags = dir == ENDPOINT_IN ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd == -1)
		return fail(why, "%s: %s", path, strerror(errno));
	return fd;
}

static int find(const char *spec, enum endpoint_dir dir, const struct why *why)
{
	if (!*spec) {
		errno = EINVAL;
		return fail(why, "an empty endpoint: use '-', a file, unix:PATH, unix-listen:PATH "
				 "or fd:N");
	}
	if (!strcmp(spec, "-"))
		return dir == ENDPOINT_IN ? STDIN_FILENO : STDOUT_FILENO;
	if (!strncmp(spec, "unix:", 5))
		return connect_to(spec + 5, why);
	if (!strncmp(spec, "unix-listen:", 12))
		return listen_on(spec + 12, why);
	if (!strncmp(spec, "fd:", 3))
		return inherited(spec + 3, why);
	if (!strcmp(spec, "listen-fds"))
		return activated(why);
	return file(spec, dir, why);
}

/* The binary stream is nothing for a terminal, nor can it be typed. */
static int refuse_terminal(enum endpoint_dir dir, const struct why *why)
{
	errno = EINVAL;
	if (dir == ENDPOINT_IN)
		return fail(why, "the stream is binary and does not come from a terminal: pipe a "
				 "program's output into this one, or use -i FILE");
	return fail(why, "the stream is binary and not for a terminal: use -o FILE, or pipe it "
			 "into 'secmon-ship -s json:- --events' to read it");
}

/* The other side may never come: meanwhile TERM and INT end the program, also if it blocks them. */
static int find_or_die(const char *spec, enum endpoint_dir dir, const struct why *why)
{
	sigset_t set, before;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, &before);
	fd = find(spec, dir, why);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return fd;
}

int endpoint_open(const char *spec, enum endpoint_dir dir, char *err, unsigned int errlen)
{
	const struct why why = { err, errlen };
	int fd = find_or_die(spec, dir, &why), r = 0;
	struct stat st;

	if (fd == -1)
		return -1;
	if (isatty(fd)) {
		r = refuse_terminal(dir, &why);
	} else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		r = fail(&why, "%s: %s", spec, strerror(errno));
	}
	if (r == -1) {
		int saved = errno;

		if (fd > STDERR_FILENO)
			close(fd);
		errno = saved;
		return -1;
	}
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}
