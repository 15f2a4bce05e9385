// SPDX-License-Identifier: BSD-2-Clause
/* Events from examples. */
#include "cmd/secmon-match/example_event.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/xval.h"
#include "common/compat.h"
#include "common/wire.h"

static const char *const not_a = "is not a value of type";

static bool whole_number(const char *s, int64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoll(s, &end, 0);
	return end != s && !*end && errno == 0;
}

static bool flag_value(enum flagset set, const char *name, size_t len, uint64_t *v)
{
	size_t n;
	const struct flag *f = flagset(set, &n);

	for (size_t i = 0; i < n; i++) {
		if (strlen(f[i].name) == len && memcmp(f[i].name, name, len) == 0) {
			*v |= f[i].value;
			return true;
		}
	}
	return false;
}

/* "O_WRONLY|O_CREAT", or the number. */
static bool flags_value(enum flagset set, const char *s, int64_t *n)
{
	uint64_t v = 0;

	if (whole_number(s, n))
		return true;
	for (;;) {
		size_t len = strcspn(s, "|");

		if (!flag_value(set, s, len, &v))
			return false;
		if (!s[len])
			break;
		s += len + 1;
	}
	*n = (int64_t)v;
	return true;
}

static bool write_number(struct wire *w, unsigned int id, int64_t n)
{
	if (n < 0)
		wire_int(w, id, n);
	else
		wire_uint(w, id, (uint64_t)n);
	return true;
}

static bool write_address(struct wire *w, unsigned int id, const char *s)
{
	uint8_t ip[16];

	if (inet_pton(AF_INET, s, ip) == 1)
		wire_bin(w, id, ip, 4);
	else if (inet_pton(AF_INET6, s, ip) == 1)
		wire_bin(w, id, ip, 16);
	else
		return false;
	return true;
}

static bool write_scalar(struct wire *w, unsigned int id, enum type type, enum flagset set,
			 const struct ynode *v)
{
	int64_t n;

	switch (type_kind(type)) {
	case X_BOOL:
		if (strcmp(v->text, "true") != 0 && strcmp(v->text, "false") != 0)
			return false;
		wire_bool(w, id, *v->text == 't');
		return true;
	case X_IP:
		return write_address(w, id, v->text);
	case X_TEXT:
		wire_text(w, id, v->text, v->len);
		return true;
	default:
		if (set != FLAGSET_NONE ? !flags_value(set, v->text, &n)
					: !whole_number(v->text, &n))
			return false;
		return write_number(w, id, n);
	}
}

static bool write_list(struct wire *w, unsigned int id, enum type type, const struct ynode *v)
{
	int64_t n;

	wire_array(w, id, v->n);
	for (uint32_t i = 0; i < v->n; i++) {
		const struct ynode *item = v->items[i];

		if (item->kind != YNODE_SCALAR)
			return false;
		if (type_kind(type) == X_TEXT)
			wire_item_text(w, item->text, item->len);
		else if (whole_number(item->text, &n))
			wire_item_int(w, n);
		else
			return false;
	}
	return true;
}

/* evt.arg.X: a raw value where the text can be read as one, else its resolved text. */
static bool write_arg(struct wire *w, const struct event_type *t, const char *name,
		      const struct ynode *v, char *err, size_t errlen)
{
	int arg = arg_by_name(name, strlen(name));
	const struct param *p = arg < 0 ? NULL : event_param(t, arg);

	if (!p) {
		snprintf(err, errlen, "%s has no argument '%s'", t->name, name);
		return false;
	}
	if (v->kind == YNODE_SCALAR && write_scalar(w, F_ARG(arg), p->type, p->set, v))
		return true;
	if (v->kind == YNODE_SCALAR && p->set == FLAGSET_NONE) {
		wire_text(w, F_ARGTEXT(arg), v->text, v->len);
		return true;
	}
	snprintf(err, errlen, "'%s' %s %s", v->kind == YNODE_SCALAR ? v->text : "this", not_a,
		 type_name(p->type));
	return false;
}

static bool write_field(struct wire *w, const char *name, const struct ynode *v, char *err,
			size_t errlen)
{
	const struct field *f = field_by_name(name, strlen(name));
	bool list, ok;

	if (!f || (f->filled != FILLED_CAPTURE && f->filled != FILLED_ENRICH)) {
		snprintf(err, errlen,
			 f ? "'%s' does not travel in events: it follows from others"
			   : "there is no field '%s'",
			 name);
		return false;
	}
	list = f->flags & (FIELD_LIST | FIELD_WIRE_LIST);
	if (list != (v->kind == YNODE_SEQ) || (!list && v->kind != YNODE_SCALAR)) {
		snprintf(err, errlen, "'%s' is %s", name, list ? "a sequence" : "one value");
		return false;
	}
	ok = list ? write_list(w, f->id, f->type, v)
		  : write_scalar(w, f->id, f->type, FLAGSET_NONE, v);
	if (!ok)
		snprintf(err, errlen, "'%s' %s %s", v->kind == YNODE_SCALAR ? v->text : name, not_a,
			 type_name(f->type));
	return ok;
}

static bool write_pair(struct wire *w, const struct event_type *t, const struct ypair *p, char *err,
		       size_t errlen)
{
	const char *name = p->key->text;

	if (strcmp(name, "evt.type") == 0)
		return true;
	if (strncmp(name, "evt.arg.", 8) == 0)
		return write_arg(w, t, name + 8, p->value, err, errlen);
	return write_field(w, name, p->value, err, errlen);
}

static int finish(struct wire *w, struct event *e, unsigned int type, char *err, size_t errlen)
{
	struct object o = { .kind = KIND_EVENT, .buf = w->start, .type = type, .has_header = true };

	/* the fixed header: [kind, map of count(4) ... */
	o.map = o.buf + 7;
	o.pairs = w->count;
	o.len = w->pos - w->start;
	if (wire_end(w) < 0 || event_index(e, &o) < 0) {
		snprintf(err, errlen, "%s", e->error ? e->error : "too large for an event");
		return -1;
	}
	return 0;
}

int example_event(const struct ynode *map, struct outq *q, struct event *e,
		  const struct ynode **where, char *err, size_t errlen)
{
	const struct ynode *type = map->kind == YNODE_MAP ? ynode_get(map, "evt.type") : NULL;
	const struct event_type *t;
	struct wire w;

	*where = map;
	if (!type || type->kind != YNODE_SCALAR) {
		snprintf(err, errlen, "an example is a map of fields, evt.type among them");
		return -1;
	}
	t = event_by_name(type->text, type->len);
	if (!t) {
		*where = type;
		snprintf(err, errlen, "there is no event '%s'", type->text);
		return -1;
	}
	if (wire_event(&w, q, KIND_EVENT, t->id) < 0) {
		snprintf(err, errlen, "%s", strerror(errno));
		return -1;
	}
	wire_uint(&w, F_EVT_NUM, 1);
	wire_uint(&w, F_EVT_RAWTIME, 1700000000 * NS_PER_S);
	for (uint32_t i = 0; i < map->n; i++) {
		*where = map->pairs[i].key;
		if (map->pairs[i].key->kind == YNODE_SCALAR &&
		    write_pair(&w, t, &map->pairs[i], err, errlen))
			continue;
		wire_abandon(&w);
		return -1;
	}
	return finish(&w, e, t->id, err, errlen);
}
