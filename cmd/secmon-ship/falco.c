// SPDX-License-Identifier: BSD-2-Clause
/* An alert in Falco's shapes: the JSON object and the line of text. */
#include <stdlib.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/timefmt.h"
#include "cmd/secmon-ship/utf8.h"
#include "common/wire.h"

enum { OUTPUT_FIELDS_MAX = 256, TAGS_MAX = 64 };

struct pair {
	struct span key;
	const uint8_t *value;
};

static int compare_pairs(const void *x, const void *y)
{
	const struct span *a = &((const struct pair *)x)->key, *b = &((const struct pair *)y)->key;
	int order = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static size_t collect_pairs(const struct alert *a, struct pair *pairs, bool *has_time)
{
	struct pull p = a->fields;
	bool sorted = true;
	struct value v;
	size_t n = 0;

	*has_time = false;
	for (size_t i = 0; i < a->nfields && n < OUTPUT_FIELDS_MAX; i++) {
		if (pull_next(&p, &v) != PULL_OK || !value_is_text(&v))
			break;
		pairs[n] = (struct pair){ { (const char *)v.p, v.len }, p.pos };
		if (v.len == 8 && memcmp(v.p, "evt.time", 8) == 0)
			*has_time = true;
		if (n && compare_pairs(&pairs[n - 1], &pairs[n]) > 0)
			sorted = false;
		n++;
		if (pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
	}
	if (!sorted)
		qsort(pairs, n, sizeof(*pairs), compare_pairs);
	return n;
}

/* "NAME.base64": for the value that could not be told as it is. */
static void companion(struct buf *b, const struct span *key)
{
	buf_str(b, ",\"");
	json_chars(b, key->s, key->len);
	buf_str(b, ".base64\":");
}

static bool is_address(const struct span *key, const struct value *v)
{
	const struct field *f;

	if (v->type != VALUE_BIN || (v->len != 4 && v->len != 16))
		return false;
	f = field_by_name(key->s, key->len);
	return f && f->type == TYPE_IPADDR;
}

static void write_pair(struct buf *b, const struct pair *pair, const uint8_t *end)
{
	struct pull p = { pair->value, end }, first = p;
	struct value v;

	json_key(b, pair->key.s, pair->key.len);
	if (pull_next(&first, &v) == PULL_OK && is_address(&pair->key, &v)) {
		json_ip(b, v.p, v.len);
		return;
	}
	if (json_value(b, &p))
		return;
	p.pos = pair->value;
	companion(b, &pair->key);
	json_exact(b, &p);
}

static void write_time_field(struct buf *b, const struct alert *a)
{
	json_name(b, "evt.time");
	buf_u64(b, a->time_ns);
}

static void write_fields(struct buf *b, const struct alert *a)
{
	static const struct pair time_pair = { { "evt.time", 8 }, NULL };
	struct pair pairs[OUTPUT_FIELDS_MAX];
	bool time_done;
	size_t n = collect_pairs(a, pairs, &time_done);

	buf_c(b, '{');
	for (size_t i = 0; i < n; i++) {
		if (!time_done && compare_pairs(&time_pair, &pairs[i]) < 0) {
			write_time_field(b, a);
			time_done = true;
		}
		write_pair(b, &pairs[i], a->e->o.buf + a->e->o.len);
	}
	if (!time_done)
		write_time_field(b, a);
	buf_c(b, '}');
}

static void write_text(struct buf *b, const char *key, const struct span *text)
{
	const struct span name = { key, strlen(key) };

	json_key(b, name.s, name.len);
	if (json_string(b, text->s, text->len))
		return;
	companion(b, &name);
	buf_c(b, '"');
	buf_base64(b, text->s, text->len);
	buf_c(b, '"');
}

static void write_prefix(struct buf *b, const struct alert *a)
{
	time_local(b, a->time_ns);
	buf_str(b, ": ");
	buf_str(b, priority_name(a->priority));
	buf_c(b, ' ');
}

static void write_output(struct buf *b, const struct alert *a)
{
	bool exact;

	json_name(b, "output");
	buf_c(b, '"');
	write_prefix(b, a);
	exact = json_chars(b, a->message.s, a->message.len);
	buf_c(b, '"');
	if (exact)
		return;
	/* of the message alone: the prefix is ASCII and its bytes are known */
	companion(b, &(struct span){ "output", 6 });
	buf_c(b, '"');
	buf_base64(b, a->message.s, a->message.len);
	buf_c(b, '"');
}

static void write_tags(struct buf *b, const struct alert *a)
{
	struct span tags[TAGS_MAX];
	size_t n = alert_sorted_tags(a, tags, TAGS_MAX);

	json_name(b, "tags");
	buf_c(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_c(b, ',');
		json_string(b, tags[i].s, tags[i].len);
	}
	buf_c(b, ']');
}

void falco_members(struct buf *b, const struct alert *a)
{
	write_text(b, "hostname", &a->hostname);
	write_output(b, a);
	json_name(b, "output_fields");
	write_fields(b, a);
	json_name(b, "priority");
	json_cstr(b, priority_name(a->priority));
	write_text(b, "rule", &a->rule);
	write_text(b, "source", &a->source);
	if (a->suppressed) {
		json_name(b, "suppressed");
		buf_u64(b, a->suppressed);
	}
	write_tags(b, a);
	json_name(b, "time");
	buf_c(b, '"');
	time_utc(b, a->time_ns);
	buf_c(b, '"');
	write_text(b, "uuid", &a->id);
}

void falco_json(struct buf *b, const struct alert *a)
{
	buf_c(b, '{');
	falco_members(b, a);
	buf_c(b, '}');
}

void falco_quoted(struct buf *b, const struct alert *a)
{
	static struct buf json;

	if (!json.p && buf_init(&json, 8 * WIRE_OBJECT_MAX) == -1) {
		b->full = true;
		return;
	}
	buf_clear(&json);
	falco_json(&json, a);
	b->full |= json.full;
	json_string(b, json.p, json.len);
}

/* Controls of both kinds, and what reorders or hides text (Unicode Cf that terminals obey). */
static bool is_printable(uint32_t c)
{
	return c >= 0x20 && (c < 0x7f || c > 0x9f) && c != 0xad && !(c >= 0x200b && c <= 0x200f) &&
	       !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff &&
	       !(c >= 0xfff9 && c <= 0xfffb) && !(c >= 0xe0000 && c <= 0xe007f);
}

static void escape_byte(struct buf *b, uint8_t c)
{
	if (c == '\n' || c == '\t' || c == '\r') {
		buf_c(b, '\\');
		buf_c(b, c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
	} else {
		buf_str(b, "\\x");
		buf_c(b, "0123456789abcdef"[c >> 4]);
		buf_c(b, "0123456789abcdef"[c & 15]);
	}
}

void text_safe(struct buf *b, const char *s, size_t len)
{
	uint32_t code = 0;
	size_t n;

	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_decode(s + i, len - i, &code);
		if (n && is_printable(code))
			buf_put(b, s + i, n);
		else if (n > 1)
			buf_printf(b, code > 0xffff ? "\\U%08x" : "\\u%04x", code);
		else
			escape_byte(b, (uint8_t)s[i]);
	}
}

static const char *colour_of(unsigned int priority)
{
	static const char *const by_priority[] = { "\033[1;37;41m", "\033[1;31m", "\033[1;31m",
						   "\033[31m",	    "\033[33m",	  "\033[36m",
						   "\033[32m",	    "\033[2m" };

	return by_priority[priority];
}

void falco_text(struct buf *b, const struct alert *a, bool colour)
{
	time_local(b, a->time_ns);
	buf_str(b, ": ");
	if (colour)
		buf_str(b, colour_of(a->priority));
	buf_str(b, priority_name(a->priority));
	if (colour)
		buf_str(b, "\033[0m");
	buf_c(b, ' ');
	text_safe(b, a->message.s, a->message.len);
	if (a->suppressed)
		buf_printf(b, " (%llu more like it were held back)",
			   (unsigned long long)a->suppressed);
}
