// SPDX-License-Identifier: BSD-2-Clause
/* A text being put together, that knows where each of its pieces was written. */
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/textbuf.h"

static int reserve(struct textbuf *b, size_t more)
{
	size_t room = b->room ? b->room : 256;
	char *s;

	if (b->failed || more > SIZE_MAX / 4 - b->len || (b->limit && b->len + more > b->limit)) {
		b->failed = true;
		return -1;
	}
	if (b->len + more <= b->room)
		return 0;
	while (room < b->len + more)
		room *= 2;
	s = realloc(b->s, room);
	if (!s) {
		b->failed = true;
		return -1;
	}
	b->s = s;
	b->room = room;
	return 0;
}

static void add_piece(struct textbuf *b, const struct piece *p)
{
	if (b->failed)
		return;
	if (b->npieces == b->pieces_room) {
		size_t room = b->pieces_room ? b->pieces_room * 2 : 16;
		struct piece *v = reallocarray(b->pieces, room, sizeof(*v));

		if (!v) {
			b->failed = true;
			return;
		}
		b->pieces = v;
		b->pieces_room = room;
	}
	b->pieces[b->npieces++] = *p;
}

static void append(struct textbuf *b, const char *s, size_t len)
{
	if (!len || reserve(b, len))
		return;
	memcpy(b->s + b->len, s, len);
	b->len += len;
}

void textbuf_add(struct textbuf *b, const char *s, size_t len)
{
	add_piece(b, &(struct piece){ .start = b->len });
	append(b, s, len);
}

void textbuf_str(struct textbuf *b, const char *s)
{
	textbuf_add(b, s, strlen(s));
}

void textbuf_node(struct textbuf *b, const struct ynode *n)
{
	add_piece(b, &(struct piece){ .start = b->len, .node = n });
	append(b, n->text, n->len);
}

void textbuf_list(struct textbuf *b, const struct list *list, const char *text, size_t len)
{
	add_piece(b, &(struct piece){ .start = b->len, .list = list });
	append(b, text, len);
}

void textbuf_copy(struct textbuf *b, const struct textbuf *in, size_t from, size_t to, size_t *hint)
{
	size_t i = *hint;

	while (from < to) {
		size_t end = to;
		struct piece p;

		while (i + 1 < in->npieces && in->pieces[i + 1].start <= from)
			i++;
		if (i + 1 < in->npieces && in->pieces[i + 1].start < to)
			end = in->pieces[i + 1].start;
		p = in->pieces[i];
		p.from += from - p.start;
		p.start = b->len;
		add_piece(b, &p);
		append(b, in->s + from, end - from);
		from = end;
	}
	*hint = i;
}

void textbuf_cut(struct textbuf *b, size_t len)
{
	b->len = len;
	while (b->npieces && b->pieces[b->npieces - 1].start >= len)
		b->npieces--;
}

void textbuf_clear(struct textbuf *b)
{
	b->len = b->npieces = 0;
	b->failed = false;
}

void textbuf_free(struct textbuf *b)
{
	free(b->s);
	free(b->pieces);
	memset(b, 0, sizeof(*b));
}

struct source *textbuf_freeze(const struct textbuf *b, struct arena *arena)
{
	struct source *src = arena_new(arena, struct source);

	if (!src)
		return NULL;
	src->npieces = b->npieces;
	src->pieces = arena_array(arena, struct piece, b->npieces);
	if (!src->pieces)
		return NULL;
	if (b->npieces)
		memcpy(src->pieces, b->pieces, b->npieces * sizeof(*b->pieces));
	return src;
}

static size_t piece_at(const struct source *src, size_t index)
{
	size_t lo = 0, hi = src->npieces;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (src->pieces[mid].start <= index)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static bool list_place(const struct list *list, size_t from, struct place *place)
{
	uint32_t lo = 0, hi = list->nflat;

	if (!hi)
		return false;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (list->starts[mid] <= from)
			lo = mid;
		else
			hi = mid;
	}
	ynode_place(list->flat[lo], from - list->starts[lo], place);
	return true;
}

bool source_place(const struct source *src, size_t index, struct place *place)
{
	size_t i;

	memset(place, 0, sizeof(*place));
	if (!src || !src->npieces)
		return false;
	i = piece_at(src, index);
	/* made-up text: what was written before it is nearest */
	while (i && !src->pieces[i].node && !src->pieces[i].list) {
		i--;
		index = src->pieces[i + 1].start;
	}
	if (src->pieces[i].node) {
		ynode_place(src->pieces[i].node, src->pieces[i].from + index - src->pieces[i].start,
			    place);
		return true;
	}
	return src->pieces[i].list &&
	       list_place(src->pieces[i].list, src->pieces[i].from + index - src->pieces[i].start,
			  place);
}
