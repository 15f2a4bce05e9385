// SPDX-License-Identifier: BSD-2-Clause
/* A JSON walker that decodes in place: what is decoded is never longer than what was written. */
#include "json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct walk {
	char *pos, *end;
	json_fn fn;
	void *arg;
	struct json_path path;
};

static bool value(struct walk *w);

static void blanks(struct walk *w)
{
	while (w->pos < w->end && strchr(" \t\r\n", *w->pos) && *w->pos)
		w->pos++;
}

static bool eat(struct walk *w, char c)
{
	blanks(w);
	if (w->pos == w->end || *w->pos != c)
		return false;
	w->pos++;
	return true;
}

static bool hex4(const char *p, const char *end, uint32_t *v)
{
	if (end - p < 4)
		return false;
	*v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
			     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
			     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
						    : 16;

		if (d == 16)
			return false;
		*v = *v << 4 | d;
	}
	return true;
}

static char *utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* behind "\u"; half of a surrogate pair alone is replaced */
static bool unicode(struct walk *w, char **to)
{
	uint32_t c, low;

	if (!hex4(w->pos, w->end, &c))
		return false;
	w->pos += 4;
	if (c >= 0xd800 && c < 0xdc00 && w->end - w->pos >= 6 && w->pos[0] == '\\' &&
	    w->pos[1] == 'u' && hex4(w->pos + 2, w->end, &low) && low >= 0xdc00 && low < 0xe000) {
		w->pos += 6;
		c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
	} else if (c >= 0xd800 && c < 0xe000) {
		c = 0xfffd;
	}
	*to = utf8(*to, c);
	return true;
}

static bool escape(struct walk *w, char **to)
{
	static const char from[] = "\"\\/bfnrt", with[] = "\"\\/\b\f\n\r\t";
	const char *at;
	char c;

	if (w->pos == w->end)
		return false;
	c = *w->pos++;
	if (c == 'u')
		return unicode(w, to);
	at = c ? strchr(from, c) : NULL;
	if (!at)
		return false;
	*(*to)++ = with[at - from];
	return true;
}

/* The opening quote is eaten. */
static bool string(struct walk *w, char **s, size_t *len)
{
	char *to = w->pos;

	*s = to;
	while (w->pos < w->end && *w->pos != '"') {
		char c = *w->pos++;

		if (c == '\\') {
			if (!escape(w, &to))
				return false;
		} else {
			*to++ = c;
		}
	}
	if (w->pos == w->end)
		return false;
	w->pos++;
	*len = (size_t)(to - *s);
	*to = '\0';
	return true;
}

static bool object(struct walk *w, unsigned int at)
{
	char *key;
	size_t len;

	if (eat(w, '}'))
		return true;
	do {
		if (!eat(w, '"') || !string(w, &key, &len) || !eat(w, ':'))
			return false;
		w->path.key[at] = key;
		if (!value(w))
			return false;
	} while (eat(w, ','));
	return eat(w, '}');
}

static bool array(struct walk *w, unsigned int at)
{
	w->path.key[at] = "";
	w->path.index[at] = 0;
	if (eat(w, ']'))
		return true;
	do {
		if (!value(w))
			return false;
		w->path.index[at]++;
	} while (eat(w, ','));
	return eat(w, ']');
}

static bool container(struct walk *w, bool is_object)
{
	unsigned int at = w->path.depth;
	bool ok;

	if (at == JSON_DEPTH_MAX)
		return false;
	w->path.depth++;
	ok = is_object ? object(w, at) : array(w, at);
	w->path.depth--;
	return ok;
}

static bool word(struct walk *w, const char *text, enum json_type type)
{
	size_t n = strlen(text);

	if ((size_t)(w->end - w->pos) < n || memcmp(w->pos, text, n) != 0)
		return false;
	w->fn(w->arg, &w->path, type, w->pos, n);
	w->pos += n;
	return true;
}

static bool number(struct walk *w)
{
	char *start = w->pos;

	while (w->pos < w->end && *w->pos && strchr("+-.0123456789eE", *w->pos))
		w->pos++;
	if (w->pos == start)
		return false;
	w->fn(w->arg, &w->path, JSON_NUMBER, start, (size_t)(w->pos - start));
	return true;
}

static bool value(struct walk *w)
{
	size_t len;
	char *s;

	if (eat(w, '{'))
		return container(w, true);
	if (eat(w, '['))
		return container(w, false);
	if (eat(w, '"')) {
		if (!string(w, &s, &len))
			return false;
		w->fn(w->arg, &w->path, JSON_STRING, s, len);
		return true;
	}
	if (w->pos == w->end)
		return false;
	switch (*w->pos) {
	case 't':
		return word(w, "true", JSON_TRUE);
	case 'f':
		return word(w, "false", JSON_FALSE);
	case 'n':
		return word(w, "null", JSON_NULL);
	default:
		return number(w);
	}
}

int json_walk(char *text, size_t len, json_fn fn, void *arg)
{
	struct walk w = { .pos = text, .end = text + len, .fn = fn, .arg = arg };

	if (value(&w)) {
		blanks(&w);
		if (w.pos == w.end)
			return 0;
	}
	errno = EPROTO;
	return -1;
}
