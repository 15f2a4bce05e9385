// SPDX-License-Identifier: BSD-2-Clause
/* Checks that look for a piece of a text. */
#include "cmd/secmon-match/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sought {
	enum many_where where;
	const char *s;
	size_t len;
	bool more;
};

/* What must be there for a pattern to match: its beginning, its end, or its longest plain part. */
static struct sought glob_piece(const char *s, size_t len)
{
	struct sought p = { .where = MANY_END, .more = true };
	size_t i = 0, n;

	if (memchr(s, '[', len) || memchr(s, '\\', len))
		return p;
	while (i <= len) {
		for (n = 0; i + n < len && s[i + n] != '*' && s[i + n] != '?'; n++)
			;
		if (n > p.len || (n && i + n == len && p.where == MANY_PART))
			p = (struct sought){ .where = i == 0	     ? MANY_PREFIX
						      : i + n == len ? MANY_SUFFIX
								     : MANY_PART,
					     .s = s + i,
					     .len = n,
					     .more = true };
		if (p.where == MANY_PREFIX)
			return p;
		i += n + 1;
	}
	return p;
}

static struct sought piece_of(const struct pred *p)
{
	struct sought none = { .where = MANY_END };
	const struct xval *v;

	if (p->right || p->modifier != MODIFIER_NONE || p->nlits != 1 || p->left->list ||
	    type_kind(p->left->type) != X_TEXT || p->left->type == TYPE_BYTEBUF)
		return none;
	v = &p->lits[0].v;
	switch (v->len ? p->op : OP_EXISTS) {
	case OP_STARTSWITH:
		return (struct sought){ MANY_PREFIX, v->s, v->len, false };
	case OP_ENDSWITH:
		return (struct sought){ MANY_SUFFIX, v->s, v->len, false };
	case OP_CONTAINS:
		return (struct sought){ MANY_PART, v->s, v->len, false };
	case OP_ICONTAINS:
		return (struct sought){ MANY_IPART, v->s, v->len, false };
	case OP_GLOB:
		return glob_piece(v->s, v->len);
	default:
		return none;
	}
}

static int learn(struct pieces *s, const struct pred *p, struct piece_check *c)
{
	struct sought piece = piece_of(p);
	struct many **many;
	long n;

	c->where = MANY_END;
	if (piece.where == MANY_END)
		return 0;
	many = &s->slots[p->slot].many[piece.where];
	if (!*many)
		*many = many_new(piece.where);
	if (!*many)
		return -1;
	n = many_add(*many, piece.s, piece.len);
	if (n < 0)
		return errno == E2BIG ? 0 : -1; /* it is put by itself */
	*c = (struct piece_check){ piece.where, piece.more, (uint32_t)n };
	return 0;
}

static int build(struct piece_slot *s)
{
	for (int i = 0; i < MANY_END; i++) {
		if (!s->many[i])
			continue;
		s->found.bits[i] = calloc(many_count(s->many[i]) / 64 + 1, sizeof(uint64_t));
		if (!s->found.bits[i] || many_build(s->many[i]) < 0)
			return -1;
	}
	return 0;
}

int pieces_init(struct pieces *s, const struct program *p)
{
	*s = (struct pieces){ .nslots = p->nslots };
	s->slots = calloc(p->nslots + 1, sizeof(*s->slots));
	s->checks = calloc(p->npreds + 1, sizeof(*s->checks));
	if (!s->slots || !s->checks)
		return -1;
	for (uint32_t i = 0; i < p->npreds; i++)
		if (learn(s, &p->preds[i], &s->checks[i]) < 0)
			return -1;
	for (uint32_t i = 0; i < p->nslots; i++)
		if (build(&s->slots[i]) < 0)
			return -1;
	return 0;
}

void pieces_fini(struct pieces *s)
{
	for (uint32_t i = 0; s->slots && i < s->nslots; i++)
		for (int k = 0; k < MANY_END; k++) {
			many_free(s->slots[i].many[k]);
			free(s->slots[i].found.bits[k]);
		}
	free(s->slots);
	free(s->checks);
}

void pieces_look(struct piece_slot *s, enum many_where where, const struct xval *v)
{
	struct piece_found *f = &s->found;
	uint8_t bit = (uint8_t)(1U << where);

	if (f->any & bit)
		memset(f->bits[where], 0,
		       (many_count(s->many[where]) / 64 + 1) * sizeof(*f->bits[where]));
	f->looked |= bit;
	f->any &= (uint8_t)~bit;
	if (many_find(s->many[where], v->s, v->len, f->bits[where]))
		f->any |= bit;
}
