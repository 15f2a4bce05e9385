// SPDX-License-Identifier: BSD-2-Clause
/* A queue on disk that outlives its program. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-ship/cursor.h"
#include "cmd/secmon-ship/owner.h"
#include "cmd/secmon-ship/segment.h"
#include "cmd/secmon-ship/spool.h"
#include "cmd/secmon-ship/syncer.h"
#include "common/compat.h"

struct part {
	uint64_t first_seq, last_seq;
	uint64_t bytes;
	int64_t written_s; /* last write, seconds since the epoch */
};

struct spool {
	struct spool_limits limits;
	int dir, lock;
	struct cursor cursor;
	struct part *parts; /* oldest first; the last one is written to if out != -1 */
	size_t nparts, room;
	uint64_t bytes;
	int out;
	bool dirty; /* written to since the last sync */
	struct sync_job sync;
	uint64_t last_seq; /* appended */
	uint64_t read_seq; /* handed out, or passed over */
	uint64_t acked;
	struct segment_reader in;
	uint64_t in_first; /* first_seq of the segment that in reads */
	struct spool_counts counts;
};

/* ---- segments */

static int compare_parts(const void *x, const void *y)
{
	const struct part *a = x, *b = y;

	return (a->first_seq > b->first_seq) - (a->first_seq < b->first_seq);
}

static struct part *add_part(struct spool *s, uint64_t first_seq)
{
	if (s->nparts == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct part *bigger = realloc(s->parts, room * sizeof(*bigger));

		if (!bigger)
			return NULL;
		s->parts = bigger;
		s->room = room;
	}
	s->parts[s->nparts] = (struct part){ .first_seq = first_seq,
					     .last_seq = first_seq - 1,
					     .written_s = time(NULL) };
	return &s->parts[s->nparts++];
}

static void stop_reading(struct spool *s)
{
	if (s->in.fd != -1)
		close(s->in.fd);
	s->in.fd = -1;
}

static void remove_oldest(struct spool *s)
{
	struct part *p = &s->parts[0];
	char name[32];

	segment_name(name, sizeof(name), p->first_seq);
	unlinkat(s->dir, name, 0);
	if (s->in.fd != -1 && s->in_first == p->first_seq)
		stop_reading(s);
	s->bytes -= p->bytes;
	memmove(p, p + 1, --s->nparts * sizeof(*p));
}

/* Give up the oldest segment, with what nobody has read of it. */
static void expire_oldest(struct spool *s)
{
	struct part *p = &s->parts[0];

	if (s->nparts == 1 && s->out != -1) {
		close(s->out);
		s->out = -1;
	}
	if (p->last_seq > s->read_seq) {
		s->counts.expired += p->last_seq - s->read_seq;
		s->read_seq = p->last_seq;
	}
	if (p->last_seq > s->acked)
		s->acked = p->last_seq;
	remove_oldest(s);
}

static int new_segment(struct spool *s)
{
	int fd = segment_create(s->dir, s->last_seq + 1);
	struct part *p;

	if (fd == -1)
		return -1;
	p = add_part(s, s->last_seq + 1);
	if (!p) {
		close(fd);
		errno = ENOMEM;
		return -1;
	}
	p->bytes = sizeof(struct segment_head);
	s->bytes += p->bytes;
	if (s->out != -1)
		close(s->out);
	s->out = fd;
	return 0;
}

/* ---- opening */

static int find_segments(struct spool *s)
{
	int fd = dup(s->dir);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;
	unsigned long long first;
	char name[32];

	if (!d)
		return -1;
	rewinddir(d);
	while ((e = readdir(d))) {
		if (sscanf(e->d_name, "%16llx.seg", &first) != 1)
			continue;
		segment_name(name, sizeof(name), first);
		if (first && strcmp(name, e->d_name) == 0 && !add_part(s, first)) {
			closedir(d);
			return -1;
		}
	}
	closedir(d);
	if (s->nparts)
		qsort(s->parts, s->nparts, sizeof(*s->parts), compare_parts);
	return 0;
}

