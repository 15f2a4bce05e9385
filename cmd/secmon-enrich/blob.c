// SPDX-License-Identifier: BSD-2-Clause
/* Packed fields in a ring. */
#include "blob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "common/pair.h"

enum { PIECES_MAX = 128, MARKS_BYTES = 512 /* packed marks need less */ };

static const char *const reasons[] = {
	[REASON_UNKNOWN] = "unknown",	[REASON_PENDING] = "pending",
	[REASON_TOO_LONG] = "too-long", [REASON_UNREADABLE] = "unreadable",
	[REASON_CHANGED] = "changed",	[REASON_TOO_LARGE] = "too-large",
};

/* Positions count up for ever and are taken modulo the size; 0 is nowhere. */
struct blobs {
	size_t size;
	uint64_t head;
	uint8_t *ring;
};

void marks_add(struct marks *m, unsigned int field, enum reason reason)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (m->mark[i].field == field)
			return;
	if (m->n < MARKS_MAX)
		m->mark[m->n++] = (struct mark){ (uint16_t)field, (uint16_t)reason };
}

static void mark_item(const struct mark *m, struct wire *w)
{
	char buf[64], name[32];
	int n = snprintf(buf, sizeof(buf), "%s:%s", field_wire_name(m->field, name, sizeof(name)),
			 reasons[m->reason]);

	wire_item_text(w, buf, (size_t)n < sizeof(buf) ? (size_t)n : sizeof(buf) - 1);
}

void marks_write(const struct marks *m, struct wire *w)
{
	if (m->n == 0)
		return;
	wire_array(w, F_EVT_INCOMPLETE, m->n);
	for (unsigned int i = 0; i < m->n; i++)
		mark_item(&m->mark[i], w);
}

struct blobs *blobs_new(size_t bytes)
{
	struct blobs *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->size = bytes < 1 << 20 ? 1 << 20 : bytes & ~(size_t)7;
	b->head = 8;
	b->ring = calloc(1, b->size);
	if (!b->ring) {
		free(b);
		return NULL;
	}
	return b;
}

void blobs_free(struct blobs *b)
{
	if (!b)
		return;
	free(b->ring);
	free(b);
}

const struct blob *blobs_get(const struct blobs *b, uint64_t at)
{
	if (at == 0 || b->head - at > b->size)
		return NULL;
	return (const struct blob *)(b->ring + at % b->size);
}

/* Room for len bytes in one piece, behind all that was put before. */
static uint64_t room(struct blobs *b, size_t len)
{
	size_t left = b->size - b->head % b->size;
	uint64_t at;

	if (left < len)
		b->head += left;
	at = b->head;
	b->head += (len + 7) & ~(size_t)7;
	return at;
}

/* Where each field of a run begins and ends. */
static unsigned int pieces(const uint8_t *run, size_t len, struct piece *piece)
{
	const uint8_t *pos = run, *end = run + len, *next;
	unsigned int n = 0;
	const char *error;
	struct pair pair;

	for (; pos < end && n < PIECES_MAX; pos = next) {
		next = pair_next(pos, end, &pair, &error);
		if (!next)
			break;
		piece[n++] = (struct piece){ .field = (uint32_t)pair.id,
					     .at = (uint32_t)(pos - run),
					     .value = (uint32_t)(pair.value - run),
					     .end = (uint32_t)(next - run) };
	}
	return n;
}

const struct blob *blobs_put(struct blobs *b, const struct blob_key *key, const struct marks *marks,
			     const uint8_t *run, size_t len, uint64_t *at)
{
	struct piece piece[PIECES_MAX];
	unsigned int n = pieces(run, len, piece);
	size_t head = sizeof(struct blob) + n * sizeof(struct piece);
	struct blob *blob;

	*at = room(b, head + len);
	blob = (struct blob *)(b->ring + *at % b->size);
	*blob = (struct blob){ .key = *key, .marks = *marks, .npieces = n, .len = (uint32_t)len };
	blob->run = (uint8_t *)blob + head;
	memcpy(blob->piece, piece, n * sizeof(struct piece));
	memcpy(blob->run, run, len);
	for (unsigned int i = 0; i < n; i++)
		fieldset_add(&blob->has, piece[i].field);
	for (unsigned int i = 0; i < marks->n; i++)
		fieldset_add(&blob->has, marks->mark[i].field);
	return blob;
}

static bool fits(const struct wire *w, size_t len)
{
	return len + MARKS_BYTES <= (size_t)(w->end - w->pos);
}

/* Field by field: the event has some of them itself, or is too large to take all. */
static bool append_some(const struct blob *blob, const struct fieldset *has, struct wire *w)
{
	struct marks marks = { 0 };

	for (unsigned int i = 0; i < blob->marks.n; i++)
		if (!fieldset_has(has, blob->marks.mark[i].field))
			marks_add(&marks, blob->marks.mark[i].field, blob->marks.mark[i].reason);
	for (unsigned int i = 0; i < blob->npieces; i++) {
		const struct piece *p = &blob->piece[i];

		if (fieldset_has(has, p->field) || p->field == F_EVT_INCOMPLETE)
			continue;
		if (fits(w, p->end - p->at))
			wire_raw(w, blob->run + p->at, p->end - p->at, 1);
		else
			marks_add(&marks, p->field, REASON_TOO_LONG);
	}
	if (!fieldset_has(has, F_EVT_INCOMPLETE))
		marks_write(&marks, w);
	return marks.n == 0;
}

bool blob_append(const struct blob *blob, const struct fieldset *has, struct wire *w)
{
	if (unlikely(fieldset_meet(&blob->has, has) || !fits(w, blob->len)))
		return append_some(blob, has, w);
	wire_raw(w, blob->run, blob->len, blob->npieces);
	return blob->marks.n == 0;
}
