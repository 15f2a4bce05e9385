// SPDX-License-Identifier: BSD-2-Clause
/* Values as they travel, and which function derives the others. */
#include "cmd/secmon-match/extract.h"

#include "cmd/secmon-match/extract_impl.h"
#include "common/caps.h"

void xctx_event(struct xctx *x, const struct event *e)
{
	uint64_t ns;

	x->e = e;
	x->type = event_by_id(e->type);
	x->now_ns = event_u64(e, F_EVT_RAWTIME, &ns) ? ns : 0;
	/* what recorders tell of processes before the first call is not yet the recording */
	if (!x->first_ns && x->type && !(x->type->flags & EVENT_META))
		x->first_ns = event_u64(e, F_EVT_RECORDED_SINCE, &ns) ? ns : x->now_ns;
	scratch_reset(x->s);
}

static bool wire_number(const struct value *w, enum type type, struct xval *v)
{
	switch (w->type) {
	case VALUE_UINT:
		return xval_number(v, type, w->u);
	case VALUE_INT:
		return xval_number(v, type, (uint64_t)w->i);
	case VALUE_BOOL:
		return xval_number(v, type, w->b);
	default:
		return false;
	}
}

static bool wire_value(const struct value *w, enum type type, struct xval *v)
{
	v->fmt = FMT_NA;
	v->quant = Q_ONE;
	switch (type_kind(type)) {
	case X_INT:
	case X_UINT:
		return wire_number(w, type, v);
	case X_BOOL:
		if (w->type != VALUE_BOOL && w->type != VALUE_UINT)
			return false;
		return xval_bool(v, w->type == VALUE_BOOL ? w->b : w->u != 0);
	case X_DOUBLE:
		if (w->type != VALUE_DOUBLE)
			return false;
		v->kind = X_DOUBLE;
		v->type = type;
		v->d = w->d;
		return true;
	case X_TEXT:
		if (!value_is_text(w))
			return false;
		xval_text(v, (const char *)w->p, w->len);
		v->type = type;
		return true;
	case X_IP:
		if (!value_is_text(w) || (w->len != 4 && w->len != 16))
			return false;
		v->kind = X_IP;
		v->type = type;
		v->len = w->len;
		v->ip = w->p;
		return true;
	default:
		return false;
	}
}

/* A bit set of the kernel, whose text is the names. */
static bool caps_value(struct xctx *x, uint64_t mask, struct xval *v)
{
	char *buf = scratch_alloc(x->s, CAPS_TEXT_MAX);

	return buf && xval_text(v, buf, caps_text(mask, buf));
}

static bool is_caps(unsigned int id)
{
	return id >= F_THREAD_CAP_PERMITTED && id <= F_THREAD_CAP_EFFECTIVE;
}

bool ev_field(struct xctx *x, unsigned int id, enum type type, struct xval *v)
{
	struct value w;

	if (!event_get(x->e, id, &w))
		return false;
	if (is_caps(id) && w.type == VALUE_UINT)
		return caps_value(x, w.u, v);
	return wire_value(&w, type, v);
}

bool ev_items(struct xctx *x, unsigned int id, enum type type, const struct xval **items, size_t *n)
{
	struct pull p;
	struct value w;
	struct xval *v;
	size_t count, got = 0;

	if (!event_list(x->e, id, &p, &count))
		return false;
	v = scratch_alloc(x->s, (count ? count : 1) * sizeof(*v));
	if (!v)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (pull_next(&p, &w) != PULL_OK)
			return false;
		if (wire_value(&w, type, &v[got]))
			got++;
	}
	*items = v;
	*n = got;
	return true;
}

bool ev_join(struct xctx *x, unsigned int id, char sep, struct xval *v)
{
	struct pull p;
	struct value w;
	struct text_out t;
	size_t count;
	uint32_t len;
	const char *s;

	if (!event_list(x->e, id, &p, &count))
		return false;
	text_begin(&t, x->s);
	for (size_t i = 0; i < count; i++) {
		if (pull_next(&p, &w) != PULL_OK || !value_is_text(&w))
			return false;
		if (i)
			text_char(&t, sep);
		text_add(&t, (const char *)w.p, w.len);
	}
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

bool ev_item(struct xctx *x, unsigned int id, enum type type, size_t n, struct xval *v)
{
	struct pull p;
	struct value w;
	size_t count;

	if (!event_list(x->e, id, &p, &count) || n >= count)
		return false;
	for (size_t i = 0; i <= n; i++)
		if (pull_next(&p, &w) != PULL_OK)
			return false;
	return wire_value(&w, type, v);
}

bool is_open(unsigned int type)
{
	return type == EV_OPEN || type == EV_OPENAT || type == EV_OPENAT2 ||
	       type == EV_OPEN_BY_HANDLE_AT;
}

static extract_fn *derived(unsigned int id)
{
	extract_fn *fn = extract_evt(id);

	if (!fn)
		fn = extract_io(id);
	if (!fn)
		fn = extract_proc(id);
	if (!fn)
		fn = extract_fd(id);
	return fn ? fn : extract_container(id);
}

static bool as_it_travels(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	size_t n;

	if (r->field->flags & FIELD_LIST) {
		if (!ev_items(x, r->field->id, r->type, &v->items, &n))
			return false;
		v->kind = X_ITEMS;
		v->type = r->type;
		v->quant = Q_LIST;
		v->fmt = FMT_NA;
		v->len = n;
		return true;
	}
	return ev_field(x, r->field->id, r->type, v);
}

bool extract(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static extract_fn *table[FIELD_ARGS];
	unsigned int id = r->field->id;

	if (!table[id])
		table[id] = derived(id) ? derived(id) : as_it_travels;
	v->quant = Q_ONE;
	v->fmt = FMT_NA;
	if (!table[id](x, r, v))
		return false;
	if (r->field->flags & FIELD_HEX)
		v->fmt = FMT_HEX;
	else if (r->field->flags & FIELD_PADDED)
		v->fmt = FMT_PADDED;
	return true;
}

int extract_static(const struct fieldref *r, const struct event_type *type, struct xval *v)
{
	v->quant = Q_ONE;
	v->fmt = FMT_NA;
	switch (r->field->id) {
	case F_EVT_TYPE:
		if (type->id == EV_SYSCALL || type->id == EV_ASYNCEVENT)
			return -1;
		return xval_cstr(v, type->name);
	case F_SYSCALL_TYPE:
		if (type->id == EV_SYSCALL)
			return -1;
		return (type->flags & EVENT_SYSCALL) ? xval_cstr(v, type->name) : 0;
	case F_EVT_DIR:
		return xval_cstr(v, (type->flags & EVENT_ENTER) ? ">" : "<");
	case F_EVT_IS_OPEN_READ:
	case F_EVT_IS_OPEN_WRITE:
	case F_EVT_IS_OPEN_CREATE:
		return is_open(type->id) ? -1 : xval_bool(v, false);
	case F_EVT_IS_OPEN_EXEC:
		return is_open(type->id) || type->id == EV_CREAT ? -1 : xval_bool(v, false);
	case F_EVT_ARG:
	case F_EVT_RAWARG:
		if (r->argkind == REF_INDEX)
			return r->index < type->nparams ? -1 : 0;
		return event_param(type, r->arg) ? -1 : 0;
	default:
		return r->field->filled == FILLED_NOBODY ? 0 : -1;
	}
}
