// SPDX-License-Identifier: BSD-2-Clause
/* Checks put to values. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/dns.h"
#include "cmd/secmon-match/pmatch.h"
#include "cmd/secmon-match/pred.h"
#include "cmd/secmon-match/rx.h"
#include "cmd/secmon-match/strset.h"

static int order_numbers(const struct xval *a, const struct xval *b)
{
	if (a->kind == X_DOUBLE || b->kind == X_DOUBLE) {
		double x = a->kind == X_DOUBLE ? a->d : (double)a->i;
		double y = b->kind == X_DOUBLE ? b->d : (double)b->i;

		return x < y ? -1 : x > y;
	}
	if (a->kind == X_INT && a->i < 0)
		return b->kind == X_INT && b->i < 0 ? (a->i > b->i) - (a->i < b->i) : -1;
	if (b->kind == X_INT && b->i < 0)
		return 1;
	return (a->u > b->u) - (a->u < b->u);
}

static int order_texts(const struct xval *a, const struct xval *b)
{
	uint32_t n = a->len < b->len ? a->len : b->len;
	int c = n ? memcmp(a->s, b->s, n) : 0;

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static bool in_network(const struct xval *ip, const struct lit *l)
{
	unsigned int whole = l->prefix / 8, rest = l->prefix % 8;

	if (ip->len != l->v.len || memcmp(ip->ip, l->v.ip, whole) != 0)
		return false;
	return !rest || ((ip->ip[whole] ^ l->v.ip[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
}

static bool equal(const struct xval *v, const struct lit *l)
{
	switch (v->kind) {
	case X_TEXT:
		return l->v.kind == X_TEXT && v->len == l->v.len &&
		       memcmp(v->s, l->v.s, v->len) == 0;
	case X_BOOL:
		return l->v.kind == X_BOOL && v->b == l->v.b;
	case X_IP:
		if (l->v.kind == X_TEXT)
			return dns_name_has(l->v.s, v->ip, v->len);
		if (l->v.kind != X_IP)
			return false;
		if (v->type == TYPE_IPNET)
			return in_network(v, l);
		return v->len == l->v.len && memcmp(v->ip, l->v.ip, v->len) == 0;
	case X_INT:
	case X_UINT:
	case X_DOUBLE:
		return l->v.kind >= X_INT && l->v.kind <= X_DOUBLE && l->v.kind != X_BOOL &&
		       order_numbers(v, &l->v) == 0;
	default:
		return false;
	}
}

static bool ordered(enum ast_op op, const struct xval *v, const struct lit *l)
{
	int c;

	if (v->kind == X_TEXT && l->v.kind == X_TEXT)
		c = order_texts(v, &l->v);
	else if (v->kind != X_TEXT && l->v.kind != X_TEXT)
		c = order_numbers(v, &l->v);
	else
		return false;
	switch (op) {
	case OP_LT:
		return c < 0;
	case OP_LE:
		return c <= 0;
	case OP_GT:
		return c > 0;
	default:
		return c >= 0;
	}
}

/* low is in lower case. */
static bool icontains(const char *s, uint32_t len, const char *low, uint32_t lowlen)
{
	for (uint32_t i = 0; i + lowlen <= len; i++) {
		uint32_t k = 0;

		while (k < lowlen && tolower((unsigned char)s[i + k]) == (unsigned char)low[k])
			k++;
		if (k == lowlen)
			return true;
	}
	return false;
}

