// SPDX-License-Identifier: BSD-2-Clause
/* Blocks and the window over them. What stands in a block is in scap_list.c. */
#include "cmd/secmon-capture/scap_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/secmon-capture/scap_list.h"
#include "common/compat.h"

enum {
	WINDOW = 2 * 1024 * 1024,
	SPAN = 1024 * 1024, /* bytes of a block that are looked at together */
	HEADER = 8,
	TRAILER = 4
};

enum { MAGIC = 0x1a2b3c4d, SWAPPED = 0x4d3c2b1a };

/* What is in a block. */
enum content { C_OTHER, C_SECTION, C_MACHINE, C_PROCS, C_FDS, C_IFACES, C_USERS, C_EVENT };

struct block_type {
	uint32_t id;
	uint8_t content;
	uint8_t version;
	uint8_t flags;
};

enum { EV_FLAGS = 1 }; /* 32 bits of flags before the event */

static const struct block_type types[] = {
	{ 0x216, C_EVENT, 2 },	     { 0x217, C_EVENT, 2, EV_FLAGS },
	{ 0x204, C_EVENT, 1 },	     { 0x208, C_EVENT, 1, EV_FLAGS },
	{ 0x221, C_EVENT, 2 },	     { 0x222, C_EVENT, 2, EV_FLAGS },
	{ 0x8010abcd, C_EVENT, 1 },  { 0x0a0d0d0a, C_SECTION },
	{ 0x201, C_MACHINE },	     { 0x8002abcd, C_MACHINE },
	{ 0x202, C_PROCS, 1 },	     { 0x207, C_PROCS, 2 },
	{ 0x209, C_PROCS, 3 },	     { 0x210, C_PROCS, 4 },
	{ 0x211, C_PROCS, 5 },	     { 0x212, C_PROCS, 6 },
	{ 0x213, C_PROCS, 7 },	     { 0x214, C_PROCS, 8 },
	{ 0x215, C_PROCS, 9 },	     { 0x8000abcd, C_PROCS, 1 },
	{ 0x8013abcd, C_PROCS, 2 },  { 0x8014abcd, C_PROCS, 3 },
	{ 0x203, C_FDS, 1 },	     { 0x8001abcd, C_FDS, 1 },
	{ 0x218, C_FDS, 2 },	     { 0x205, C_IFACES, 1 },
	{ 0x8011abcd, C_IFACES, 1 }, { 0x219, C_IFACES, 2 },
	{ 0x206, C_USERS, 1 },	     { 0x8012abcd, C_USERS, 1 },
	{ 0x220, C_USERS, 2 },
};

struct scap_file {
	struct replay_src *src;
	size_t head, tail;
	uint64_t offset; /* of head in the file */
	bool inside;	 /* of a block of which body bytes are left */
	bool skip;	 /* ... and nobody wants them */
	bool began;	 /* a section header was seen */
	bool events;	 /* ... and an event after it */
	uint64_t body;
	uint64_t block_at; /* where the block begins, for messages */
	uint32_t block_len;
	struct block_type type;
	int64_t tid; /* of an fd list */
	char error[200];
	uint8_t window[WINDOW];
};

struct scap_file *scap_file_new(struct replay_src *src)
{
	struct scap_file *f = malloc(sizeof(*f));

	if (!f)
		return NULL;
	memset(f, 0, offsetof(struct scap_file, window));
	f->src = src;
	return f;
}

void scap_file_free(struct scap_file *f)
{
	free(f);
}

const char *scap_file_error(const struct scap_file *f)
{
	return f->error;
}

static enum scap_kind printf_like(3, 4)
	broken(struct scap_file *f, uint64_t at, const char *fmt, ...)
{
	int n = snprintf(f->error, sizeof(f->error), "byte %llu: ", (unsigned long long)at);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->error + n, sizeof(f->error) - (size_t)n, fmt, ap);
	va_end(ap);
	return SCAP_BROKEN;
}

