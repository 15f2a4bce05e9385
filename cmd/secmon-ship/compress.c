// SPDX-License-Identifier: BSD-2-Clause
/* Smaller HTTP bodies: gzip and zstd. */
#include <zlib.h>
#include <zstd.h>

#include "cmd/secmon-ship/compress.h"

enum { GZIP_WINDOW = 15 + 16, GZIP_HEAD = 32, ZSTD_LEVEL = 3 };

size_t compress_bound(enum compress how, size_t len)
{
	return how == COMPRESS_ZSTD ? ZSTD_compressBound(len) : compressBound(len) + GZIP_HEAD;
}

static int gzip(const struct buf *from, struct buf *to)
{
	z_stream z = { 0 };
	int r;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	z.next_in = (Bytef *)from->p;
	z.avail_in = (uInt)from->len;
	z.next_out = (Bytef *)to->p;
	z.avail_out = (uInt)to->cap;
	r = deflate(&z, Z_FINISH);
	to->len = z.total_out;
	deflateEnd(&z);
	return r == Z_STREAM_END ? 0 : -1;
}

static int zstd(const struct buf *from, struct buf *to)
{
	static ZSTD_CCtx *context;
	size_t n;

	if (!context)
		context = ZSTD_createCCtx();
	if (!context)
		return -1;
	n = ZSTD_compressCCtx(context, to->p, to->cap, from->p, from->len, ZSTD_LEVEL);
	if (ZSTD_isError(n))
		return -1;
	to->len = n;
	return 0;
}

int compress_body(enum compress how, const struct buf *from, struct buf *to)
{
	buf_clear(to);
	return how == COMPRESS_ZSTD ? zstd(from, to) : gzip(from, to);
}

const char *compress_name(enum compress how)
{
	return how == COMPRESS_GZIP ? "gzip" : how == COMPRESS_ZSTD ? "zstd" : NULL;
}