/* How far a segment goes: the last one is read through, the others end where the next begins. */
static void measure(struct spool *s, size_t i)
{
	struct part *p = &s->parts[i];
	int fd = segment_open(s->dir, p->first_seq);
	struct stat st = { 0 };

	if (i + 1 < s->nparts) {
		p->last_seq = s->parts[i + 1].first_seq - 1;
		if (fd != -1 && fstat(fd, &st) == 0)
			p->bytes = (uint64_t)st.st_size;
	} else if (fd != -1) {
		p->last_seq = segment_scan(fd, p->first_seq, &p->bytes);
		fstat(fd, &st);
	}
	if (st.st_mtime)
		p->written_s = st.st_mtime;
	s->bytes += p->bytes;
	if (fd != -1)
		close(fd);
}

static int recover(struct spool *s)
{
	if (cursor_open(&s->cursor, s->dir, &s->acked) == -1 || find_segments(s) == -1)
		return -1;
	for (size_t i = 0; i < s->nparts; i++)
		measure(s, i);
	s->last_seq = s->nparts ? s->parts[s->nparts - 1].last_seq : 0;
	if (s->last_seq < s->acked)
		s->last_seq = s->acked;
	if (s->nparts && s->acked + 1 < s->parts[0].first_seq)
		s->acked = s->parts[0].first_seq - 1;
	s->read_seq = s->acked;
	s->counts.recovered = s->last_seq - s->acked;
	while (s->nparts && s->parts[0].last_seq <= s->acked)
		remove_oldest(s);
	return 0;
}

static int take_lock(struct spool *s)
{
	s->lock = openat(s->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock == -1 || owner_give(s->lock) == -1)
		return -1;
	return flock(s->lock, LOCK_EX | LOCK_NB);
}

struct spool *spool_open(const char *dir, const struct spool_limits *limits, char *err, size_t len)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, len, "no memory");
		return NULL;
	}
	s->limits = *limits;
	s->out = s->lock = s->in.fd = s->cursor.fd = -1;
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		s->dir = -1;
	else
		s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir == -1 || owner_give(s->dir) == -1 || take_lock(s) == -1 || recover(s) == -1 ||
	    (limits->sync && syncer_open() == -1)) {
		int error = errno;

		snprintf(err, len, "spool %s: %s", dir,
			 error == EWOULDBLOCK ? "another process is using it" : strerror(error));
		spool_close(s);
		errno = error;
		return NULL;
	}
	return s;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	if (s->limits.sync)
		syncer_cancel(&s->sync);
	stop_reading(s);
	cursor_close(&s->cursor);
	if (s->out != -1)
		close(s->out);
	if (s->lock != -1)
		close(s->lock);
	if (s->dir != -1)
		close(s->dir);
	free(s->parts);
	free(s);
}

/* ---- appending */

static bool too_much(const struct spool *s, size_t more)
{
	return s->nparts && s->bytes + more > s->limits.bytes;
}

int spool_append(struct spool *s, const void *p, size_t len, uint64_t *seq)
{
	size_t more = sizeof(struct segment_record) + len;
	struct part *part;
	long n;

	while (too_much(s, more))
		expire_oldest(s);
	if (s->out != -1 && s->parts[s->nparts - 1].bytes + more > s->limits.segment_bytes &&
	    s->parts[s->nparts - 1].last_seq >= s->parts[s->nparts - 1].first_seq) {
		close(s->out);
		s->out = -1;
	}
	if (s->out == -1 && new_segment(s) == -1)
		return -1;
	part = &s->parts[s->nparts - 1];
	n = segment_append(s->out, part->bytes, s->last_seq + 1, p, len);
	if (n == -1)
		return -1;
	part->bytes += (uint64_t)n;
	part->written_s = time(NULL);
	s->bytes += (uint64_t)n;
	part->last_seq = *seq = ++s->last_seq;
	s->dirty = true;
	return 0;
}

/* ---- reading */

static struct part *part_with(struct spool *s, uint64_t seq)
{
	for (size_t i = 0; i < s->nparts; i++)
		if (seq >= s->parts[i].first_seq && seq <= s->parts[i].last_seq)
			return &s->parts[i];
	return NULL;
}

static int start_reading(struct spool *s, const struct part *p)
{
	if (s->in.fd != -1 && s->in_first == p->first_seq)
		return 0;
	stop_reading(s);
	s->in.fd = segment_open(s->dir, p->first_seq);
	s->in.offset = s->in.at = sizeof(struct segment_head);
	s->in.have = 0;
	s->in_first = p->first_seq;
	return s->in.fd == -1 ? -1 : 0;
}