static inline uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline size_t avail(const struct scap_file *f)
{
	return f->tail - f->head;
}

static void take(struct scap_file *f, size_t n)
{
	f->head += n;
	f->offset += n;
}

/* Have n bytes (at most half the window) at head. SCAP_EVENT: they are there. */
static enum scap_kind need(struct scap_file *f, size_t n)
{
	while (avail(f) < n) {
		long r;

		if (WINDOW - f->head < SPAN) {
			memmove(f->window, f->window + f->head, avail(f));
			f->tail -= f->head;
			f->head = 0;
		}
		r = replay_src_read(f->src, f->window + f->tail, WINDOW - f->tail);
		if (r == 0)
			return SCAP_END;
		if (r == -1 && errno == EAGAIN)
			return SCAP_WAIT;
		if (r == -1 && errno == EBADMSG) {
			snprintf(f->error, sizeof(f->error), "%s", replay_src_error(f->src));
			return SCAP_BROKEN;
		}
		if (r == -1)
			return broken(f, f->offset, "%s", strerror(errno));
		f->tail += (size_t)r;
	}
	return SCAP_EVENT;
}

static enum scap_kind torn(struct scap_file *f)
{
	return broken(f, f->block_at, "the file ends inside a block of %u bytes", f->block_len);
}

static const struct block_type *type_of(uint32_t id)
{
	static const struct block_type other = { 0, C_OTHER };

	for (size_t i = 0; i < nitems(types); i++)
		if (types[i].id == id)
			return &types[i];
	return &other;
}

/* The end of a block: what nobody wanted of it, and its length once more. */
static enum scap_kind finish(struct scap_file *f)
{
	enum scap_kind k;

	while (f->body) {
		size_t n = f->body < SPAN ? f->body : SPAN;

		k = need(f, 1);
		if (k != SCAP_EVENT)
			return k == SCAP_END ? torn(f) : k;
		if (n > avail(f))
			n = avail(f);
		take(f, n);
		f->body -= n;
	}
	k = need(f, TRAILER);
	if (k != SCAP_EVENT)
		return k == SCAP_END ? torn(f) : k;
	if (le32(f->window + f->head) != f->block_len)
		return broken(f, f->offset, "a block of %u bytes ends with the length %u",
			      f->block_len, le32(f->window + f->head));
	take(f, TRAILER);
	f->inside = f->skip = false;
	return SCAP_EVENT;
}

static enum scap_kind section(struct scap_file *f, const uint8_t *b)
{
	uint16_t major;

	memcpy(&major, b + 4, sizeof(major));
	if (le32(b) == SWAPPED)
		return broken(f, f->block_at, "written on a machine of the other byte order");
	if (le32(b) != MAGIC)
		return broken(f, f->block_at, "no section header: %08x where %08x was due", le32(b),
			      MAGIC);
	if (major > 1)
		return broken(f, f->block_at, "format version %u, this program knows 1", major);
	f->began = true;
	f->events = false;
	return SCAP_SECTION;
}

/* A whole event is in the window. It may have been padded. */
static enum scap_kind event(struct scap_file *f, struct scap_record *r)
{
	const uint8_t *b = f->window + f->head + HEADER;
	size_t body = f->block_len - HEADER - TRAILER;
	enum scap_kind k = SCAP_EVENT;

	f->events = true;
	r->offset = f->block_at;
	if (le32(b + body) != f->block_len)
		return broken(f, f->offset + HEADER + body,
			      "a block of %u bytes ends with the length %u", f->block_len,
			      le32(b + body));
	switch (list_event(b, body, f->type.version, f->type.flags & EV_FLAGS, &r->event)) {
	case -1:
		return broken(f, f->block_at, "an event whose lengths do not fit its block");
	case 0:
		k = SCAP_UNKNOWN;
	}
	take(f, f->block_len);
	return k;
}

