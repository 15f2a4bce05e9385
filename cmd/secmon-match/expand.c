// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lists into texts. Falco does this before anything is parsed, to the text,
 * list after list in the order of their definition; what that means for
 * names inside strings, for lists in lists and for empty lists is kept. Only the
 * lists that a text names are tried, not all.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/textbuf.h"

#define TRY 256 /* what looking for one list costs of LOAD_WORK, besides the text */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_delimiter(char c)
{
	return is_blank(c) || c == '(' || c == ')' || c == ',' || c == '=';
}

/* Note that u uses it. -1 out of memory. */
static int uses_list(struct arena *a, struct uses *u, struct list *list)
{
	struct list **v;

	for (uint32_t i = u->nlists; i && u->nlists - i < USES_BACK; i--)
		if (u->lists[i - 1] == list)
			return 0;
	v = arena_grow(a, u->lists, u->nlists, &u->lists_room, sizeof(*v));
	if (!v)
		return -1;
	u->lists = v;
	u->lists[u->nlists++] = list;
	return 0;
}

static struct list *list_at(const struct loader *l, uint32_t order)
{
	return l->lists.v[order];
}

/* the list that an item stands for, if it was defined before the list that holds it */
static struct list *inner_list(const struct loader *l, const struct list *list,
			       const struct ynode *item)
{
	struct list *in = names_get(&l->lists.names, item->text, item->len);

	return in && in->index < list->visibility ? in : NULL;
}

static bool is_odd(const struct list *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		if (is_delimiter(list->name[i]))
			return true;
	return false;
}

int expand_begin(struct loader *l)
{
	uint32_t n = l->lists.n;

	l->wanted = arena_array(&l->trees, uint64_t, n / 64 + 1);
	l->odd_lists = arena_array(&l->trees, uint32_t, n);
	l->nodd = 0;
	if (!l->wanted || !l->odd_lists)
		return load_no_memory(l);
	for (uint32_t i = 0; i < n; i++) {
		list_at(l, i)->used = list_at(l, i)->compiled = false;
		if (is_odd(list_at(l, i)))
			l->odd_lists[l->nodd++] = i;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct list *list = list_at(l, i);

		for (uint32_t k = 0; k < list->items.n; k++) {
			struct list *in = inner_list(l, list, list->items.v[k]);

			if (in)
				in->used = true;
		}
	}
	return 0;
}

static uint64_t count_flat(const struct loader *l, const struct list *list, uint32_t *inner)
{
	uint64_t n = 0;

	*inner = 0;
	for (uint32_t k = 0; k < list->items.n; k++) {
		const struct list *in = inner_list(l, list, list->items.v[k]);

		n += in ? in->items.n : 1;
		*inner += in != NULL;
	}
	return n;
}

static void add_inner(struct list *list, struct list *in)
{
	for (uint32_t i = 0; i < list->ninner; i++)
		if (list->inner[i] == in)
			return;
	list->inner[list->ninner++] = in;
}

static void flatten(const struct loader *l, struct list *list)
{
	list->nflat = list->ninner = 0;
	for (uint32_t k = 0; k < list->items.n; k++) {
		struct list *in = inner_list(l, list, list->items.v[k]);

		if (!in) {
			list->flat[list->nflat++] = list->items.v[k];
			continue;
		}
		add_inner(list, in);
		for (uint32_t i = 0; i < in->items.n; i++)
			list->flat[list->nflat++] = in->items.v[i];
	}
}

/* an item with a blank in it gets quotes, unless it brings them; an empty one vanishes */
static void join(struct list *list, struct textbuf *b)
{
	for (uint32_t i = 0; i < list->nflat; i++) {
		const struct ynode *item = list->flat[i];
		bool quote = item->len && memchr(item->text, ' ', item->len) &&
			     *item->text != '"' && *item->text != '\'';

		if (item->len && b->len)
			textbuf_add(b, ", ", 2);
		list->starts[i] = b->len + quote; /* this is how a byte finds its item */
		if (quote)
			textbuf_add(b, "\"", 1);
		textbuf_add(b, item->text, item->len);
		if (quote)
			textbuf_add(b, "\"", 1);
		b->npieces = 0;
	}
}

/* which later lists the text names: their turn comes after this one's */
static int find_later(struct loader *l, struct list *list)
{
	uint32_t room = 0;
	size_t from = 0;

	list->nlater = 0;
	list->later = NULL;
	for (size_t i = 0; i <= list->text_len; i++) {
		struct list *named;
		uint32_t *v;

		if (i < list->text_len && !is_delimiter(list->text[i]))
			continue;
		named = names_get(&l->lists.names, list->text + from, i - from);
		from = i + 1;
		if (!named || named->order <= list->order)
			continue;
		v = arena_grow(&l->trees, list->later, list->nlater, &room, sizeof(*v));
		if (!v)
			return -1;
		list->later = v;
		list->later[list->nlater++] = named->order;
	}
	return 0;
}

