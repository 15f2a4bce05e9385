/* SPDX-License-Identifier: BSD-2-Clause */
/* A text being put together, that knows where each of its pieces was written. */
#ifndef MATCH_TEXTBUF_H
#define MATCH_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/source.h"

/* An all-zero struct is an empty text. Memory is its own, not an arena's. */
struct textbuf {
	char *s;
	size_t len, room;
	struct piece *pieces;
	size_t npieces, pieces_room;
	bool failed;  /* out of memory or too long; all else is ignored then */
	size_t limit; /* most bytes; 0: none */
};

/* textbuf_add(b, s, len): text that is in no file. */
void textbuf_add(struct textbuf *b, const char *s, size_t len);
void textbuf_str(struct textbuf *b, const char *s);

/* textbuf_node(b, n): the value of a scalar. */
void textbuf_node(struct textbuf *b, const struct ynode *n);

/* textbuf_list(b, list, text, len): the items of a list. */
void textbuf_list(struct textbuf *b, const struct list *list, const char *text, size_t len);

/* textbuf_copy(b, in, from, to, &hint): bytes of another text, and their pieces. hint: 0 at first.
 */
void textbuf_copy(struct textbuf *b, const struct textbuf *in, size_t from, size_t to,
		  size_t *hint);

/* textbuf_cut(b, len): forget all but the first len bytes. */
void textbuf_cut(struct textbuf *b, size_t len);

void textbuf_clear(struct textbuf *b); /* empty, memory kept */
void textbuf_free(struct textbuf *b);

/* textbuf_freeze(b, arena): where its bytes are from, to last; NULL with ENOMEM. */
struct source *textbuf_freeze(const struct textbuf *b, struct arena *arena);

#endif
