// SPDX-License-Identifier: BSD-2-Clause
/*
 * A plan read from text, secmon-plan(5):
 *
 *	plan 1
 *	need proc.args fd.name
 *	select "Read sensitive file" open openat
 *		evt.rawres is 0..
 *		fd.name is "/etc/shadow" ^"/etc/pam.d/" $".pem"
 *		not proc.name is "sshd" "login"
 *		limit 10/1000ms by proc.pid fd.name
 *		priority warning
 *
 * Lines, and words apart by blanks; # begins a comment where a word may begin.
 */
#include "common/plan.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

enum { WORD_MAX = 8192 };

struct word {
	bool quoted;
	char mark; /* ^, $ or ~ before a quote, else 0 */
	size_t len;
	unsigned int column;
	char s[WORD_MAX];
};

struct text_reader {
	FILE *fp;
	const char *name;
	char *err;
	size_t errlen;
	unsigned int line, column; /* of the next character */
	struct plan *plan;
	struct plan_selector *selector; /* the open one */
	struct word word;
};

static int printf_like(2, 3) bad(struct text_reader *r, const char *fmt, ...)
{
	int n = snprintf(r->err, r->errlen, "%s:%u:%u: ", r->name, r->line, r->word.column);
	va_list ap;

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < r->errlen)
		vsnprintf(r->err + n, r->errlen - (size_t)n, fmt, ap);
	va_end(ap);
	errno = EINVAL;
	return -1;
}

static int get(struct text_reader *r)
{
	r->column++;
	return getc(r->fp);
}

static void unget(struct text_reader *r, int c)
{
	r->column--;
	if (c != EOF)
		ungetc(c, r->fp);
}

static int put(struct text_reader *r, int c)
{
	if (r->word.len == WORD_MAX - 1)
		return bad(r, "a word of more than %d bytes", WORD_MAX - 1);
	r->word.s[r->word.len++] = (char)c;
	r->word.s[r->word.len] = '\0';
	return 0;
}