/* What a segment should still hold cannot be read. */
static void pass_over(struct spool *s, uint64_t upto)
{
	s->counts.damaged += upto - s->read_seq;
	s->read_seq = upto;
	stop_reading(s);
}

int spool_next(struct spool *s, const uint8_t **p, size_t *len, uint64_t *seq)
{
	while (s->read_seq < s->last_seq) {
		struct part *part = part_with(s, s->read_seq + 1);

		if (!part) {
			/* segments that are missing altogether */
			uint64_t upto = s->nparts && s->parts[0].first_seq > s->read_seq + 1
						? s->parts[0].first_seq - 1
						: s->last_seq;

			pass_over(s, upto);
			continue;
		}
		if (start_reading(s, part) == -1 ||
		    segment_next(&s->in, part->bytes, p, len, seq) != 1 || *seq > part->last_seq) {
			pass_over(s, part->last_seq);
			continue;
		}
		if (*seq <= s->read_seq)
			continue; /* delivered before the last restart */
		s->counts.damaged += *seq - s->read_seq - 1;
		s->read_seq = *seq;
		return 1;
	}
	return 0;
}

uint64_t spool_read_up_to(const struct spool *s)
{
	return s->read_seq;
}

void spool_ack(struct spool *s, uint64_t seq)
{
	if (seq <= s->acked)
		return;
	s->acked = seq;
	cursor_write(&s->cursor, seq);
	while (s->nparts > 1 && s->parts[0].last_seq <= seq)
		remove_oldest(s);
}

uint64_t spool_unread(const struct spool *s)
{
	return s->last_seq - s->read_seq;
}

uint64_t spool_bytes(const struct spool *s)
{
	return s->bytes;
}

const struct spool_counts *spool_counts(const struct spool *s)
{
	return &s->counts;
}

/* ---- once a second */

static void on_synced(struct sync_job *job, int error)
{
	/* an error here shows again at the next append or close */
}

void spool_tick(struct spool *s)
{
	int64_t oldest = time(NULL) - (int64_t)(s->limits.age_ms / 1000);

	while (s->limits.age_ms && s->nparts && s->parts[0].written_s < oldest &&
	       s->parts[0].last_seq >= s->parts[0].first_seq)
		expire_oldest(s);
	if (s->limits.sync && s->dirty && s->out != -1 && !s->sync.work.under_way) {
		s->sync.done = on_synced;
		s->dirty = syncer_start(&s->sync, s->out) == -1;
	}
}

/* ---- looking at it from outside */

static void print_part(const struct spool *s, const struct part *p, FILE *fp)
{
	char name[32];

	segment_name(name, sizeof(name), p->first_seq);
	fprintf(fp, "%s  %10llu bytes  records %llu to %llu%s\n", name,
		(unsigned long long)p->bytes, (unsigned long long)p->first_seq,
		(unsigned long long)p->last_seq, p->last_seq <= s->acked ? "  (delivered)" : "");
}

int spool_status(const char *dir, FILE *fp, char *err, size_t len)
{
	struct spool s = { .out = -1, .lock = -1, .in.fd = -1, .cursor.fd = -1 };
	bool used;

	s.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.dir == -1 || cursor_read(s.dir, &s.acked) == -1 || find_segments(&s) == -1) {
		snprintf(err, len, "spool %s: %s", dir, strerror(errno));
		if (s.dir != -1)
			close(s.dir);
		free(s.parts);
		return -1;
	}
	for (size_t i = 0; i < s.nparts; i++) {
		measure(&s, i);
		print_part(&s, &s.parts[i], fp);
	}
	s.last_seq = s.nparts ? s.parts[s.nparts - 1].last_seq : s.acked;
	if (s.nparts && s.acked + 1 < s.parts[0].first_seq)
		s.acked = s.parts[0].first_seq - 1;
	s.lock = openat(s.dir, "lock", O_RDONLY | O_CLOEXEC);
	used = s.lock != -1 && flock(s.lock, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK;
	fprintf(fp, "waiting %llu  delivered up to %llu  bytes %llu  %s\n",
		(unsigned long long)(s.last_seq > s.acked ? s.last_seq - s.acked : 0),
		(unsigned long long)s.acked, (unsigned long long)s.bytes,
		used ? "in use" : "not in use");
	if (s.lock != -1)
		close(s.lock);
	close(s.dir);
	free(s.parts);
	return 0;
}
