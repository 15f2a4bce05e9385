// SPDX-License-Identifier: BSD-2-Clause
/* One file of a spool. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "cmd/secmon-ship/owner.h"
#include "cmd/secmon-ship/segment.h"

void segment_name(char *buf, size_t len, uint64_t first_seq)
{
	snprintf(buf, len, "%016llx.seg", (unsigned long long)first_seq);
}

static uint32_t checksum(uint64_t seq, const void *p, size_t len)
{
	uLong crc = crc32(0, (const Bytef *)&seq, sizeof(seq));

	return (uint32_t)crc32(crc, p, (uInt)len);
}

int segment_create(int dir, uint64_t first_seq)
{
	const struct segment_head head = { SEGMENT_MAGIC, first_seq };
	char name[32];
	int fd, error;

	segment_name(name, sizeof(name), first_seq);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	if (owner_give(fd) == 0 && pwrite(fd, &head, sizeof(head), 0) == sizeof(head))
		return fd;
	error = errno ? errno : ENOSPC;
	close(fd);
	unlinkat(dir, name, 0);
	errno = error;
	return -1;
}

int segment_open(int dir, uint64_t first_seq)
{
	struct segment_head head;
	char name[32];
	int fd;

	segment_name(name, sizeof(name), first_seq);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return -1;
	if (pread(fd, &head, sizeof(head), 0) == sizeof(head) && head.magic == SEGMENT_MAGIC &&
	    head.first_seq == first_seq)
		return fd;
	close(fd);
	errno = EBADMSG;
	return -1;
}

long segment_append(int fd, uint64_t at, uint64_t seq, const void *p, size_t len)
{
	const struct segment_record head = { (uint32_t)len, checksum(seq, p, len), seq };
	const struct iovec v[2] = { { (void *)&head, sizeof(head) }, { (void *)p, len } };
	ssize_t n;
	int error;

	if (len > SEGMENT_RECORD_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	n = pwritev(fd, v, 2, (off_t)at);
	if (n == (ssize_t)(sizeof(head) + len))
		return n;
	/* part of a record: the disk became full in the middle of it */
	error = n == -1 ? errno : ENOSPC;
	if (n > 0 && ftruncate(fd, (off_t)at) == -1)
		error = errno;
	errno = error;
	return -1;
}

/* At least n bytes from the next record on, or what there is before end. */
static size_t fill(struct segment_reader *r, size_t n, uint64_t end)
{
	uint64_t skip = r->offset - r->at;
	ssize_t got;

	if (r->offset < r->at || skip > r->have)
		skip = r->have = 0, r->at = r->offset;
	if (r->have - skip >= n)
		return r->have - skip;
	memmove(r->buf, r->buf + skip, r->have - skip);
	r->at += skip;
	r->have -= skip;
	while (r->have < n && r->at + r->have < end) {
		uint64_t want = end - r->at - r->have;

		if (want > sizeof(r->buf) - r->have)
			want = sizeof(r->buf) - r->have;
		got = pread(r->fd, r->buf + r->have, want, (off_t)(r->at + r->have));
		if (got <= 0)
			break;
		r->have += (size_t)got;
	}
	return r->have;
}

int segment_next(struct segment_reader *r, uint64_t end, const uint8_t **p, size_t *len,
		 uint64_t *seq)
{
	struct segment_record head;
	const uint8_t *at;

	if (r->offset >= end)
		return 0;
	if (fill(r, sizeof(head), end) < sizeof(head))
		goto bad;
	memcpy(&head, r->buf + (r->offset - r->at), sizeof(head));
	if (head.len > SEGMENT_RECORD_MAX || r->offset + sizeof(head) + head.len > end ||
	    fill(r, sizeof(head) + head.len, end) < sizeof(head) + head.len)
		goto bad;
	at = r->buf + (r->offset - r->at) + sizeof(head);
	if (checksum(head.seq, at, head.len) != head.crc)
		goto bad;
	*p = at;
	*len = head.len;
	*seq = head.seq;
	r->offset += sizeof(head) + head.len;
	return 1;
bad:
	errno = EBADMSG;
	return -1;
}

uint64_t segment_scan(int fd, uint64_t first_seq, uint64_t *bytes)
{
	struct segment_reader *r = malloc(sizeof(*r));
	uint64_t last = first_seq - 1, seq;
	const uint8_t *p;
	struct stat st;
	size_t len;

	*bytes = sizeof(struct segment_head);
	if (!r || fstat(fd, &st) == -1) {
		free(r);
		return last;
	}
	r->fd = fd;
	r->offset = r->at = sizeof(struct segment_head);
	r->have = 0;
	while (segment_next(r, (uint64_t)st.st_size, &p, &len, &seq) == 1 && seq == last + 1) {
		last = seq;
		*bytes = r->offset;
	}
	free(r);
	return last;
}
