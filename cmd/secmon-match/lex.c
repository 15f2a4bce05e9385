// SPDX-License-Identifier: BSD-2-Clause
/* The words of a condition. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/lex.h"
#include "common/compat.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* the byte at an offset from here; NUL past the end, which no word may hold */
static char peek(const struct lexer *l, size_t off)
{
	return l->at + off < l->len ? l->text[l->at + off] : '\0';
}

static bool take(struct lexer *l, size_t n, struct text *t)
{
	if (!n)
		return false;
	l->last = (struct text){ l->text + l->at, n };
	if (t)
		*t = l->last;
	l->at += n;
	return true;
}

bool lex_blank(struct lexer *l)
{
	size_t start = l->at;

	while (l->at < l->len && is_blank(l->text[l->at]))
		l->at++;
	return l->at > start;
}

bool lex_word(struct lexer *l, const char *word)
{
	size_t n = strlen(word);

	if (l->len - l->at < n || memcmp(l->text + l->at, word, n))
		return false;
	return take(l, n, NULL);
}

static size_t identifier_length(const struct lexer *l, size_t from)
{
	size_t n = 0;

	if (!is_alpha(peek(l, from)))
		return 0;
	while (is_alpha(peek(l, from + n)) || is_digit(peek(l, from + n)) ||
	       peek(l, from + n) == '_')
		n++;
	return n;
}

bool lex_identifier(struct lexer *l, struct text *t)
{
	return take(l, identifier_length(l, 0), t);
}

bool lex_field_name(struct lexer *l, struct text *t)
{
	size_t n = identifier_length(l, 0), more;
	bool dotted = false;

	if (!n)
		return false;
	while (peek(l, n) == '.' && (more = identifier_length(l, n + 1))) {
		n += 1 + more;
		dotted = true;
	}
	return dotted && take(l, n, t);
}

bool lex_bare(struct lexer *l, struct text *t)
{
	size_t n = 0;

	while (l->at + n < l->len && !is_space(peek(l, n)) &&
	       (!peek(l, n) || !strchr("()\"'=,", peek(l, n))))
		n++;
	return take(l, n, t);
}

bool lex_bare_arg(struct lexer *l, struct text *t)
{
	size_t n = 0;

	while (l->at + n < l->len && !is_space(peek(l, n)) &&
	       (!peek(l, n) || !strchr("[]\"'", peek(l, n))))
		n++;
	return take(l, n, t);
}

static size_t digits(const struct lexer *l, size_t from)
{
	size_t n = 0;

	while (is_digit(peek(l, from + n)))
		n++;
	return n;
}

bool lex_number(struct lexer *l, struct text *t)
{
	size_t n = 0, more;

	if (peek(l, 0) == '0' && (peek(l, 1) | 0x20) == 'x' && hex_digit(peek(l, 2)) >= 0) {
		for (n = 3; hex_digit(peek(l, n)) >= 0; n++)
			;
		return take(l, n, t);
	}
	if (peek(l, 0) == '+' || peek(l, 0) == '-')
		n = 1;
	if (!(more = digits(l, n)))
		return false;
	n += more;
	if (peek(l, n) == '.')
		n += 1 + digits(l, n + 1);
	if ((peek(l, n) | 0x20) == 'e' && (peek(l, n + 1) == '+' || peek(l, n + 1) == '-') &&
	    (more = digits(l, n + 2)))
		n += 2 + more;
	return take(l, n, t);
}

/*
 * One escape at s (after the backslash, n bytes left in the string). Returns
 * the bytes it took and writes what they mean, or 0 with *bad.
 */
static size_t unescape(const char *s, size_t n, char quote, char *out, const char **bad)
{
	static const char from[] = "bfnrt\\/ ", to[] = "\b\f\n\r\t\\/\\";
	static char text[64];
	const char *p = *s ? strchr(from, *s) : NULL;

	if (p) {
		*out = to[p - from];
		return 1;
	}
	if (*s == quote) {
		*out = quote;
		return 1;
	}
	if (*s == 'x') {
		if (n >= 3 && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
			*out = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
			return 3;
		}
		*bad = "the escape \\x needs two hexadecimal digits";
		return 0;
	}
	if (*s == '"' || *s == '\'')
		snprintf(text, sizeof(text), "invalid \\%c escape in %c-quoted string", *s, quote);
	else
		snprintf(text, sizeof(text), "unsupported string escape sequence: \\%c", *s);
	*bad = text;
	return 0;
}

/* the end of the string that begins here: a quote without a backslash before it */
static size_t quoted_length(const struct lexer *l)
{
	char quote = peek(l, 0);

	for (size_t n = 1; l->at + n < l->len; n++)
		if (peek(l, n) == quote && peek(l, n - 1) != '\\')
			return n + 1;
	return 0;
}

int lex_quoted(struct lexer *l, struct text *t, const char **bad)
{
	const char *s = l->text + l->at;
	size_t n, took, len = 0;
	char *out;

	*bad = NULL;
	if ((peek(l, 0) != '"' && peek(l, 0) != '\'') || !(n = quoted_length(l)))
		return 0;
	out = arena_alloc(l->arena, n);
	if (!out)
		return -1;
	for (size_t i = 1; i < n - 1; i++) {
		if (s[i] != '\\') {
			out[len++] = s[i];
			continue;
		}
		took = unescape(s + i + 1, n - 1 - (i + 1), *s, out + len++, bad);
		if (!took) {
			take(l, n, NULL);
			errno = EINVAL;
			return -1;
		}
		i += took;
	}
	l->at += n;
	*t = l->last = (struct text){ out, len };
	return 1;
}

int lex_function(struct lexer *l)
{
	size_t n = identifier_length(l, 0);
	int fn;

	if (!n || peek(l, n) != '(')
		return -1;
	fn = ast_function_by_name(l->text + l->at, n);
	if (fn < 0)
		return -1;
	take(l, n + 1, NULL);
	return fn;
}

int lex_operator(struct lexer *l)
{
	static const bool wants_blank[] = {
#define OPERATOR(sym, text, arity, blank, modifier) blank,
#include "cmd/secmon-match/operators.def"
#undef OPERATOR
	};
	struct text last = l->last;
	size_t start = l->at;

	for (int op = 0; op < OP_END; op++) {
		if (!lex_word(l, ast_op_name(op)))
			continue;
		if (!wants_blank[op] || lex_blank(l))
			return op;
		l->at = start;
		l->last = last;
	}
	return -1;
}
