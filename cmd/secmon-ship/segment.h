/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file of a spool: a head, then records with checksums.
 *
 * All numbers are in the byte order of the machine; the magic tells a foreign one.
 */
#ifndef SHIP_SEGMENT_H
#define SHIP_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_RECORD_MAX = 80 * 1024 }; /* payload: an object of the stream and some */

struct segment_head {
	uint64_t magic;
	uint64_t first_seq;
};

struct segment_record {
	uint32_t len; /* of the payload behind it */
	uint32_t crc; /* of seq and payload */
	uint64_t seq;
};

#define SEGMENT_MAGIC 0x314c505343455301ULL /* "\1SECSPL1" */

/* segment_name(buf, len, first_seq): "0000000000000001.seg" */
void segment_name(char *buf, size_t len, uint64_t first_seq);

/* segment_create(dir, first_seq): a new file with its head. The fd, or -1 with errno. */
int segment_create(int dir, uint64_t first_seq);

/* segment_open(dir, first_seq): for reading; the head is checked. The fd, or -1 with errno. */
int segment_open(int dir, uint64_t first_seq);

/*
 * segment_append(fd, at, seq, p, len): a record at offset at. Bytes written, or
 * -1 with errno; then the file is cut to at again.
 */
long segment_append(int fd, uint64_t at, uint64_t seq, const void *p, size_t len);

/* Reads a segment in order through a buffer. */
struct segment_reader {
	int fd;		 /* -1: none */
	uint64_t offset; /* of the next record */
	uint64_t at;	 /* offset of buf in the file */
	size_t have;	 /* bytes in buf */
	uint8_t buf[2 * SEGMENT_RECORD_MAX];
};

/*
 * segment_next(r, end, p, len, seq): the next record that ends before offset end.
 * 1; 0 at the end; -1 with EBADMSG if there is no whole record: the rest of the
 * segment is lost.
 */
int segment_next(struct segment_reader *r, uint64_t end, const uint8_t **p, size_t *len,
		 uint64_t *seq);

/* segment_scan(fd, bytes): number of the last whole record, first - 1 if none; *bytes: its end. */
uint64_t segment_scan(int fd, uint64_t first_seq, uint64_t *bytes);

#endif
