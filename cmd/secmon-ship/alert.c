// SPDX-License-Identifier: BSD-2-Clause
/* An alert as the formats want it: its parts, found once. */
#include <stdlib.h>
#include <strings.h>

#include "cmd/secmon-ship/alert.h"

static const char *const priority_names[] = { "Emergency", "Alert",  "Critical",      "Error",
					      "Warning",   "Notice", "Informational", "Debug" };

const char *priority_name(unsigned int priority)
{
	return priority_names[priority < nitems(priority_names) ? priority : PRIORITY_DEBUG];
}

int priority_parse(const char *name)
{
	if (strcasecmp(name, "info") == 0)
		name = "informational";
	for (size_t i = 0; i < nitems(priority_names); i++)
		if (strcasecmp(name, priority_names[i]) == 0)
			return (int)i;
	return -1;
}

static struct span text_of(const struct event *e, unsigned int field, const char *otherwise)
{
	struct span v;

	if (!event_text(e, field, &v.s, &v.len))
		v = (struct span){ otherwise, strlen(otherwise) };
	return v;
}

/* Two independent 64-bit FNV-1a sums; enough to tell alerts apart, not a promise against malice. */
static void make_id(struct alert *a)
{
	uint64_t h[2] = { 0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL };
	const struct object *o = &a->e->o;
	struct buf b = buf_wrap(a->id_made, sizeof(a->id_made));

	for (size_t i = 0; i < o->len; i++) {
		h[0] = (h[0] ^ o->buf[i]) * 0x100000001b3ULL;
		h[1] = (h[1] + o->buf[i]) * 0x9e3779b97f4a7c15ULL;
		h[1] ^= h[1] >> 29;
	}
	buf_hex(&b, h[0]);
	buf_c(&b, '-');
	buf_hex(&b, h[1]);
	a->id = (struct span){ a->id_made, b.len };
}

static void container(const struct event *e, unsigned int field, enum value_type type,
		      struct pull *p, size_t *n)
{
	struct value v;

	*n = 0;
	*p = (struct pull){ 0 };
	if (!event_has(e, field))
		return;
	*p = (struct pull){ event_at(e, field), e->o.buf + e->o.len };
	if (pull_next(p, &v) == PULL_OK && v.type == type)
		*n = v.len;
}

void alert_read(struct alert *a, const struct event *e, const char *hostname)
{
	uint64_t v;

	a->e = e;
	if (!event_u64(e, F_ALERT_TIME, &a->time_ns) && !event_u64(e, F_EVT_RAWTIME, &a->time_ns))
		a->time_ns = 0;
	a->priority = event_u64(e, F_RULE_PRIORITY, &v) && v < PRIORITY_DEBUG ? (unsigned int)v
									      : PRIORITY_DEBUG;
	a->suppressed = event_u64(e, F_ALERT_SUPPRESSED, &v) ? v : 0;
	a->rule = text_of(e, F_RULE_NAME, "");
	a->source = text_of(e, F_RULE_SOURCE, "syscall");
	a->message = text_of(e, F_ALERT_OUTPUT, "");
	a->hostname = (struct span){ hostname, strlen(hostname) };
	a->id = text_of(e, F_ALERT_ID, "");
	if (!a->id.len)
		make_id(a);
	container(e, F_RULE_TAGS, VALUE_ARRAY, &a->tags, &a->ntags);
	container(e, F_ALERT_FIELDS, VALUE_MAP, &a->fields, &a->nfields);
}

static int compare_spans(const void *x, const void *y)
{
	const struct span *a = x, *b = y;
	int order = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

size_t alert_sorted_tags(const struct alert *a, struct span *tags, size_t max)
{
	struct pull p = a->tags;
	struct value v;
	size_t n = 0;

	for (size_t i = 0; i < a->ntags && n < max && pull_next(&p, &v) == PULL_OK; i++)
		if (value_is_text(&v))
			tags[n++] = (struct span){ (const char *)v.p, v.len };
	if (n > 1)
		qsort(tags, n, sizeof(*tags), compare_spans);
	return n;
}

bool alert_field(const struct alert *a, const char *name, size_t len, struct pull *p)
{
	const struct field *f;
	struct value v;

	*p = a->fields;
	for (size_t i = 0; i < a->nfields && pull_next(p, &v) == PULL_OK; i++) {
		if (value_is_text(&v) && v.len == len && memcmp(v.p, name, len) == 0)
			return true;
		if (pull_skip(p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
	}
	f = field_by_name(name, len);
	if (!f || !event_has(a->e, f->id))
		return false;
	*p = (struct pull){ event_at(a->e, f->id), a->e->o.buf + a->e->o.len };
	return true;
}

void value_text(struct buf *b, struct pull *p)
{
	struct value v;

	if (pull_next(p, &v) != PULL_OK)
		return;
	switch (v.type) {
	case VALUE_STR:
	case VALUE_BIN:
		buf_put(b, v.p, v.len);
		break;
	case VALUE_UINT:
		buf_u64(b, v.u);
		break;
	case VALUE_INT:
		buf_i64(b, v.i);
		break;
	case VALUE_DOUBLE:
		buf_double(b, v.d);
		break;
	case VALUE_BOOL:
		buf_str(b, v.b ? "true" : "false");
		break;
	case VALUE_ARRAY:
		for (uint32_t i = 0; i < v.len && !b->full; i++) {
			if (i)
				buf_c(b, ' ');
			value_text(b, p);
		}
		break;
	default:
		for (uint64_t n = value_items(&v); n; n--)
			pull_skip(p, WIRE_DEPTH_MAX);
		buf_str(b, "<NA>");
	}
}
