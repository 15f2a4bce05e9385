// SPDX-License-Identifier: BSD-2-Clause
/* Texts as numbers. */
#include "cmd/secmon-match/symbols.h"

#include <stdlib.h>

static enum symbol_test test_of(const struct pred *p)
{
	if (p->right || p->modifier != MODIFIER_NONE || !p->nlits || p->left->list ||
	    type_kind(p->left->type) != X_TEXT || p->left->type == TYPE_BYTEBUF)
		return SYMBOL_NONE;
	switch (p->op) {
	case OP_EQ:
		return SYMBOL_EQ;
	case OP_NE:
		return SYMBOL_NE;
	case OP_IN:
	case OP_INTERSECTS:
		return SYMBOL_IN;
	default:
		return SYMBOL_NONE;
	}
}

/* A check's own texts into the dictionary of its slot. */
static int learn(struct symbols *s, const struct pred *p, struct symbol_check *c)
{
	struct strset **dict = &s->dicts[p->slot];
	long n = -1;

	if (!*dict)
		*dict = strset_new();
	if (!*dict)
		return -1;
	for (uint32_t i = 0; i < p->nlits; i++) {
		n = strset_add(*dict, p->lits[i].v.s, p->lits[i].v.len);
		if (n < 0)
			return -1;
	}
	c->number = (int32_t)n;
	return 0;
}

static int mark(const struct symbols *s, const struct pred *p, struct symbol_check *c)
{
	const struct strset *dict = s->dicts[p->slot];

	if (c->how != SYMBOL_IN)
		return 0;
	c->nbits = (uint32_t)strset_count(dict);
	c->bits = calloc(c->nbits / 64 + 1, sizeof(*c->bits));
	if (!c->bits)
		return -1;
	for (uint32_t i = 0; i < p->nlits; i++) {
		const struct xval *v = &p->lits[i].v;
		long n = strset_find(dict, v->s, v->len, strset_hash(v->s, v->len));

		c->bits[n / 64] |= 1ULL << (n % 64);
	}
	return 0;
}

int symbols_init(struct symbols *s, const struct program *p)
{
	*s = (struct symbols){ .ndicts = p->nslots, .nchecks = p->npreds };
	s->dicts = calloc(p->nslots + 1, sizeof(*s->dicts));
	s->checks = calloc(p->npreds + 1, sizeof(*s->checks));
	if (!s->dicts || !s->checks)
		return -1;
	for (uint32_t i = 0; i < p->npreds; i++) {
		s->checks[i].how = test_of(&p->preds[i]);
		if (s->checks[i].how && learn(s, &p->preds[i], &s->checks[i]) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < p->npreds; i++)
		if (mark(s, &p->preds[i], &s->checks[i]) < 0)
			return -1;
	return 0;
}

void symbols_fini(struct symbols *s)
{
	for (uint32_t i = 0; s->dicts && i < s->ndicts; i++)
		strset_free(s->dicts[i]);
	for (uint32_t i = 0; s->checks && i < s->nchecks; i++)
		free(s->checks[i].bits);
	free(s->dicts);
	free(s->checks);
}
