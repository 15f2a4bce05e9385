// SPDX-License-Identifier: BSD-2-Clause
/* The transformers: tolower, toupper, b64, basename, len, join, concat, getopt. */
#include <ctype.h>
#include <string.h>

#include "cmd/secmon-match/expr.h"
#include "cmd/secmon-match/render.h"

static bool change_case(struct xctx *x, bool upper, struct xval *v)
{
	char *s = scratch_alloc(x->s, v->len + 1);

	if (!s)
		return false;
	for (uint32_t i = 0; i < v->len; i++) {
		unsigned char c = v->s[i];

		if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')
			c ^= 0x20;
		s[i] = c;
	}
	v->s = s;
	return true;
}

static int b64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding may be there or not; anything else that is no base64 is no value. */
static bool b64(struct xctx *x, struct xval *v)
{
	uint32_t len = v->len, n = 0, bits = 0, held = 0;
	char *out = scratch_alloc(x->s, v->len + 1);

	if (!out)
		return false;
	while (len && v->s[len - 1] == '\0')
		len--;
	for (int i = 0; i < 2 && len && v->s[len - 1] == '='; i++)
		len--;
	if (len % 4 == 1)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		int d = b64_digit(v->s[i]);

		if (d < 0)
			return false;
		held = held << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (char)(held >> bits);
		}
	}
	if (held & ((1U << bits) - 1)) /* bits left over that no encoder leaves */
		return false;
	v->s = out;
	v->len = n;
	return true;
}

static bool one(struct xctx *x, enum ast_function fn, struct xval *v)
{
	const char *slash;

	if (v->kind != X_TEXT)
		return false;
	switch (fn) {
	case FN_TOLOWER:
	case FN_TOUPPER:
		return change_case(x, fn == FN_TOUPPER, v);
	case FN_B64:
		return b64(x, v);
	case FN_BASENAME:
		slash = v->len ? memrchr(v->s, '/', v->len) : NULL;
		if (slash) {
			v->len -= slash + 1 - v->s;
			v->s = slash + 1;
		}
		return true;
	default:
		return false;
	}
}

static bool each(struct xctx *x, enum ast_function fn, struct xval *v)
{
	struct xval *items;

	if (v->kind != X_ITEMS)
		return one(x, fn, v);
	items = scratch_alloc(x->s, (v->len + 1) * sizeof(*items));
	if (!items)
		return false;
	for (uint32_t i = 0; i < v->len; i++) {
		items[i] = v->items[i];
		if (!one(x, fn, &items[i]))
			return false;
	}
	v->items = items;
	return true;
}

static bool length(struct xval *v)
{
	const char *nul;
	uint32_t len = v->len;

	if (v->kind != X_ITEMS && v->kind != X_TEXT)
		return false;
	if (v->kind == X_TEXT && v->type != TYPE_BYTEBUF) {
		nul = len ? memchr(v->s, '\0', len) : NULL;
		len = nul ? nul - v->s : len;
	}
	return xval_uint(v, TYPE_UINT64, len);
}

static bool glue(struct xctx *x, const struct xval *items, uint32_t n, const struct xval *sep,
		 struct xval *v)
{
	struct text_out t;
	const char *s;
	uint32_t len;

