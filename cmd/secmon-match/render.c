// SPDX-License-Identifier: BSD-2-Clause
/* Values as text and as typed values of alerts. */
#include "cmd/secmon-match/render.h"

#include <arpa/inet.h>
#include <ctype.h>

static void number(struct text_out *t, const struct xval *v)
{
	unsigned long long u = v->u;

	if (v->fmt == FMT_HEX)
		text_fmt(t, "%llX", type_bits(v->type) == 32 ? u & UINT32_MAX : u);
	else if (v->fmt == FMT_OCT)
		text_fmt(t, "%llo", u);
	else if (v->fmt == FMT_PADDED)
		text_fmt(t, "%09llu", u);
	else if (v->kind == X_INT)
		text_int(t, v->i);
	else
		text_uint(t, v->u);
}

static bool several(struct text_out *t, const struct xval *v)
{
	bool list = v->quant == Q_LIST, some = list;

	if (v->quant == Q_ENDS)
		return false;
	if (list)
		text_char(t, '(');
	for (uint32_t i = 0; i < v->len; i++) {
		if (list ? i > 0 : some)
			text_char(t, list ? ',' : ' ');
		render_text(t, &v->items[i]);
		some |= v->items[i].kind != X_TEXT || v->items[i].len;
	}
	if (list)
		text_char(t, ')');
	return some; /* ancestors of whom nothing is known are not shown */
}

static bool address(struct text_out *t, const struct xval *v)
{
	char b[INET6_ADDRSTRLEN];

	if (v->type == TYPE_IPNET)
		return false;
	if (!inet_ntop(v->len == 4 ? AF_INET : AF_INET6, v->ip, b, sizeof(b)))
		return false;
	text_str(t, b);
	return true;
}

bool render_text(struct text_out *t, const struct xval *v)
{
	switch (v->kind) {
	case X_INT:
	case X_UINT:
		number(t, v);
		return true;
	case X_BOOL:
		text_str(t, v->b ? "true" : "false");
		return true;
	case X_DOUBLE:
		text_fmt(t, "%.1f", v->d);
		return true;
	case X_IP:
		return address(t, v);
	case X_ITEMS:
		return several(t, v);
	case X_TEXT:
		if (v->type != TYPE_BYTEBUF) {
			text_add(t, v->s, v->len);
			return true;
		}
		for (uint32_t i = 0; i < v->len; i++)
			text_char(t, isprint((unsigned char)v->s[i]) ? v->s[i] : '.');
		return true;
	default:
		return false;
	}
}

static bool is_clock(const struct expr *e)
{
	if (e->kind != EXPR_FIELD)
		return false;
	switch (e->ref.field->id) {
	case F_EVT_TIME:
	case F_EVT_TIME_S:
	case F_EVT_TIME_ISO8601:
	case F_EVT_DATETIME:
	case F_EVT_DATETIME_S:
	case F_EVT_OUTPUTTIME:
		return true;
	}
	return false;
}

void render_value(struct wire *w, struct xctx *x, const struct expr *e, const struct xval *v)
{
	struct text_out t;
	const char *s;
	uint32_t len;

	if (is_clock(e)) {
		wire_item_uint(w, x->now_ns);
		return;
	}
	if (v->kind == X_UINT && v->fmt != FMT_HEX && v->fmt != FMT_OCT) {
		wire_item_uint(w, v->u);
		return;
	}
	if (v->kind == X_INT && v->fmt != FMT_HEX && v->fmt != FMT_OCT) {
		wire_item_int(w, v->i);
		return;
	}
	if (v->kind == X_BOOL) {
		wire_item_bool(w, v->b);
		return;
	}
	if (v->kind == X_DOUBLE) {
		wire_item_double(w, v->d);
		return;
	}
	text_begin(&t, x->s);
	if (render_text(&t, v) && (s = text_end(&t, &len)))
		wire_item_text(w, s, len);
	else
		wire_item_nil(w);
}