static int hex(int c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

static int quoted(struct text_reader *r)
{
	int c;

	r->word.quoted = true;
	while ((c = get(r)) != '"') {
		if (c == EOF || c == '\n')
			return bad(r, "a quoted text without its end");
		if (c == '\\') {
			c = get(r);
			if (c == 'x') {
				int high = hex(get(r)), low = high < 0 ? -1 : hex(get(r));

				if (low < 0)
					return bad(r, "\\x needs two hexadecimal digits");
				c = high << 4 | low;
			} else if (c != '"' && c != '\\') {
				return bad(r, "only \\\\, \\\" and \\xHH are escapes");
			}
		}
		if (put(r, c) == -1)
			return -1;
	}
	return 1;
}

/* next_word(r): 1 with r->word, 0 at the end of the line, -1 if it is wrong */
static int next_word(struct text_reader *r)
{
	int c;

	do
		c = get(r);
	while (c == ' ' || c == '\t' || c == '\r');
	r->word.quoted = false;
	r->word.mark = 0;
	r->word.len = 0;
	r->word.s[0] = '\0';
	r->word.column = r->column;
	if (c == '#')
		while (c != '\n' && c != EOF)
			c = get(r);
	if (c == '\n' || c == EOF) {
		unget(r, c);
		return 0;
	}
	if (c == '^' || c == '$' || c == '~') {
		r->word.mark = (char)c;
		c = get(r);
		if (c != '"')
			return bad(r, "a quoted text must follow %c", r->word.mark);
	}
	if (c == '"')
		return quoted(r);
	for (; c != EOF && !isspace(c); c = get(r))
		if (put(r, c) == -1)
			return -1;
	unget(r, c);
	return 1;
}

static bool is(const struct text_reader *r, const char *s)
{
	return !r->word.quoted && !strcmp(r->word.s, s);
}

static int wire_field(struct text_reader *r)
{
	const struct field *f = field_by_name(r->word.s, r->word.len);
	bool text = !strncmp(r->word.s, "evt.argtext.", 12);
	size_t skip = text ? 12 : 8;
	int arg = -1;

	if (f)
		return f->id;
	if (text || !strncmp(r->word.s, "evt.arg.", 8))
		arg = arg_by_name(r->word.s + skip, r->word.len - skip);
	if (arg == -1)
		return bad(r, "no such field '%s'", r->word.s);
	return text ? F_ARGTEXT(arg) : F_ARG(arg);
}

static int integer(struct text_reader *r, const char *s, const char **end, int64_t *v)
{
	char *e;

	errno = 0;
	*v = strtoll(s, &e, 10);
	*end = e;
	return e == s || errno ? bad(r, "'%s' is no integer", s) : 0;
}

static int net_term(struct text_reader *r, struct plan_term *t)
{
	char *slash = strchr(r->word.s, '/');
	int family = strchr(r->word.s, ':') ? AF_INET6 : AF_INET;
	const char *end;
	int64_t bits;

	*slash = '\0';
	t->kind = PLAN_NET;
	t->addr_len = family == AF_INET ? 4 : 16;
	if (inet_pton(family, r->word.s, t->addr) != 1)
		return bad(r, "'%s' is no address", r->word.s);
	if (integer(r, slash + 1, &end, &bits) == -1)
		return -1;
	if (*end || bits < 0 || bits > t->addr_len * 8)
		return bad(r, "'/%s': a prefix of 0 to %d bits was due", slash + 1,
			   t->addr_len * 8);
	t->bits = (uint8_t)bits;
	return 0;
}

static int range_term(struct text_reader *r, struct plan_term *t)
{
	const char *s = r->word.s;

	t->kind = PLAN_RANGE;
	t->lo = INT64_MIN;
	t->hi = INT64_MAX;
	if (strncmp(s, "..", 2)) {
		if (integer(r, s, &s, &t->lo) == -1)
			return -1;
		if (!*s) {
			t->hi = t->lo;
			return 0;
		}
	}
	if (strncmp(s, "..", 2))
		return bad(r, "'%s': a number or LO..HI was due", r->word.s);
	s += 2;
	if (*s && integer(r, s, &s, &t->hi) == -1)
		return -1;
	return *s ? bad(r, "'%s' is no range", r->word.s) : 0;
}

static int term(struct text_reader *r, struct plan_term *t)
{
	const char *end;

	*t = (struct plan_term){ 0 };
	if (r->word.quoted) {
		t->kind = r->word.mark == '^'	? PLAN_PREFIX
			  : r->word.mark == '$' ? PLAN_SUFFIX
			  : r->word.mark == '~' ? PLAN_CONTAINS
						: PLAN_EQUAL;
		t->text = r->word.s;
		t->len = (uint32_t)r->word.len;
		return 0;
	}
	if (r->word.s[0] == '&') {
		t->kind = PLAN_BITS;
		if (integer(r, r->word.s + 1, &end, &t->lo) == -1)
			return -1;
		return *end ? bad(r, "'%s': &BITS was due", r->word.s) : 0;
	}
	return strchr(r->word.s, '/') ? net_term(r, t) : range_term(r, t);
}

static int read_pred(struct text_reader *r)
{
	struct plan_pred *pred;
	struct plan_term t;
	bool negated = is(r, "not");
	int field, n;

	if (negated && next_word(r) != 1)
		return bad(r, "a field was due after 'not'");
	field = wire_field(r);
	if (field == -1)
		return -1;
	n = next_word(r);
	if (n == -1)
		return -1;
	if (n == 0 || !is(r, "is"))
		return bad(r, "'is' was due after the field");
	pred = plan_add_pred(r->plan, r->selector, (unsigned int)field, negated);
	if (!pred)
		return -1;
	while ((n = next_word(r)) == 1)
		if (term(r, &t) == -1 || plan_add_term(r->plan, pred, &t) == -1)
			return -1;
	return n;
}

static int read_by(struct text_reader *r)
{
	struct plan_selector *s = r->selector;
	int n, field;

	while ((n = next_word(r)) == 1) {
		field = wire_field(r);
		if (field == -1)
			return -1;
		if (s->nby == PLAN_BY_MAX)
			return bad(r, "a limit by more than %d fields", PLAN_BY_MAX);
		s->by[s->nby++] = (uint16_t)field;
	}
	return n == 0 && !s->nby ? bad(r, "a field was due after 'by'") : n;
}

static int read_limit(struct text_reader *r)
{
	char extra;
	int n;

	if (next_word(r) != 1 ||
	    sscanf(r->word.s, "%" SCNu32 "/%" SCNu32 "ms%c", &r->selector->rate_count,
		   &r->selector->rate_ms, &extra) != 2 ||
	    !r->selector->rate_count || !r->selector->rate_ms)
		return bad(r, "limit COUNT/MILLISECONDSms was due, limit 10/1000ms for instance");
	n = next_word(r);
	if (n < 1)
		return n;
	if (!is(r, "by"))
		return bad(r, "'%s': 'by' and fields were due, or the end of the line", r->word.s);
	return read_by(r);
}

static int read_priority(struct text_reader *r)
{
	int priority;

	if (next_word(r) != 1)
		return bad(r, "priority LEVEL was due, priority warning for instance");
	priority = plan_priority(r->word.s);
	if (priority == -1)
		return bad(r,
			   "no such priority '%s': emergency, alert, critical, error, warning, "
			   "notice, informational and debug are",
			   r->word.s);
	r->selector->priority = (uint8_t)priority;
	return 0;
}

static int read_sample(struct text_reader *r)
{
	const char *end;
	int64_t n;

	if (next_word(r) != 1)
		return bad(r, "sample N was due");
	if (integer(r, r->word.s, &end, &n) == -1)
		return -1;
	if (*end || n < 1 || n > UINT32_MAX)
		return bad(r, "sample N: one of so many, 1 and up");
	r->selector->sample = (uint32_t)n;
	return 0;
}

static int read_select(struct text_reader *r)
{
	int n = next_word(r);

	if (n == -1)
		return -1;
	if (n == 0 || !r->word.quoted)
		return bad(r, "a name in quotes was due after 'select'");
	r->selector = plan_add_selector(r->plan, r->word.s);
	if (!r->selector)
		return -1;
	while ((n = next_word(r)) == 1) {
		const struct event_type *e = event_by_name(r->word.s, r->word.len);

		if (!e)
			return bad(r, "no such event '%s'", r->word.s);
		plan_add_event(r->selector, e->id);
	}
	return n;
}

static int read_need(struct text_reader *r)
{
	int n;

	while ((n = next_word(r)) == 1) {
		int field;

		if (is(r, "*")) {
			plan_need_all(r->plan);
			continue;
		}
		field = wire_field(r);
		if (field == -1)
			return -1;
		plan_need(r->plan, (unsigned int)field);
	}
	return n;
}

static int read_version(struct text_reader *r)
{
	const char *end;
	int64_t v = 0;

	if (!is(r, "plan"))
		return bad(r, "'plan %d' was due on the first line", PLAN_VERSION);
	if (next_word(r) != 1 || integer(r, r->word.s, &end, &v) == -1 || *end)
		return bad(r, "'plan %d' was due on the first line", PLAN_VERSION);
	if (v != PLAN_VERSION)
		return bad(r, "a plan of version %" PRId64 ", this program reads %d", v,
			   PLAN_VERSION);
	return 0;
}

/* a word alone on its line; 1: it is none */
static int read_mark(struct text_reader *r)
{
	if (is(r, "policy"))
		r->selector->policy = true;
	else if (is(r, "otherwise"))
		r->selector->otherwise = true;
	else if (is(r, "quiet"))
		r->selector->quiet = true;
	else
		return 1;
	return 0;
}

static int read_line(struct text_reader *r)
{
	if (is(r, "need"))
		return read_need(r);
	if (is(r, "select"))
		return read_select(r);
	if (!r->selector)
		return bad(r, "'%s': need or select was due", r->word.s);
	if (is(r, "limit"))
		return read_limit(r);
	if (is(r, "sample"))
		return read_sample(r);
	if (is(r, "priority"))
		return read_priority(r);
	return read_mark(r) == 0 ? 0 : read_pred(r);
}

static int read_lines(struct text_reader *r)
{
	bool versioned = false;
	int c, n;

	for (r->line = 1;; r->line++) {
		r->column = 0;
		n = next_word(r);
		if (n == 1) {
			n = versioned ? read_line(r) : read_version(r);
			versioned = true;
			if (n == 0 && next_word(r) == 1)
				n = bad(r, "'%s' is too much on this line", r->word.s);
		}
		if (n == -1)
			return -1;
		c = get(r);
		if (c == EOF)
			break;
	}
	return versioned ? 0 : bad(r, "an empty plan: 'plan %d' was due", PLAN_VERSION);
}

struct plan *plan_read(FILE *fp, const char *name, char *err, size_t errlen)
{
	struct text_reader *r = calloc(1, sizeof(*r));
	struct plan *p = plan_new();

	err[0] = '\0';
	if (!r || !p)
		goto fail;
	*r = (struct text_reader){
		.fp = fp, .name = name, .err = err, .errlen = errlen, .plan = p
	};
	if (read_lines(r) == -1 || ferror(fp))
		goto fail;
	free(r);
	return p;
fail:
	if (!err[0])
		snprintf(err, errlen, "%s: %s", name, strerror(errno));
	free(r);
	plan_free(p);
	return NULL;
}