/* The head of a block. SCAP_EVENT: go on; others are answers. */
static enum scap_kind block(struct scap_file *f, struct scap_record *r)
{
	enum scap_kind k = need(f, HEADER);
	const uint8_t *b = f->window + f->head;

	if (k == SCAP_END && avail(f))
		return broken(f, f->offset, "the file ends inside the head of a block");
	if (k != SCAP_EVENT)
		return k;
	f->block_at = f->offset;
	f->block_len = le32(b + 4);
	f->type = *type_of(le32(b));
	if (f->block_len < HEADER + TRAILER)
		return broken(f, f->offset, "a block of %u bytes", f->block_len);
	if (!f->began && f->type.content != C_SECTION)
		return broken(f, f->offset, "a section header was due");
	if (f->type.content == C_EVENT && f->block_len <= SPAN) {
		k = need(f, f->block_len);
		if (k != SCAP_EVENT)
			return k == SCAP_END ? torn(f) : k;
		return event(f, r);
	}
	take(f, HEADER);
	f->body = f->block_len - HEADER - TRAILER;
	f->inside = true;
	f->skip = f->type.content == C_OTHER || f->type.content == C_EVENT;
	if (f->type.content == C_FDS)
		f->tid = INT64_MIN;
	if (f->type.content == C_EVENT)
		return SCAP_TOO_BIG;
	if (f->type.content == C_OTHER)
		return SCAP_UNKNOWN;
	if (f->events && f->type.content != C_SECTION) {
		f->events = false;
		return SCAP_SECTION;
	}
	return SCAP_EVENT;
}

static long entry(struct scap_file *f, const uint8_t *b, size_t len, struct scap_record *r)
{
	switch (f->type.content) {
	case C_MACHINE:
		r->kind = SCAP_MACHINE;
		return list_machine(b, len, &r->machine);
	case C_PROCS:
		r->kind = SCAP_PROC;
		return list_proc(b, len, f->type.version, &r->proc);
	case C_FDS:
		r->kind = SCAP_FD;
		if (f->tid == INT64_MIN)
			return list_tid(b, len, &f->tid);
		r->fd.tid = f->tid;
		return list_fd(b, len, f->type.version, &r->fd);
	case C_IFACES:
		r->kind = SCAP_IFACE;
		return list_iface(b, len, f->type.version, &r->iface);
	default:
		return list_account(b, len, f->type.version, &r->kind, &r->account);
	}
}

/* One entry of the list that the block holds. SCAP_EVENT: the block is done. */
static enum scap_kind inside(struct scap_file *f, struct scap_record *r)
{
	size_t span = f->body < SPAN ? (size_t)f->body : SPAN;
	enum scap_kind k;
	bool first_fd = f->type.content == C_FDS && f->tid == INT64_MIN;
	long n;

	if (f->skip || f->body < 4)
		return finish(f);
	k = need(f, span);
	if (k != SCAP_EVENT)
		return k == SCAP_END ? torn(f) : k;
	if (f->type.content == C_SECTION) {
		if (span < 16)
			return broken(f, f->block_at, "a section header of %u bytes", f->block_len);
		k = section(f, f->window + f->head);
		f->skip = true;
		return k;
	}
	n = entry(f, f->window + f->head, span, r);
	if (n <= 0 || (size_t)n > span)
		return broken(f, f->offset, "an entry that does not fit its block");
	take(f, (size_t)n);
	f->body -= (size_t)n;
	if (f->type.content == C_MACHINE)
		f->skip = true;
	if (first_fd)
		return inside(f, r);
	r->offset = f->block_at;
	return r->kind;
}

enum scap_kind scap_file_next(struct scap_file *f, struct scap_record *r)
{
	enum scap_kind k;

	do {
		bool was_inside = f->inside;

		k = was_inside ? inside(f, r) : block(f, r);
		/* a block was entered or left: go on */
		if (k == SCAP_EVENT && !was_inside && !f->inside)
			break;
	} while (k == SCAP_EVENT);
	r->kind = k;
	return k;
}
