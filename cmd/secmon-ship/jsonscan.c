// SPDX-License-Identifier: BSD-2-Clause
/* Looking for a few things in JSON that a server answered. */
#include <string.h>

#include "cmd/secmon-ship/jsonscan.h"

enum { DEPTH_MAX = 64 };

struct scan {
	const char *p, *end;
	char nest[DEPTH_MAX]; /* '{' or '[' */
	int depth;
	const char *key; /* of the member whose value is due, or NULL */
	size_t key_len;
};

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p))
		s->p++;
}

/* The string that begins here, quotes included; its length, or 0. */
static size_t string_length(const struct scan *s)
{
	for (const char *q = s->p + 1; q < s->end; q++) {
		if (*q == '\\')
			q++;
		else if (*q == '"')
			return (size_t)(q + 1 - s->p);
	}
	return 0;
}

static size_t word_length(const struct scan *s)
{
	const char *q = s->p;

	while (q < s->end && !strchr(" \t\r\n,]}:[{\"", *q))
		q++;
	return (size_t)(q - s->p);
}

static bool open_container(struct scan *s)
{
	if (s->depth == DEPTH_MAX)
		return false;
	s->nest[s->depth++] = *s->p++;
	s->key = NULL;
	return true;
}

static bool close_container(struct scan *s)
{
	char open = *s->p++ == '}' ? '{' : '[';

	s->key = NULL;
	return s->depth && s->nest[--s->depth] == open;
}

static bool in_object(const struct scan *s)
{
	return s->depth && s->nest[s->depth - 1] == '{';
}

/* A key, with its colon. */
static bool take_key(struct scan *s)
{
	size_t n = *s->p == '"' ? string_length(s) : 0;

	if (!n)
		return false;
	s->key = s->p + 1;
	s->key_len = n - 2;
	s->p += n;
	skip_blanks(s);
	return s->p < s->end && *s->p++ == ':';
}

bool jsonscan(const char *text, size_t len,
	      void (*found)(void *arg, const char *key, size_t key_len, const char *value,
			    size_t value_len),
	      void *arg)
{
	struct scan s = { .p = text, .end = text + len };
	size_t n;

	for (;;) {
		skip_blanks(&s);
		if (s.p == s.end)
			return s.depth == 0 && len > 0;
		if (*s.p == '}' || *s.p == ']') {
			if (!close_container(&s))
				return false;
		} else if (*s.p == ',') {
			s.p++;
			s.key = NULL;
		} else if (in_object(&s) && !s.key) {
			if (!take_key(&s))
				return false;
		} else if (*s.p == '{' || *s.p == '[') {
			if (!open_container(&s))
				return false;
		} else {
			n = *s.p == '"' ? string_length(&s) : word_length(&s);
			if (!n)
				return false;
			if (s.key)
				found(arg, s.key, s.key_len, s.p, n);
			s.p += n;
		}
	}
}
