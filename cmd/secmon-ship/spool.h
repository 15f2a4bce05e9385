/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue on disk that outlives its program, however that ends.
 *
 * A directory with segment files (named by the number of their first record)
 * and a cursor. A record is appended with one write and has a checksum, so
 * that a torn one at the end is recognised and cut off. The cursor says up to
 * which record everything was delivered, in two slots written in turn: one of
 * them is always whole. What is delivered but not yet in the cursor when the
 * program dies is delivered again: at least once, never less.
 */
#ifndef SHIP_SPOOL_H
#define SHIP_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct spool;

struct spool_limits {
	uint64_t bytes;	 /* of all segments; the oldest segment goes when there are more */
	uint64_t age_ms; /* 0: any; judged by a segment's last write */
	uint64_t segment_bytes;
	bool sync; /* fdatasync before a record counts as taken */
};

/* What befell records since the spool was opened. */
struct spool_counts {
	uint64_t recovered; /* found at the start, waiting */
	uint64_t expired;   /* dropped because of bytes or age */
	uint64_t damaged;   /* records that could not be read back */
};

/*
 * spool_open(dir, limits, err, len): make or open the directory (0700) and lock
 * it. NULL with a text in err: EWOULDBLOCK if another process has it.
 */
struct spool *spool_open(const char *dir, const struct spool_limits *limits, char *err, size_t len);

/* spool_close(s): the cursor is written and the lock given back. */
void spool_close(struct spool *s);

/*
 * spool_append(s, p, len): when it returns 0 the record is taken and *seq its
 * number, from 1. -1 with errno (ENOSPC, EIO ...): nothing was appended.
 */
int spool_append(struct spool *s, const void *p, size_t len, uint64_t *seq);

/*
 * spool_next(s, p, len, seq): the next record after the last one returned, a
 * view until the next call. 1, or 0 if there is no more now.
 */
int spool_next(struct spool *s, const uint8_t **p, size_t *len, uint64_t *seq);

/* spool_read_up_to(s): number of the last record that spool_next() passed. */
uint64_t spool_read_up_to(const struct spool *s);

/* spool_ack(s, seq): everything up to and including seq has been delivered. */
void spool_ack(struct spool *s, uint64_t seq);

/* spool_unread(s): records that were taken and that spool_next() has not handed out. */
uint64_t spool_unread(const struct spool *s);

/* spool_bytes(s): of its segments on disk. */
uint64_t spool_bytes(const struct spool *s);

/* spool_tick(s): once a second: age out, write the cursor. */
void spool_tick(struct spool *s);

/* spool_counts(s): what has happened since it was opened; a view. */
const struct spool_counts *spool_counts(const struct spool *s);

/*
 * spool_status(dir, fp, err, len): tell what is in a spool, without changing or
 * locking it. 0, or -1 with a text.
 */
int spool_status(const char *dir, FILE *fp, char *err, size_t len);

#endif
