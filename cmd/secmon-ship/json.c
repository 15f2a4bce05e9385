// SPDX-License-Identifier: BSD-2-Clause
/* JSON being written: strings that any parser takes, and msgpack values. */
#include <arpa/inet.h>

#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/utf8.h"
#include "common/wire.h"

/* Eight bytes at once: is one of them a quote, a backslash, a control or not ASCII? */
static bool word_is_plain(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
	uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', del = w ^ ones * 0x7f;
	uint64_t hit = (quote - ones) | (slash - ones) | (del - ones) | (w - ones * 0x20) | w;

	return (hit & high) == 0;
}

static size_t plain_span(const char *s, size_t len)
{
	size_t i = 0;
	uint64_t w;

	while (len - i >= sizeof(w)) {
		memcpy(&w, s + i, sizeof(w));
		if (!word_is_plain(w))
			break;
		i += sizeof(w);
	}
	while (i < len && (uint8_t)s[i] >= 0x20 && (uint8_t)s[i] < 0x7f && s[i] != '"' &&
	       s[i] != '\\')
		i++;
	return i;
}

static void escape(struct buf *b, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
				       ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\' };

	if (c < sizeof(letter) && letter[c]) {
		char two[2] = { '\\', letter[c] };

		buf_put(b, two, sizeof(two));
	} else {
		char six[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		buf_put(b, six, sizeof(six));
	}
}

bool json_chars(struct buf *b, const char *s, size_t len)
{
	bool exact = true;
	uint32_t code;

	for (size_t i = 0; i < len;) {
		size_t n = plain_span(s + i, len - i);

		buf_put(b, s + i, n);
		i += n;
		if (i == len)
			break;
		if ((uint8_t)s[i] < 0x80) {
			escape(b, (uint8_t)s[i++]);
			continue;
		}
		n = utf8_decode(s + i, len - i, &code);
		if (n && code < 0xa0) {
			/* C1 controls, that terminals obey too */
			escape(b, (uint8_t)code);
			i += n;
		} else if (n) {
			buf_put(b, s + i, n);
			i += n;
		} else {
			buf_put(b, "\xef\xbf\xbd", 3);
			exact = false;
			i++;
		}
	}
	return exact;
}

bool json_string(struct buf *b, const char *s, size_t len)
{
	bool exact;

	buf_c(b, '"');
	exact = json_chars(b, s, len);
	buf_c(b, '"');
	return exact;
}

void json_cstr(struct buf *b, const char *s)
{
	json_string(b, s, strlen(s));
}

static void comma(struct buf *b)
{
	if (b->len && b->p[b->len - 1] != '{' && b->p[b->len - 1] != '[')
		buf_c(b, ',');
}

void json_plain_key(struct buf *b, const char *text, size_t len)
{
	comma(b);
	buf_put(b, text, len);
}

void json_key(struct buf *b, const char *name, size_t len)
{
	comma(b);
	json_string(b, name, len);
	buf_c(b, ':');
}

bool json_scalar(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_BOOL:
		buf_str(b, v->b ? "true" : "false");
		return true;
	case VALUE_UINT:
		buf_u64(b, v->u);
		return true;
	case VALUE_INT:
		buf_i64(b, v->i);
		return true;
	case VALUE_DOUBLE:
		buf_double(b, v->d);
		return true;
	case VALUE_STR:
	case VALUE_BIN:
		return json_string(b, (const char *)v->p, v->len);
	default:
		buf_str(b, "null");
		return v->type != VALUE_EXT;
	}
}

/* An object's key must be text: a number is written as one. */
static bool write_key(struct buf *b, struct pull *p)
{
	struct value v;
	bool exact;

	comma(b);
	if (pull_next(p, &v) != PULL_OK)
		v.type = VALUE_NIL;
	if (value_is_text(&v)) {
		exact = json_scalar(b, &v);
	} else {
		buf_c(b, '"');
		exact = json_scalar(b, &v);
		buf_c(b, '"');
	}
	buf_c(b, ':');
	return exact;
}

/* exact: write the base64 companion instead of the value. */
static bool write_value(struct buf *b, struct pull *p, bool exact, unsigned int depth)
{
	struct value v;
	bool ok = true;

	if (depth == 0 || pull_next(p, &v) != PULL_OK) {
		buf_str(b, "null");
		p->pos = p->end;
		return true;
	}
	if (v.type == VALUE_ARRAY || v.type == VALUE_MAP) {
		buf_c(b, v.type == VALUE_MAP ? '{' : '[');
		for (uint32_t i = 0; i < v.len && !b->full; i++) {
			if (v.type == VALUE_MAP)
				ok &= write_key(b, p);
			else if (i)
				buf_c(b, ',');
			ok &= write_value(b, p, exact, depth - 1);
		}
		buf_c(b, v.type == VALUE_MAP ? '}' : ']');
		return ok;
	}
	if (!exact)
		return json_scalar(b, &v);
	if ((v.type == VALUE_BIN || v.type == VALUE_STR) && !utf8_valid((const char *)v.p, v.len)) {
		buf_c(b, '"');
		buf_base64(b, v.p, v.len);
		buf_c(b, '"');
	} else {
		buf_str(b, "null");
	}
	return true;
}

bool json_value(struct buf *b, struct pull *p)
{
	return write_value(b, p, false, WIRE_DEPTH_MAX);
}

void json_exact(struct buf *b, struct pull *p)
{
	write_value(b, p, true, WIRE_DEPTH_MAX);
}

void json_ip(struct buf *b, const uint8_t *p, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	buf_c(b, '"');
	if (len == 4 || len == 16)
		buf_str(b, inet_ntop(len == 4 ? AF_INET : AF_INET6, p, text, sizeof(text)));
	else
		buf_base64(b, p, len);
	buf_c(b, '"');
}
