// SPDX-License-Identifier: BSD-2-Clause
/* Output formats, compiled and filled in. */
#include "cmd/secmon-match/format.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/render.h"
#include "common/suggest.h"

struct piece_out {
	const char *text; /* literal; NULL: a value */
	uint32_t len;
	uint32_t width; /* 0: as long as it is */
	const struct expr *value;
};

struct extra {
	const char *key;
	const struct format *format;
	bool typed; /* the value of its only field, not the text */
	struct extra *next;
};

struct format {
	struct piece_out *pieces;
	size_t n;
	const struct expr **fields;
	size_t nfields;
	struct extra *extras, **extras_end;
	bool always;
};

struct reader {
	const char *text, *p;
	struct arena *arena;
	struct check_error *err;
	struct format *f;
};

static int bad(struct reader *r, const char *at, const char *end, const char *fmt, ...)
	printf_like(4, 5);
static int bad(struct reader *r, const char *at, const char *end, const char *fmt, ...)
{
	struct ast_pos pos = { NULL, at - r->text, end - r->text };
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	check_fail(r->err, &pos, "%s", text);
	return -1;
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '.')
		n++;
	return n;
}

static int unknown(struct reader *r, const char *at, size_t n)
{
	bad(r, at, at + n,
	    n ? "unknown filter: %.*s" : "unknown filter: unexpected token after '%%'%.*s", (int)n,
	    at);
	r->err->unknown_name = true;
	suggest_field(at, n, "%", r->err->hint, sizeof(r->err->hint));
	return -1;
}

/* "proc.name", "proc.aname[2]", "evt.arg.path" and text right behind it. */
static struct operand *read_field(struct reader *r)
{
	size_t n = fieldref_longest(r->p, name_length(r->p));
	struct operand *o = arena_new(r->arena, struct operand);
	const struct field *f;
	const char *close;

	if (!o)
		return NULL;
	if (n == 0) {
		unknown(r, r->p, name_length(r->p));
		return NULL;
	}
	o->kind = OPERAND_FIELD;
	o->pos = (struct ast_pos){ NULL, r->p - r->text, r->p - r->text + n };
	o->text = (struct text){ arena_copy(r->arena, r->p, n), n };
	f = field_by_name(r->p, n);
	r->p += n;
	if (f && *r->p == '[' && (f->flags & (FIELD_ARG_OK | FIELD_ARG_REQUIRED)) &&
	    (close = strchr(r->p, ']'))) {
		o->has_arg = true;
		o->arg = (struct text){ arena_copy(r->arena, r->p + 1, close - r->p - 1),
					close - r->p - 1 };
		r->p = close + 1;
		return o->arg.s && o->text.s ? o : NULL;
	}
	return o->text.s ? o : NULL;
}

static struct operand *read_operand(struct reader *r)
{
	size_t n = name_length(r->p), used;
	struct parse_error err;
	struct operand *o;

	if (r->p[n] != '(' || memchr(r->p, '.', n))
		return read_field(r);
	if (ast_function_by_name(r->p, n) < 0) {
		unknown(r, r->p, n);
		return NULL;
	}
	o = parse_operand(r->p, strlen(r->p), r->arena, &used, &err);
	if (!o) {
		if (errno == EINVAL)
			bad(r, r->p, r->p + n, "unknown filter: %s", err.text);
		return NULL;
	}
	r->p += used;
	return o;
}

static int add_field(struct reader *r, const struct expr *e)
{
	struct format *f = r->f;

	for (size_t i = 0; i < f->nfields; i++)
		if (strcmp(f->fields[i]->name, e->name) == 0)
			return 0;
	f->fields[f->nfields++] = e;
	return 0;
}

static int read_value(struct reader *r)
{
	struct piece_out *piece = &r->f->pieces[r->f->n];
	const char *at = r->p++;
	const struct operand *o;
	struct expr *e;

	if (!*r->p)
		return bad(r, at, r->p,
			   "invalid formatting syntax: formatting cannot end with a %%");
	for (; isdigit((unsigned char)*r->p); r->p++)
		if (piece->width < 100000)
			piece->width = piece->width * 10 + (*r->p - '0');
	o = read_operand(r);
	if (!o)
		return -1;
	e = expr_compile(r->arena, o, r->err);
	if (!e) {
		if (errno == EINVAL) {
			r->err->pos = (struct ast_pos){ NULL, at - r->text, r->p - r->text };
			r->err->unknown_name = true;
		}
		return -1;
	}
	e->ref.printed = true;
	piece->value = e;
	r->f->n++;
	return add_field(r, e);
}

static int read_all(struct reader *r)
{
	static const char gone[] = "%container.info";
	struct piece_out *piece;
	size_t len;

	while (*r->p) {
		if (strncmp(r->p, gone, sizeof(gone) - 1) == 0) {
			r->p += sizeof(gone) - 1;
			continue;
		}
		if (*r->p == '%') {
			if (read_value(r) < 0)
				return -1;
			continue;
		}
		len = strcspn(r->p, "%");
		piece = &r->f->pieces[r->f->n++];
		piece->text = arena_copy(r->arena, r->p, len);
		piece->len = len;
		if (!piece->text)
			return -1;
		r->p += len;
	}
	return 0;
}