int expand_list(struct loader *l, struct list *list)
{
	struct subject s = { .item = "list", .name = list->name, .node = list->item };
	struct textbuf b = { .limit = LOAD_TEXT_BYTES };
	uint32_t inner;
	uint64_t n = count_flat(l, list, &inner);

	if (list->compiled)
		return list->text ? 0 : -1;
	list->compiled = true;
	list->text = NULL;
	list->flat = n < UINT32_MAX ? arena_array(&l->trees, const struct ynode *, n) : NULL;
	list->starts = list->flat ? arena_array(&l->trees, uint32_t, n) : NULL;
	list->inner = list->starts ? arena_array(&l->trees, struct list *, inner) : NULL;
	if (list->inner) {
		flatten(l, list);
		join(list, &b);
		list->text_len = b.len;
		list->text = b.failed ? NULL : arena_copy(&l->trees, b.s, b.len);
	}
	textbuf_free(&b);
	if (list->text && !find_later(l, list))
		return 0;
	list->text = NULL;
	return load_find(l, LOAD_ERR_VALIDATE, &s, NULL,
			 "the list is too long with the lists in it");
}

static void want(struct loader *l, uint32_t order)
{
	l->wanted[order / 64] |= 1ULL << order % 64;
}

/* the first wanted list from order on, taken out of the set; n if none is */
static uint32_t next_wanted(struct loader *l, uint32_t order)
{
	uint32_t n = l->lists.n;

	for (uint32_t w = order / 64; w <= n / 64; w++) {
		uint64_t bits = l->wanted[w];

		if (w == order / 64)
			bits &= ~0ULL << order % 64;
		if (!bits)
			continue;
		order = w * 64 + __builtin_ctzll(bits);
		l->wanted[w] &= ~(1ULL << order % 64);
		return order;
	}
	return n;
}

static void want_words(struct loader *l, const struct textbuf *b)
{
	size_t from = 0;

	for (size_t i = 0; i <= b->len; i++) {
		struct list *named;

		if (i < b->len && !is_delimiter(b->s[i]))
			continue;
		named = i > from ? names_get(&l->lists.names, b->s + from, i - from) : NULL;
		if (named)
			want(l, named->order);
		from = i + 1;
	}
	for (uint32_t i = 0; i < l->nodd; i++)
		want(l, l->odd_lists[i]);
}

/* the next place where the list is named, from at on; in->len if none is */
static size_t find_name(const struct textbuf *in, const struct list *list, size_t at, size_t done)
{
	const char *p;

	while (at < in->len && (p = memmem(in->s + at, in->len - at, list->name, list->len))) {
		size_t start = p - in->s, end = start + list->len;

		if ((start == done || is_delimiter(in->s[start - 1])) &&
		    (end == in->len || is_delimiter(in->s[end])))
			return start;
		at = start + 1;
	}
	return in->len;
}

/* put the list where [start, end) was; returns where the rest begins */
static size_t put_list(struct textbuf *out, const struct textbuf *in, const struct list *list,
		       size_t end)
{
	while (out->len && is_blank(out->s[out->len - 1]))
		textbuf_cut(out, out->len - 1);
	while (end < in->len && is_blank(in->s[end]))
		end++;
	if (!list->text_len) {
		if (out->len && out->s[out->len - 1] == ',')
			textbuf_cut(out, out->len - 1);
		else if (end < in->len && in->s[end] == ',')
			end++;
	}
	if (out->len)
		textbuf_add(out, " ", 1);
	textbuf_list(out, list, list->text, list->text_len);
	textbuf_add(out, " ", 1);
	return end;
}

/* true if in named the list; then out is in with the items in its place */
static bool substitute(const struct textbuf *in, struct textbuf *out, const struct list *list)
{
	size_t done = 0, hint = 0, at = find_name(in, list, 0, 0);

	if (at == in->len)
		return false;
	textbuf_clear(out);
	while (at < in->len && !out->failed) {
		textbuf_copy(out, in, done, at, &hint);
		done = put_list(out, in, list, at + list->len);
		at = find_name(in, list, done, done);
	}
	textbuf_copy(out, in, done, in->len, &hint);
	return true;
}

/* one list; 0, or -1 if it is too much */
static int apply(struct loader *l, struct textbuf *b, struct textbuf *other, struct list *list,
		 struct uses *uses)
{
	struct textbuf swap;

	l->work += b->len + TRY;
	/* a list too long to have a text was reported where that was found */
	if (expand_list(l, list)) {
		b->failed = true;
		return -1;
	}
	if (!substitute(b, other, list))
		return l->work > LOAD_WORK ? -1 : 0;
	swap = *b;
	*b = *other;
	*other = swap;
	l->work += b->len;
	list->used = true;
	for (uint32_t i = 0; i < list->nlater; i++)
		want(l, list->later[i]);
	if (uses_list(&l->trees, uses, list))
		return -1;
	return b->failed || l->work > LOAD_WORK ? -1 : 0;
}

int expand_lists(struct loader *l, struct textbuf *b, struct uses *uses)
{
	struct textbuf other = { .limit = b->limit };
	uint32_t order = 0;
	int rc = 0;

	want_words(l, b);
	while ((order = next_wanted(l, order)) < l->lists.n)
		if (!rc && apply(l, b, &other, list_at(l, order), uses))
			rc = -1;
	textbuf_free(&other);
	if (rc)
		b->failed = true;
	return rc;
}
