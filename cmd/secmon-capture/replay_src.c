// SPDX-License-Identifier: BSD-2-Clause
/* Reading a recording: plain, gzip or zstd, told by its first bytes. */
#include "cmd/secmon-capture/replay_src.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "common/compat.h"
#include "common/endpoint.h"

enum packing { PLAIN, GZIP, ZSTD };

enum {
	STORED_MAX = 256 * 1024, /* bytes read at once */
	PEEK = 4
};

struct replay_src {
	int fd;
	enum packing packing;
	enum replay_format format;
	bool regular; /* a file: reading never has to wait */
	bool eof;     /* of the descriptor */
	bool inside;  /* of a frame or member that has not ended */
	bool more;    /* the decompressor may hold output back */
	uint64_t done, total;
	ZSTD_DStream *zstd;
	z_stream gzip;
	const char *name;
	char error[160];
	size_t peeked, peek_at; /* first bytes, decompressed, and how many are taken */
	uint8_t peek[PEEK];
	size_t at, used; /* what of stored is still to be decompressed */
	uint8_t stored[STORED_MAX];
};

static long printf_like(2, 3) damaged(struct replay_src *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, ap);
	va_end(ap);
	errno = EBADMSG;
	return -1;
}

/* The descriptor may be shared with others, so it is not made non-blocking. */
static ssize_t read_now(struct replay_src *s, void *buf, size_t len)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (!s->regular && poll(&p, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	do
		n = read(s->fd, buf, len);
	while (n == -1 && errno == EINTR);
	return n;
}

static long fill(struct replay_src *s)
{
	ssize_t n = read_now(s, s->stored, STORED_MAX);

	if (n >= 0) {
		s->at = 0;
		s->used = (size_t)n;
		s->done += (size_t)n;
		s->eof = n == 0;
	}
	return n;
}

static long read_plain(struct replay_src *s, uint8_t *buf, size_t len)
{
	size_t n = s->used - s->at;
	long r;

	if (n) {
		if (n > len)
			n = len;
		memcpy(buf, s->stored + s->at, n);
		s->at += n;
		return (long)n;
	}
	r = read_now(s, buf, len);
	if (r >= 0)
		s->eof = r == 0;
	if (r > 0)
		s->done += (uint64_t)r;
	return r;
}

static unsigned long long stored_at(const struct replay_src *s)
{
	return s->done - (s->used - s->at);
}

/* Decompress into buf once; the number of bytes that came out. */
static long step_zstd(struct replay_src *s, uint8_t *buf, size_t len)
{
	ZSTD_inBuffer in = { s->stored, s->used, s->at };
	ZSTD_outBuffer out = { buf, len, 0 };
	size_t r = ZSTD_decompressStream(s->zstd, &out, &in);

	s->at = in.pos;
	if (ZSTD_isError(r))
		return damaged(s, "byte %llu: damaged zstd data (%s)", stored_at(s),
			       ZSTD_getErrorName(r));
	s->inside = r != 0;
	s->more = r != 0 && out.pos == out.size;
	return (long)out.pos;
}

static long step_gzip(struct replay_src *s, uint8_t *buf, size_t len)
{
	z_stream *z = &s->gzip;
	int r;

	if (!s->inside)
		inflateReset(z);
	z->next_in = s->stored + s->at;
	z->avail_in = (uInt)(s->used - s->at);
	z->next_out = buf;
	z->avail_out = (uInt)(len < UINT32_MAX ? len : UINT32_MAX);
	len = z->avail_out;
	r = inflate(z, Z_NO_FLUSH);
	s->at = s->used - z->avail_in;
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return damaged(s, "byte %llu: damaged gzip data (%s)", stored_at(s),
			       z->msg ? z->msg : "no reason given");
	s->inside = r != Z_STREAM_END;
	s->more = s->inside && z->avail_out == 0;
	return (long)(len - z->avail_out);
}

static long read_packed(struct replay_src *s, uint8_t *buf, size_t len)
{
	for (;;) {
		long n;

		if (s->at == s->used && !s->more && !s->eof && fill(s) == -1)
			return -1;
		if (s->at == s->used && !s->more && s->eof) {
			if (!s->inside)
				return 0;
			return damaged(s, "byte %llu: the file ends inside a compressed %s",
				       (unsigned long long)s->done,
				       s->packing == ZSTD ? "frame" : "member");
		}
		n = s->packing == ZSTD ? step_zstd(s, buf, len) : step_gzip(s, buf, len);
		if (n != 0)
			return n;
	}
}

long replay_src_read(void *src, void *buf, size_t len)
{
	struct replay_src *s = src;
	size_t n = s->peeked - s->peek_at;

	if (n) {
		if (n > len)
			n = len;
		memcpy(buf, s->peek + s->peek_at, n);
		s->peek_at += n;
		return (long)n;
	}
	return s->packing == PLAIN ? read_plain(s, buf, len) : read_packed(s, buf, len);
}

int replay_src_fd(const struct replay_src *s)
{
	if (s->regular || s->eof || s->more || s->at < s->used || s->peek_at < s->peeked)
		return -1;
	return s->fd;
}

static enum packing packing(const uint8_t *b, size_t len)
{
	/* zstd: also its skippable frames 0x184d2a50 to 5f */
	if (len >= 4 && !memcmp(b, "\x28\xb5\x2f\xfd", 4))
		return ZSTD;
	if (len >= 4 && (b[0] & 0xf0) == 0x50 && !memcmp(b + 1, "\x2a\x4d\x18", 3))
		return ZSTD;
	if (len >= 2 && b[0] == 0x1f && b[1] == 0x8b)
		return GZIP;
	return PLAIN;
}

static enum replay_format format(const uint8_t *b, size_t len)
{
	if (len >= 4 && !memcmp(b, "\x0a\x0d\x0d\x0a", 4))
		return REPLAY_SCAP;
	if (len >= 2 && b[0] == 0x92 && b[1] == 0x01) /* [HELLO, ...] */
		return REPLAY_STREAM;
	return REPLAY_UNKNOWN;
}

/* Wait for the first bytes. Nothing else runs yet, so reading may block. */
static int identify(struct replay_src *s)
{
	while (s->used < PEEK && !s->eof) {
		ssize_t n = read(s->fd, s->stored + s->used, STORED_MAX - s->used);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		s->eof = n == 0;
		s->used += (size_t)n;
		s->done += (size_t)n;
	}
	s->eof = false;
	s->packing = packing(s->stored, s->used);
	if (s->packing == ZSTD && !(s->zstd = ZSTD_createDStream()))
		return -1;
	if (s->packing == GZIP && inflateInit2(&s->gzip, 15 + 16) != Z_OK)
		return -1;
	s->inside = s->packing == GZIP;
	while (s->peeked < PEEK) {
		uint8_t *b = s->peek + s->peeked;
		size_t want = PEEK - s->peeked;
		long n = s->packing == PLAIN ? read_plain(s, b, want) : read_packed(s, b, want);

		if (n == -1 && errno == EAGAIN)
			poll(&(struct pollfd){ .fd = s->fd, .events = POLLIN }, 1, -1);
		else if (n == -1)
			return -1;
		else if (n == 0)
			break;
		else
			s->peeked += (size_t)n;
	}
	s->format = format(s->peek, s->peeked);
	return 0;
}

static void describe(const struct replay_src *s, char *err, unsigned int errlen)
{
	if (s->error[0])
		snprintf(err, errlen, "%s: %s", s->name, s->error);
	else if (!s->done)
		snprintf(err, errlen, "%s: the file is empty", s->name);
	else
		snprintf(err, errlen,
			 "%s: not a recording: neither a secmon stream nor a .scap "
			 "file, plain, gzip or zstd",
			 s->name);
}

struct replay_src *replay_src_open(const char *path, char *err, unsigned int errlen)
{
	struct replay_src *s = calloc(1, sizeof(*s));
	struct stat st;

	if (!s) {
		snprintf(err, errlen, "not enough memory");
		return NULL;
	}
	s->name = strcmp(path, "-") ? path : "standard input";
	s->fd = endpoint_open(path, ENDPOINT_IN, err, errlen);
	if (s->fd == -1)
		goto fail;
	if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		s->regular = true;
		s->total = (uint64_t)st.st_size;
	}
	if (identify(s) == -1 && !s->error[0]) {
		snprintf(err, errlen, "%s: %s", s->name, strerror(errno));
		goto fail;
	}
	if (s->format != REPLAY_UNKNOWN)
		return s;
	describe(s, err, errlen);
	errno = EINVAL;
fail:
	replay_src_close(s);
	return NULL;
}

void replay_src_close(struct replay_src *s)
{
	int saved = errno;

	if (!s)
		return;
	if (s->fd > STDERR_FILENO)
		close(s->fd);
	ZSTD_freeDStream(s->zstd);
	if (s->packing == GZIP)
		inflateEnd(&s->gzip);
	free(s);
	errno = saved;
}

enum replay_format replay_src_format(const struct replay_src *s)
{
	return s->format;
}

const char *replay_src_name(const struct replay_src *s)
{
	return s->name;
}

const char *replay_src_error(const struct replay_src *s)
{
	return s->error;
}

void replay_src_progress(const struct replay_src *s, uint64_t *done, uint64_t *total)
{
	*done = s->done;
	*total = s->total;
}