struct format *format_compile(const char *text, struct arena *arena, struct check_error *err)
{
	struct reader r = { text, text, arena, err, arena_new(arena, struct format) };
	size_t room = 1;

	for (const char *p = text; *p; p++)
		room += 2 * (*p == '%');
	if (!r.f)
		return NULL;
	r.f->pieces = arena_array(arena, struct piece_out, room);
	r.f->fields = arena_array(arena, const struct expr *, room);
	if (!r.f->pieces || !r.f->fields)
		return NULL;
	if (*r.p == '*') {
		r.f->always = true;
		r.p++;
	}
	return read_all(&r) < 0 ? NULL : r.f;
}

int format_extra(struct format *f, const char *key, const char *text, struct arena *arena,
		 struct check_error *err)
{
	struct extra *x = arena_new(arena, struct extra);
	char field[256];
	struct format *inner;

	if (!x)
		return -1;
	snprintf(field, sizeof(field), "%%%s", key);
	inner = format_compile(text ? text : field, arena, err);
	if (!inner)
		return -1;
	if (!text && (inner->n != 1 || inner->pieces[0].value->kind != EXPR_FIELD))
		return check_fail(err, &(struct ast_pos){ NULL, 0, 0 }, "'%s' is no field", key);
	format_always(inner);
	x->key = key;
	x->format = inner;
	x->typed = !text;
	if (!f->extras_end)
		f->extras_end = &f->extras;
	*f->extras_end = x;
	f->extras_end = &x->next;
	return 0;
}

void format_always(struct format *f)
{
	f->always = true;
}

static void pad(struct text_out *t, const char *start, uint32_t width)
{
	size_t len = t->pos - start;

	if (len > width)
		t->pos -= len - width;
	for (; len < width; len++)
		text_char(t, ' ');
}

const char *format_text(const struct format *f, struct xctx *x, uint32_t *len, bool *whole)
{
	struct xval *v = scratch_alloc(x->s, (f->n + 1) * sizeof(*v));
	bool complete = true;
	struct text_out t;
	size_t n;

	if (!v)
		return NULL;
	/* values first: a text cannot be open while they take scratch */
	for (n = 0; n < f->n; n++) {
		if (!f->pieces[n].value || expr_value(x, f->pieces[n].value, &v[n]))
			continue;
		v[n].kind = X_NONE;
		if (!f->always)
			break;
	}
	complete = n == f->n;
	text_begin(&t, x->s);
	for (size_t i = 0; i < n; i++) {
		const struct piece_out *p = &f->pieces[i];
		char *start = t.pos;

		if (p->text)
			text_add(&t, p->text, p->len);
		else if (!render_text(&t, &v[i]))
			text_str(&t, "<NA>");
		if (p->width)
			pad(&t, start, p->width);
	}
	if (whole)
		*whole = complete;
	return text_end(&t, len);
}

static bool has_field(const struct format *f, const char *name)
{
	for (size_t i = 0; i < f->nfields; i++)
		if (f->fields[i]->kind == EXPR_FIELD && strcmp(f->fields[i]->name, name) == 0)
			return true;
	return false;
}

static bool is_new(const struct format *f, const char *name)
{
	return !has_field(f, name) && strcmp(name, "evt.time") != 0; /* which is always there */
}

static void map_value(struct wire *w, struct xctx *x, const struct expr *e)
{
	struct xval v;

	if (expr_value(x, e, &v))
		render_value(w, x, e, &v);
	else
		wire_item_nil(w);
}

static void map_extra(struct wire *w, struct xctx *x, const struct extra *extra)
{
	const char *s;
	uint32_t len;

	wire_item_text(w, extra->key, strlen(extra->key));
	if (extra->typed) {
		map_value(w, x, extra->format->pieces[0].value);
		return;
	}
	s = format_text(extra->format, x, &len, NULL);
	wire_item_text(w, s ? s : "", s ? len : 0);
}

void format_map(const struct format *f, struct xctx *x, struct wire *w)
{
	bool time = has_field(f, "evt.time");
	size_t n = !time;

	for (size_t i = 0; i < f->nfields; i++)
		n += f->fields[i]->kind == EXPR_FIELD;
	for (const struct extra *e = f->extras; e; e = e->next)
		n += is_new(f, e->key);
	wire_map(w, F_ALERT_FIELDS, n);
	for (size_t i = 0; i < f->nfields; i++) {
		if (f->fields[i]->kind != EXPR_FIELD)
			continue;
		wire_item_text(w, f->fields[i]->name, strlen(f->fields[i]->name));
		map_value(w, x, f->fields[i]);
	}
	if (!time) {
		wire_item_text(w, "evt.time", 8);
		wire_item_uint(w, x->now_ns);
	}
	for (const struct extra *e = f->extras; e; e = e->next)
		if (is_new(f, e->key))
			map_extra(w, x, e);
}
