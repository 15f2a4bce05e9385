// SPDX-License-Identifier: BSD-2-Clause
/* Opening the ends of a stream. */
#include "common/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
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
		return fail(why, "unix socket path '%s': 1 to %zu bytes are allowed", path,
			    sizeof(a->sun_path) - 1);
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

/* A socket file that nobody listens on is a leftover and makes way. */
static void remove_stale(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd == -1)
		return;
	if (lstat(a->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(fd, (const struct sockaddr *)a, sizeof(*a)) == -1 && errno == ECONNREFUSED)
		unlink(a->sun_path);
	close(fd);
}

static int listen_on(const char *path, const struct why *why)
{
	struct sockaddr_un a;
	int fd, peer, saved;
	mode_t mask;

	if (address(&a, path, why) == -1)
		return -1;
	remove_stale(&a);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return fail(why, "socket: %s", strerror(errno));
	mask = umask(0117);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(fd, 1) == -1) {
		umask(mask);
		fail(why, "listen on unix:%s: %s", path, strerror(errno));
		peer = -1;
		goto out;
	}
	umask(mask);
	peer = accept_one(fd, path, why);
	unlink(path);
out:
	saved = errno;
	close(fd);
	errno = saved;
	return peer;
}

static int activated(const struct why *why)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	int accepting = 0;
	socklen_t len = sizeof(accepting);
	uint64_t v;

	if (!pid || !n || parse_uint(pid, 1, INT32_MAX, &v) == -1 || v != (uint64_t)getpid() ||
	    parse_uint(n, 1, 1024, &v) == -1) {
		errno = EINVAL;
		return fail(why, "listen-fds: no socket was handed over (LISTEN_FDS)");
	}
	if (getsockopt(FIRST_ACTIVATED_FD, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &len) == 0 &&
	    accepting)
		return accept_one(FIRST_ACTIVATED_FD, "listen-fds", why);
	fcntl(FIRST_ACTIVATED_FD, F_SETFD, FD_CLOEXEC);
	return FIRST_ACTIVATED_FD;
}

static int inherited(const char *number, const struct why *why)
{
	uint64_t fd;

	if (parse_uint(number, 0, 1 << 20, &fd) == -1) {
		errno = EINVAL;
		return fail(why, "fd:%s: a descriptor number is needed, fd:3 for instance", number);
	}
	if (fcntl((int)fd, F_GETFD) == -1)
		return fail(why, "fd:%s: %s (it must be open when the program starts)", number,
			    strerror(errno));
	return (int)fd;
}

static int file(const char *path, enum endpoint_dir dir, const struct why *why)
{
	int fd = dir == ENDPOINT_IN
			 ? open(path, O_RDONLY | O_CLOEXEC)
			 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	if (fd == -1)
		return fail(why, "%s: %s", path, strerror(errno));
	return fd;
}

static int standard(enum endpoint_dir dir, const struct why *why)
{
	if (dir == ENDPOINT_IN)
		return STDIN_FILENO;
	if (isatty(STDOUT_FILENO)) {
		errno = ENOTTY;
		return fail(why, "the stream is binary and not for a terminal: use -o FILE, or pipe "
				 "it into 'secmon-ship -s json:- --events' to read it");
	}
	return STDOUT_FILENO;
}

int endpoint_open(const char *spec, enum endpoint_dir dir, char *err, unsigned int errlen)
{
	const struct why why = { err, errlen };

	if (!*spec) {
		errno = EINVAL;
		return fail(&why, "an empty endpoint: use '-', a file, unix:PATH, "
				  "unix-listen:PATH or fd:N");
	}
	if (!strcmp(spec, "-"))
		return standard(dir, &why);
	if (!strncmp(spec, "unix:", 5))
		return connect_to(spec + 5, &why);
	if (!strncmp(spec, "unix-listen:", 12))
		return listen_on(spec + 12, &why);
	if (!strncmp(spec, "fd:", 3))
		return inherited(spec + 3, &why);
	if (!strcmp(spec, "listen-fds"))
		return activated(&why);
	return file(spec, dir, &why);
}