/* Patterns of * and ? only: the last star is where to begin again. */
static bool wildcard(const char *s, const char *end, const char *p)
{
	const char *star = NULL, *from = NULL;

	while (s < end) {
		if (*p == '*') {
			star = ++p;
			from = s;
		} else if (*p == '?' || (*p && *p == *s)) {
			p++;
			s++;
		} else if (star) {
			p = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return !*p;
}

/* fnmatch() wants ends it can see; what does not fit on the stack is copied. */
static bool glob(const struct xval *v, const char *pattern, int flags)
{
	char buf[1024], *s = buf;
	bool hit;

	if (!flags && !strpbrk(pattern, "[\\"))
		return wildcard(v->s, v->s + v->len, pattern);
	if (v->len >= sizeof(buf))
		s = malloc(v->len + 1);
	if (!s)
		return false;
	memcpy(s, v->s, v->len);
	s[v->len] = '\0';
	hit = fnmatch(pattern, s, flags) == 0;
	if (s != buf)
		free(s);
	return hit;
}

static bool text_op(enum ast_op op, const struct xval *v, const struct lit *l)
{
	const struct xval *w = &l->v;

	if (v->kind != X_TEXT || w->kind != X_TEXT)
		return false;
	switch (op) {
	case OP_CONTAINS:
	case OP_BCONTAINS:
		return memmem(v->s, v->len, w->s, w->len) != NULL;
	case OP_ICONTAINS:
		return icontains(v->s, v->len, w->s, w->len);
	case OP_STARTSWITH:
	case OP_BSTARTSWITH:
		return v->len >= w->len && memcmp(v->s, w->s, w->len) == 0;
	case OP_ENDSWITH:
		return v->len >= w->len && memcmp(v->s + v->len - w->len, w->s, w->len) == 0;
	case OP_GLOB:
		return glob(v, w->s, 0);
	case OP_IGLOB:
		return glob(v, w->s, FNM_CASEFOLD);
	case OP_REGEX:
		return l->rx && rx_match(l->rx, v->s, v->len);
	default:
		return false;
	}
}

static bool one(enum ast_op op, const struct xval *v, const struct lit *l)
{
	switch (op) {
	case OP_EQ:
	case OP_IN:
	case OP_INTERSECTS:
		return equal(v, l);
	case OP_NE:
		return !equal(v, l);
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return ordered(op, v, l);
	default:
		return text_op(op, v, l);
	}
}

static bool counted(const struct pred *p, const struct xval *v)
{
	uint32_t hits = 0;

	for (uint32_t i = 0; i < p->nlits; i++) {
		hits += one(p->op, v, &p->lits[i]);
		if (hits && p->modifier == MODIFIER_ANYOF)
			return true;
	}
	if (p->modifier == MODIFIER_ALLOF)
		return hits == p->nlits && hits;
	return p->modifier == MODIFIER_ONEOF && hits == 1;
}

static bool member(const struct pred *p, const struct xval *v)
{
	if (p->set)
		return v->kind == X_TEXT &&
		       strset_find(p->set, v->s, v->len, strset_hash(v->s, v->len)) >= 0;
	for (uint32_t i = 0; i < p->nlits; i++)
		if (equal(v, &p->lits[i]))
			return true;
	return false;
}

static bool scalar(const struct pred *p, const struct xval *v)
{
	if (p->modifier != MODIFIER_NONE)
		return counted(p, v);
	switch (p->op) {
	case OP_IN:
	case OP_INTERSECTS:
		return member(p, v);
	case OP_PMATCH:
		return v->kind == X_TEXT && pmatch_match(p->paths, v->s, v->len);
	default:
		return p->nlits && one(p->op, v, &p->lits[0]);
	}
}

static bool items(const struct pred *p, const struct xval *v)
{
	bool ends = v->quant == Q_ENDS, all = v->quant == Q_LIST && p->op == OP_IN;

	if (ends && p->op == OP_NE && p->modifier == MODIFIER_NONE) {
		for (uint32_t i = 0; i < v->len; i++)
			if (!scalar(p, &v->items[i]))
				return false;
		return v->len > 0;
	}
	for (uint32_t i = 0; i < v->len; i++)
		if (scalar(p, &v->items[i]) != all)
			return !all;
	return all; /* of no values all are members */
}

/* A list on the right: what "in" and "intersects" mean between two lists. */
static bool lists(const struct pred *p, const struct xval *l, const struct xval *r)
{
	bool all = p->op == OP_IN;

	for (uint32_t i = 0; i < l->len; i++) {
		bool hit = false;

		for (uint32_t k = 0; k < r->len && !hit; k++)
			hit = equal(&l->items[i], &(struct lit){ .v = r->items[k] });
		if (hit != all)
			return !all;
	}
	return all;
}

bool pred_test(const struct pred *p, const struct xval *left, const struct xval *right)
{
	struct lit l = { 0 };
	char *low = NULL;
	bool hit;

	if (!left)
		return false;
	if (p->op == OP_EXISTS)
		return true;
	if (!p->right)
		return left->kind == X_ITEMS ? items(p, left) : scalar(p, left);
	if (!right)
		return false;
	if (left->kind == X_ITEMS || right->kind == X_ITEMS)
		return left->kind == right->kind && lists(p, left, right);
	l.v = *right;
	if (right->kind == X_TEXT &&
	    (p->op == OP_ICONTAINS || p->op == OP_GLOB || p->op == OP_IGLOB)) {
		low = strndup(right->s, right->len);
		if (!low)
			return false;
		for (uint32_t i = 0; p->op == OP_ICONTAINS && i < right->len; i++)
			low[i] = (char)tolower((unsigned char)low[i]);
		l.v.s = low;
	}
	hit = one(p->op, left, &l);
	free(low);
	return hit;
}
