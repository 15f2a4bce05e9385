// SPDX-License-Identifier: BSD-2-Clause
/* Sinks text:, json: and msgpack: into a file or to standard output. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/owner.h"
#include "cmd/secmon-ship/stream.h"
#include "cmd/secmon-ship/syncer.h"
#include "common/log.h"

struct file {
	struct stream st;
	struct sink *sink;
	const char *path; /* NULL: standard output */
	uint64_t size;	  /* of the file, as far as we know */
	bool nonblock_set;
	struct sync_job sync;
};

enum { LOG_MODE = 0640 };

/* ---- the descriptor */

static int open_path(struct file *f)
{
	struct stat st;
	int fd = open(f->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		      LOG_MODE);

	if (fd == -1)
		return -1;
	f->size = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return fd;
}

static void reopen(struct sink *s)
{
	struct file *f = s->priv;
	int fd;

	if (!f->path || f->st.b)
		return;
	fd = open_path(f);
	if (fd == -1) {
		log_warn("%s: %s; writing goes on into the file that is open", f->path,
			 strerror(errno));
		return;
	}
	stream_end(&f->st, s);
	stream_close(&f->st);
	stream_set(&f->st, s, fd, f->size == 0);
}

/* FILE.1 is the newest old one; with no name free the oldest goes. */
static void rotate(struct file *f)
{
	char from[4096], to[4096];

	for (uint64_t i = f->sink->conf->keep; i > 0; i--) {
		snprintf(to, sizeof(to), "%s.%llu", f->path, (unsigned long long)i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%llu", f->path, (unsigned long long)i - 1);
		else
			snprintf(from, sizeof(from), "%s", f->path);
		if (rename(from, to) == -1 && errno != ENOENT) {
			log_warn("%s: %s; the file grows on", from, strerror(errno));
			f->size = 0; /* try again a file's size later */
			return;
		}
	}
	reopen(f->sink);
}

static bool rotation_due(const struct file *f)
{
	uint64_t most = f->sink->conf->rotate_bytes;

	return f->path && most && f->size >= most;
}

/* ---- deliveries */

static void on_synced(struct sync_job *job, int error)
{
	struct file *f = (struct file *)((char *)job - offsetof(struct file, sync));
	struct batch *b = f->st.b;
	char why[256];

	f->st.b = NULL;
	if (error)
		sink_done(b, SINK_AGAIN, 0, stream_why(why, sizeof(why), f->path, error));
	else
		sink_done(b, SINK_DELIVERED, 0, NULL);
}

static void on_written(struct stream *st)
{
	struct file *f = st->owner;
	struct batch *b = st->b;

	f->size += b->body.len;
	if (f->sink->conf->fsync == FSYNC_ALWAYS && f->path) {
		if (syncer_start(&f->sync, f->st.io.fd) == -1)
			on_synced(&f->sync, errno);
		return;
	}
	st->b = NULL;
	sink_done(b, SINK_DELIVERED, 0, NULL);
}

static void on_failed(struct stream *st, int error)
{
	struct file *f = st->owner;
	struct batch *b = st->b;
	char why[256];

	st->b = NULL;
	stream_why(why, sizeof(why), f->path ? f->path : "standard output", error);
	if (!f->path && (error == EPIPE || error == ECONNRESET)) {
		f->sink->dead = true;
		sink_done(b, SINK_REFUSED, 0, "standard output: its reader has gone");
		return;
	}
	sink_done(b, SINK_AGAIN, 0, why);
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct file *f = s->priv;

	if (!b->sent && rotation_due(f))
		rotate(f);
	stream_send(&f->st, b);
}

/* ---- opening and closing */

static struct file *file_new(struct sink *s, const char *path)
{
	struct file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->sink = s;
	f->path = path;
	f->st = (struct stream){
		.io.fd = -1, .failed = on_failed, .written = on_written, .owner = f
	};
	f->sync.done = on_synced;
	s->priv = f;
	return f;
}

static int open_file(struct sink *s, char *err, size_t len)
{
	struct file *f = file_new(s, s->target);
	int fd;

	if (f && s->conf->fsync == FSYNC_ALWAYS && syncer_open() == -1) {
		snprintf(err, len, "thread for fsync: %s", strerror(errno));
		return -1;
	}
	fd = f ? open_path(f) : -1;
	if (fd == -1 || owner_give(fd) == -1) {
		snprintf(err, len, "%s", strerror(errno));
		return -1;
	}
	stream_set(&f->st, s, fd, f->size == 0);
	return 0;
}

static int open_stdout(struct sink *s, char *err, size_t len)
{
	struct file *f = file_new(s, NULL);
	struct stat st;
	int flags;

	if (!f || fstat(STDOUT_FILENO, &st) == -1) {
		snprintf(err, len, "standard output: %s", strerror(errno));
		return -1;
	}
	s->context.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	if (s->conf->format == &format_msgpack && isatty(STDOUT_FILENO)) {
		snprintf(err, len,
			 "this is binary and standard output is a terminal; "
			 "use json:- or write it to a file");
		errno = EINVAL;
		return -1;
	}
	stream_set(&f->st, s, STDOUT_FILENO, true);
	flags = fcntl(STDOUT_FILENO, F_GETFL);
	/* not for terminals: the shell has the same description */
	if ((S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) && !(flags & O_NONBLOCK))
		f->nonblock_set = fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK) == 0;
	return 0;
}

static void close_file(struct sink *s)
{
	struct file *f = s->priv;

	if (!f)
		return;
	stream_end(&f->st, s);
	if (f->path) {
		syncer_cancel(&f->sync);
		stream_close(&f->st);
	} else {
		io_forget(&f->st.io);
		if (f->nonblock_set)
			fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
	}
	free(f);
	s->priv = NULL;
}

enum { FILE_BATCH_BYTES = 64 * 1024 };

const struct sink_kind sink_stdout = {
	.name = "standard output",
	.overflow = OVERFLOW_BLOCK,
	.parallel = 1,
	.batch_bytes = FILE_BATCH_BYTES,
	.patient = true,
	.open = open_stdout,
	.send = send_batch,
	.close = close_file,
};

const struct sink_kind sink_file = {
	.name = "file",
	.overflow = OVERFLOW_OLDEST,
	.parallel = 1,
	.batch_bytes = FILE_BATCH_BYTES,
	.patient = true,
	.open = open_file,
	.send = send_batch,
	.reopen = reopen,
	.close = close_file,
};