	text_begin(&t, x->s);
	for (uint32_t i = 0; i < n; i++) {
		if (i && sep)
			text_add(&t, sep->s, sep->len);
		if (!render_text(&t, &items[i]))
			return false;
	}
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

static bool join(struct xctx *x, const struct expr *e, struct xval *v)
{
	struct xval sep, list;

	return expr_value(x, e->args[0], &sep) && sep.kind == X_TEXT &&
	       expr_value(x, e->args[1], &list) && list.kind == X_ITEMS &&
	       glue(x, list.items, list.len, &sep, v);
}

static bool concat(struct xctx *x, const struct expr *e, struct xval *v)
{
	struct xval *items = scratch_alloc(x->s, e->nargs * sizeof(*items));

	if (!items)
		return false;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (!expr_value(x, e->args[i], &items[i]))
			return false;
	return glue(x, items, e->nargs, NULL, v);
}

struct found {
	struct xval *items;
	uint32_t n, room;
	char want; /* the option in brackets, or 0 */
	const struct xval *hit;
};

static void found_add(struct found *f, const char *s, uint32_t len)
{
	if (f->n < f->room) {
		f->items[f->n].quant = Q_ONE;
		f->items[f->n].fmt = FMT_NA;
		xval_text(&f->items[f->n++], s, len);
	}
}

/* One word of options; *next is taken as the argument of its last option, if that needs one. */
static bool options(struct found *f, const struct xval *word, const struct xval *next,
		    const struct text *spec)
{
	for (uint32_t i = 1; i < word->len; i++) {
		const char *o = memchr(spec->s, word->s[i], spec->len);

		if (!o || word->s[i] == ':') {
			found_add(f, "?", 1);
			continue;
		}
		found_add(f, word->s + i, 1);
		if (word->s[i] == f->want)
			f->hit = &f->items[f->n - 1];
		if (o + 1 == spec->s + spec->len || o[1] != ':')
			continue;
		if (i + 1 < word->len)
			found_add(f, word->s + i + 1, word->len - i - 1);
		else if (next)
			found_add(f, next->s, next->len);
		else
			found_add(f, "", 0);
		if (word->s[i] == f->want)
			f->hit = &f->items[f->n - 1];
		return i + 1 == word->len && next;
	}
	return false;
}

static bool arg_items(struct xctx *x, const struct expr *e, struct xval *v)
{
	if (!e->list && e->kind == EXPR_FIELD && (e->ref.field->flags & FIELD_WIRE_LIST)) {
		struct pull p;
		struct value w;
		struct xval *items;
		size_t n;

		if (!event_list(x->e, e->ref.field->id, &p, &n))
			return false;
		items = scratch_alloc(x->s, (n + 1) * sizeof(*items));
		if (!items)
			return false;
		for (size_t i = 0; i < n; i++) {
			if (pull_next(&p, &w) != PULL_OK || !value_is_text(&w))
				return false;
			xval_text(&items[i], (const char *)w.p, w.len);
		}
		v->kind = X_ITEMS;
		v->items = items;
		v->len = n;
		return true;
	}
	return expr_value(x, e, v) && v->kind == X_ITEMS;
}

/* As getopt(3) in its POSIX form: the first word that is no option ends it, and so does "--". */
static bool get_options(struct xctx *x, const struct expr *e, struct xval *v)
{
	struct found f = { .want = e->text.len ? e->text.s[0] : 0 };
	const struct text *spec = &e->args[1]->text;
	struct xval words;
	uint32_t total = 0;

	if (!arg_items(x, e->args[0], &words))
		return false;
	for (uint32_t i = 0; i < words.len; i++)
		total += words.items[i].kind == X_TEXT ? words.items[i].len : 0;
	f.room = total + words.len + 1;
	f.items = scratch_alloc(x->s, f.room * sizeof(*f.items));
	if (!f.items)
		return false;
	for (uint32_t i = 0; i < words.len; i++) {
		const struct xval *w = &words.items[i];

		if (w->kind != X_TEXT || w->len < 2 || w->s[0] != '-')
			break;
		if (w->s[1] == '-') {
			if (w->len == 2)
				break;
			continue; /* a long option is not ours to read */
		}
		if (options(&f, w, i + 1 < words.len ? &words.items[i + 1] : NULL, spec))
			i++;
	}
	if (f.want) {
		if (f.hit)
			*v = *f.hit;
		return f.hit != NULL;
	}
	v->kind = X_ITEMS;
	v->type = TYPE_CHARBUF;
	v->quant = Q_LIST;
	v->items = f.items;
	v->len = f.n;
	return true;
}

bool transform(struct xctx *x, const struct expr *e, struct xval *v)
{
	switch (e->function) {
	case FN_JOIN:
		return join(x, e, v);
	case FN_CONCAT:
		return concat(x, e, v);
	case FN_GETOPT:
		return get_options(x, e, v);
	case FN_LEN:
		return expr_value(x, e->args[0], v) && length(v);
	default:
		return expr_value(x, e->args[0], v) && each(x, e->function, v);
	}
}
