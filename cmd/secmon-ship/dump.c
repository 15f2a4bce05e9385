// SPDX-License-Identifier: BSD-2-Clause
/* Any object of a stream as a line to read. */
#include <stdio.h>
#include <unistd.h>

#include "cmd/secmon-ship/argtext.h"
#include "cmd/secmon-ship/dump.h"
#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/timefmt.h"
#include "common/stats.h"
#include "common/wire.h"

/* ---- names */

/* A line of the writer's dictionary that our table does not have: id, [name, type]. */
static const char *foreign_name(uint64_t id, size_t *len)
{
	const struct hello *h = dump_stream_hello();
	struct pull p = { h->extra, h->extra + h->extra_len };
	struct value key, v;

	for (unsigned int i = 0; i < h->nextra; i++) {
		const uint8_t *entry;

		if (pull_next(&p, &key) != PULL_OK)
			break;
		entry = p.pos;
		if (pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
		if (key.type != VALUE_UINT || key.u != id)
			continue;
		p.pos = entry;
		if (pull_next(&p, &v) == PULL_OK && v.type == VALUE_ARRAY && v.len >= 1 &&
		    pull_next(&p, &v) == PULL_OK && value_is_text(&v)) {
			*len = v.len;
			return (const char *)v.p;
		}
		break;
	}
	return NULL;
}

/* Name of a field, in buf if it must be made: its number if nobody knows one. */
static struct span name_of(uint64_t id, char *buf, size_t size)
{
	struct span name = { NULL, 0 };

	if (id < FIELD_END)
		name.s = field_wire_name((unsigned int)id, buf, size);
	if (name.s) {
		name.len = strlen(name.s);
		return name;
	}
	name.s = foreign_name(id, &name.len);
	if (!name.s) {
		name.len = (size_t)snprintf(buf, size, "%llu", (unsigned long long)id);
		name.s = buf;
	}
	return name;
}

/* "NAME.SUFFIX": */
static void suffixed_key(struct buf *b, const struct span *name, const char *suffix)
{
	char key[96];
	int n = snprintf(key, sizeof(key), "%.*s%s", (int)name->len, name->s, suffix);

	json_key(b, key, n < (int)sizeof(key) ? (size_t)n : sizeof(key) - 1);
}

/* ---- fields of events */

static void plain_pair(struct buf *b, const struct span *name, struct pull *p)
{
	struct pull again = *p;

	json_key(b, name->s, name->len);
	if (!json_value(b, p)) {
		suffixed_key(b, name, ".base64");
		json_exact(b, &again);
	}
}

static void iso_pair(struct buf *b, const struct span *name, uint64_t id, uint64_t ns)
{
	if (id == F_EVT_RAWTIME)
		json_name(b, "evt.time.iso8601");
	else
		suffixed_key(b, name, ".iso8601");
	buf_c(b, '"');
	time_utc(b, ns);
	buf_c(b, '"');
}

/* evt.arg.NAME is what a rule sees, evt.rawarg.NAME the number where that is something else. */
static void argument_pair(struct buf *b, const struct event *e, unsigned int arg, struct pull *p)
{
	const struct event_type *type = event_by_id(e->type);
	const struct param *param = type ? event_param(type, arg) : NULL;
	const char *name = arg_name(arg);
	struct pull first = *p;
	struct value v;
	char key[64], text[512];
	struct buf t = buf_wrap(text, sizeof(text));
	struct span span = { key, 0 };

	if (pull_next(&first, &v) != PULL_OK)
		return;
	if (param && argtext(&t, param, &v) && !t.full) {
		span.len = (size_t)snprintf(key, sizeof(key), "evt.arg.%s", name);
		if (!event_has(e, F_ARGTEXT(arg))) {
			json_key(b, span.s, span.len);
			json_string(b, t.p, t.len);
		}
		span.len = (size_t)snprintf(key, sizeof(key), "evt.rawarg.%s", name);
	} else {
		span.len = (size_t)snprintf(key, sizeof(key), "evt.%s.%s",
					    event_has(e, F_ARGTEXT(arg)) ? "rawarg" : "arg", name);
	}
	plain_pair(b, &span, p);
}

static void type_pair(struct buf *b, struct pull *p)
{
	const struct event_type *type;
	struct value v;

	json_name(b, "evt.type");
	if (pull_next(p, &v) != PULL_OK) {
		buf_str(b, "null");
		return;
	}
	type = v.type == VALUE_UINT && v.u < EVENT_ID_END ? event_by_id((unsigned int)v.u) : NULL;
	if (type)
		json_cstr(b, type->name);
	else
		json_scalar(b, &v);
}

static void field_pair(struct buf *b, const struct event *e, uint64_t id, struct pull *p)
{
	const struct field *f = id < FIELD_ARGS ? field_by_id((unsigned int)id) : NULL;
	char made[64];
	struct span name = name_of(id, made, sizeof(made));
	struct pull first = *p;
	struct value v;

	if (pull_next(&first, &v) != PULL_OK)
		return;
	if (f && f->type == TYPE_IPADDR && v.type == VALUE_BIN) {
		json_key(b, name.s, name.len);
		json_ip(b, v.p, v.len);
		return;
	}
	if (id == F_RULE_PRIORITY && v.type == VALUE_UINT) {
		json_key(b, name.s, name.len);
		json_cstr(b, priority_name((unsigned int)v.u));
		return;
	}
	plain_pair(b, &name, p);
	if (f && f->type == TYPE_ABSTIME && v.type == VALUE_UINT)
		iso_pair(b, &name, id, v.u);
}

static void pair(struct buf *b, const struct event *e, uint64_t id, struct pull *p)
{
	const char *text = id >= FIELD_ARGTEXT && id < FIELD_END
				   ? arg_name((unsigned int)id - FIELD_ARGTEXT)
				   : NULL;
	const char *raw = id >= FIELD_ARGS && id < FIELD_ARGTEXT
				  ? arg_name((unsigned int)id - FIELD_ARGS)
				  : NULL;
	char key[64];
	struct span name = { key, 0 };

	if (id == F_WIRE_SIZE)
		return;
	if (id == F_EVT_TYPE) {
		type_pair(b, p);
	} else if (text) {
		name.len = (size_t)snprintf(key, sizeof(key), "evt.arg.%s", text);
		plain_pair(b, &name, p);
	} else if (raw) {
		argument_pair(b, e, (unsigned int)id - FIELD_ARGS, p);
	} else {
		field_pair(b, e, id, p);
	}
}

static void event_json(struct buf *b, const struct event *e, const char *kind)
{
	struct pull p = { e->o.map, e->o.buf + e->o.len };
	struct value key;

	buf_str(b, "{\"kind\":");
	json_cstr(b, kind);
	for (uint32_t i = 0; i < e->o.pairs && !b->full; i++) {
		struct pull value;

		if (pull_next(&p, &key) != PULL_OK)
			break;
		value = p;
		if (pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
		value.end = p.pos;
		pair(b, e, key.u, &value);
	}
	buf_str(b, "}\n");
}

/* ---- the other kinds */

static const char *const hello_keys[] = { "protocol", "program", "version",	   "hostname",
					  "boot_id",  "kernel",	 "boot_offset_ns", "fields" };
static const char *const stats_keys[] = { "stage", "time", "pid", "final", "counters", "labelled" };
static const char *const loss_keys[] = { "stage", "counter", "label", "count", "since", "until" };
static const char *const end_keys[] = { "stage", "complete" };

static const struct {
	const char *name;
	const char *const *keys;
	size_t nkeys;
} kinds[] = {
	[KIND_HELLO] = { "hello", hello_keys, nitems(hello_keys) },
	[KIND_STATS] = { "stats", stats_keys, nitems(stats_keys) },
	[KIND_LOSS] = { "loss", loss_keys, nitems(loss_keys) },
	[KIND_END] = { "end", end_keys, nitems(end_keys) },
};

static void counter_name(struct buf *b, const struct value *id)
{
	const struct stat_desc *d =
		id->type == VALUE_UINT && id->u < STAT_END ? stat_by_id((unsigned int)id->u) : NULL;

	if (d) {
		json_cstr(b, d->name);
		return;
	}
	if (value_is_text(id)) {
		json_scalar(b, id);
		return;
	}
	buf_c(b, '"');
	json_scalar(b, id);
	buf_c(b, '"');
}

static void counters(struct buf *b, struct pull *p)
{
	struct value map, id;

	if (pull_next(p, &map) != PULL_OK || map.type != VALUE_MAP) {
		buf_str(b, "null");
		return;
	}
	buf_c(b, '{');
	for (uint32_t i = 0; i < map.len && pull_next(p, &id) == PULL_OK; i++) {
		if (i)
			buf_c(b, ',');
		counter_name(b, &id);
		buf_c(b, ':');
		json_value(b, p);
	}
	buf_c(b, '}');
}

/* [[id, label, value], ...] */
static void labelled(struct buf *b, struct pull *p)
{
	struct value list, one, id;

	if (pull_next(p, &list) != PULL_OK || list.type != VALUE_ARRAY) {
		buf_str(b, "null");
		return;
	}
	buf_c(b, '[');
	for (uint32_t i = 0; i < list.len; i++) {
		if (pull_next(p, &one) != PULL_OK || one.type != VALUE_ARRAY || one.len != 3 ||
		    pull_next(p, &id) != PULL_OK)
			break;
		buf_str(b, i ? ",{\"counter\":" : "{\"counter\":");
		counter_name(b, &id);
		buf_str(b, ",\"label\":");
		json_value(b, p);
		buf_str(b, ",\"value\":");
		json_value(b, p);
		buf_c(b, '}');
	}
	buf_c(b, ']');
}

static bool is_time(unsigned int kind, uint64_t key)
{
	return (kind == KIND_STATS && key == STATS_TIME) ||
	       (kind == KIND_LOSS && (key == LOSS_SINCE || key == LOSS_UNTIL));
}

static void other_pair(struct buf *b, unsigned int kind, uint64_t key, struct pull *p)
{
	bool known = kind < nitems(kinds) && kinds[kind].name && key < kinds[kind].nkeys;
	char number[24];
	struct span name = { number, 0 };
	struct pull first = *p;
	struct value v;

	if (known)
		name = (struct span){ kinds[kind].keys[key], strlen(kinds[kind].keys[key]) };
	else
		name.len =
			(size_t)snprintf(number, sizeof(number), "%llu", (unsigned long long)key);
	if (kind == KIND_STATS && (key == STATS_COUNTERS || key == STATS_LABELLED)) {
		json_key(b, name.s, name.len);
		(key == STATS_COUNTERS ? counters : labelled)(b, p);
		return;
	}
	plain_pair(b, &name, p);
	if (is_time(kind, key) && pull_next(&first, &v) == PULL_OK && v.type == VALUE_UINT)
		iso_pair(b, &name, FIELD_END, v.u);
}

static void other_json(struct buf *b, const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len };
	struct value key;

	buf_str(b, "{\"kind\":");
	if (o->kind < nitems(kinds) && kinds[o->kind].name)
		json_cstr(b, kinds[o->kind].name);
	else
		buf_u64(b, o->kind);
	for (uint32_t i = 0; i < o->pairs && !b->full; i++) {
		struct pull value;

		if (pull_next(&p, &key) != PULL_OK || key.type != VALUE_UINT)
			break;
		value = p;
		if (pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
		value.end = p.pos;
		other_pair(b, o->kind, key.u, &value);
	}
	buf_str(b, "}\n");
}

/* ---- entrance */

/* For people: the time, then the JSON, made safe for a terminal. */
static void readable(struct buf *b, const struct event *e, const struct format_context *c)
{
	static struct buf json;
	struct alert a;
	uint64_t ns;

	if (e->o.kind == KIND_ALERT) {
		alert_read(&a, e, dump_hostname());
		falco_text(b, &a, c->colour);
		buf_c(b, '\n');
		return;
	}
	if (!json.p && buf_init(&json, b->cap) == -1) {
		b->full = true;
		return;
	}
	buf_clear(&json);
	event_json(&json, e, "event");
	if (event_u64(e, F_EVT_RAWTIME, &ns)) {
		time_local(b, ns);
		buf_c(b, ' ');
	}
	text_safe(b, json.p, json.len - 1);
	buf_c(b, '\n');
	b->full |= json.full;
}

void dump_object(struct buf *b, const struct object *o, const struct event *e,
		 const struct format *f, const struct format_context *c)
{
	if (f == &format_msgpack)
		buf_put(b, o->buf, o->len);
	else if (e && f == &format_text)
		readable(b, e, c);
	else if (e)
		event_json(b, e, o->kind == KIND_ALERT ? "alert" : "event");
	else
		other_json(b, o);
}
