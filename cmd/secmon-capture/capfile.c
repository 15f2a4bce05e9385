// SPDX-License-Identifier: BSD-2-Clause
/* Writing capture files. */
#include "cmd/secmon-capture/capfile.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include "common/endpoint.h"
#include "common/wire.h"

struct capfile {
	int fd;
	int error; /* errno of the first failure */
	char *name;
	ZSTD_CCtx *zstd;
	size_t used; /* bytes of in */
	size_t room; /* bytes of out */
	uint8_t *out;
	uint8_t in[CAPFILE_FRAME];
};

static void release(struct capfile *c)
{
	if (c->fd > STDERR_FILENO)
		close(c->fd);
	ZSTD_freeCCtx(c->zstd);
	free(c->out);
	free(c->name);
	free(c);
}

struct capfile *capfile_open(const char *spec, char *err, unsigned int errlen)
{
	struct capfile *c = calloc(1, sizeof(*c));

	if (!c)
		goto nomem;
	c->fd = -1;
	c->room = ZSTD_compressBound(CAPFILE_FRAME);
	c->out = malloc(c->room);
	c->name = strdup(spec);
	c->zstd = ZSTD_createCCtx();
	if (!c->out || !c->name || !c->zstd)
		goto nomem;
	ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_compressionLevel, CAPFILE_LEVEL);
	ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_checksumFlag, 1);
	c->fd = endpoint_open(spec, ENDPOINT_OUT, err, errlen);
	if (c->fd != -1)
		return c;
	release(c);
	return NULL;
nomem:
	snprintf(err, errlen, "not enough memory for a capture file");
	if (c)
		release(c);
	errno = ENOMEM;
	return NULL;
}

/* The descriptor may be a pipe that someone else has made non-blocking. */
static int write_all(int fd, const uint8_t *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);
		struct pollfd writable = { .fd = fd, .events = POLLOUT };

		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			poll(&writable, 1, -1);
			continue;
		}
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int capfile_tick(struct capfile *c)
{
	size_t n;

	if (c->error || !c->used)
		goto out;
	n = ZSTD_compress2(c->zstd, c->out, c->room, c->in, c->used);
	if (ZSTD_isError(n))
		c->error = EIO;
	else if (write_all(c->fd, c->out, n) == -1)
		c->error = errno;
	c->used = 0;
out:
	errno = c->error;
	return c->error ? -1 : 0;
}

void capfile_put(void *arg, const void *buf, size_t len)
{
	struct capfile *c = arg;

	if (len > CAPFILE_FRAME - c->used)
		capfile_tick(c);
	if (c->error || len > CAPFILE_FRAME)
		return;
	memcpy(c->in + c->used, buf, len);
	c->used += len;
}

int capfile_error(const struct capfile *c)
{
	return c->error;
}

const char *capfile_name(const struct capfile *c)
{
	return c->name;
}

int capfile_close(struct capfile **cp)
{
	struct capfile *c = *cp;
	int error;

	if (!c)
		return 0;
	*cp = NULL;
	capfile_tick(c);
	error = c->error;
	release(c);
	errno = error;
	return error ? -1 : 0;
}
