// SPDX-License-Identifier: BSD-2-Clause
/*
 * The reader itself. It keeps the user that it was started with, because the
 * runtimes' files are root's alone, but no capability; Landlock leaves it the
 * places of its table, and seccomp no way to change anything.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"
#include "common/sandbox.h"
#include "files.h"
#include "reader_wire.h"
#include "sha256.h"

static const char *const paths[READ_END] = {
	[READ_PASSWD] = "/etc/passwd",
	[READ_GROUP] = "/etc/group",
	[READ_DOCKER] = "/var/lib/docker/containers/%s/config.v2.json",
	[READ_DOCKER_HOST] = "/var/lib/docker/containers/%s/hostconfig.json",
	[READ_CRI] = "/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json",
	[READ_CRI_K3S] = "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json",
	[READ_NERDCTL] = "/run/containerd/io.containerd.runtime.v2.task/default/%s/config.json",
	[READ_MOBY] = "/run/containerd/io.containerd.runtime.v2.task/moby/%s/config.json",
	[READ_CRIO] = "/run/containers/storage/overlay-containers/%s/userdata/config.json",
	[READ_PODMAN] = "/var/lib/containers/storage/overlay-containers/%s/userdata/config.json",
	[READ_PODMAN_LIST] = "/var/lib/containers/storage/overlay-containers/containers.json",
};

static const char *const places[] = {
	"/etc",	    "/var/lib/docker/containers", "/run/containerd",
	"/run/k3s", "/run/containers/storage",	  "/var/lib/containers/storage",
};

enum { PATH_SIZE = READER_PATH_MAX + 256 };

static const char *root; /* before each path */

static void send_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0); /* our parent is gone */
		p += n;
		len -= (size_t)n;
	}
}

static void answer(int fd, uint32_t what, int error, const char *text, size_t len)
{
	struct answer_head head = { .what = what, .error = error, .len = (uint32_t)len };

	send_all(fd, &head, sizeof(head));
	send_all(fd, text, len);
}

/* An id goes into a path: hex digits only. */
static bool is_id(const char *id)
{
	size_t n = strnlen(id, CGROUP_ID_MAX + 1);

	if (n != CGROUP_ID_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)id[i]))
			return false;
	return true;
}

/* A file that is the same as when it was last read is not read again. */
static bool unchanged(uint32_t what, const char *path)
{
	static struct stat last[READ_GROUP + 1];
	struct stat st;

	if (what > READ_GROUP || stat(path, &st) == -1)
		return false;
	if (st.st_ino == last[what].st_ino && st.st_size == last[what].st_size &&
	    st.st_mtim.tv_sec == last[what].st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == last[what].st_mtim.tv_nsec)
		return true;
	last[what] = st;
	return false;
}

static void serve_file(int fd, const struct reader_request *q)
{
	char path[PATH_SIZE];
	size_t len = 0;
	char *text;
	int n;

	if (strchr(paths[q->what], '%') && !is_id(q->id)) {
		answer(fd, q->what, EINVAL, NULL, 0);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = snprintf(path, sizeof(path), "%s", root);
	snprintf(path + n, sizeof(path) - (size_t)n, paths[q->what], q->id);
#pragma GCC diagnostic pop
	if (unchanged(q->what, path)) {
		answer(fd, q->what, EALREADY, NULL, 0);
		return;
	}
	text = file_read(AT_FDCWD, path, &len);
	answer(fd, q->what, text ? 0 : errno, text, text ? len : 0);
	free(text);
}

static bool is_the_one(int fd, const struct reader_request *q, uint64_t *size)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	*size = (uint64_t)st.st_size;
	return st.st_dev == q->dev && st.st_ino == q->ino &&
	       (uint64_t)st.st_ctim.tv_sec * NS_PER_S + (uint64_t)st.st_ctim.tv_nsec == q->ctime_ns;
}

static int hash_fd(int fd, struct sha256 *s)
{
	static uint8_t buf[64 * 1024];
	ssize_t n;

	sha256_init(s);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sha256_add(s, buf, (size_t)n);
	return n == -1 ? -1 : 0;
}

/* The file is looked at before and after: what is hashed is what was executed. */
static int hash_file(const struct reader_request *q, struct sha256 *s)
{
	char path[PATH_SIZE];
	uint64_t size = 0;
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s%s", root, q->path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return errno;
	if (!is_the_one(fd, q, &size))
		error = ESTALE;
	else if (size > q->bytes_max)
		error = EFBIG;
	else if (hash_fd(fd, s) == -1)
		error = errno;
	else if (!is_the_one(fd, q, &size))
		error = ESTALE;
	close(fd);
	return error;
}

static void serve_hash(int fd, struct reader_request *q)
{
	char hex[SHA256_HEX + 1];
	struct sha256 s;
	int error;

	q->path[sizeof(q->path) - 1] = '\0';
	error = hash_file(q, &s);
	if (!error)
		sha256_hex(&s, hex);
	answer(fd, q->what, error, hex, error ? 0 : SHA256_HEX);
}

static bool next(int fd, struct reader_request *q)
{
	for (size_t got = 0; got < sizeof(*q);) {
		ssize_t n = read(fd, (char *)q + got, sizeof(*q) - got);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

/* A place that is not there yet may come: then what is above it is left. */
static void climb(char *path)
{
	char *slash;

	while (access(path, F_OK) == -1 && (slash = strrchr(path, '/')) && slash != path)
		*slash = '\0';
}

/* What Landlock leaves: the places of the table, or all below root. */
static const char *const *read_paths(bool hashes)
{
	static char buf[nitems(places)][PATH_SIZE];
	static const char *list[nitems(places) + 1];

	for (size_t i = 0; i < nitems(places); i++) {
		snprintf(buf[i], sizeof(buf[i]), "%s%s", root, hashes ? "/" : places[i]);
		climb(buf[i]);
		list[i] = buf[i];
	}
	return list;
}

void reader_child(int fd, const char *below, bool hashes)
{
	struct sandbox s = { .role = SANDBOX_RULES, .user = "root" };
	static struct reader_request q;

	root = below;
	s.read_paths = read_paths(hashes);

	/* a signal to the pipeline is our parent's business: when it ends, so do we */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (sandbox_enter(&s) == -1) {
		log_err("the reader could not enter its sandbox");
		_exit(1);
	}
	while (next(fd, &q)) {
		if (q.what == READ_HASH && hashes)
			serve_hash(fd, &q);
		else if (q.what < READ_END && paths[q.what])
			serve_file(fd, &q);
		else
			_exit(1); /* our parent does not ask such things */
	}
	_exit(0);
}
