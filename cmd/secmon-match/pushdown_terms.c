// SPDX-License-Identifier: BSD-2-Clause
/*
 * One check as terms of a plan predicate.
 *
 * A predicate that is not negated is only made of a check that is false without
 * a value, so that the kernel may refuse an event that will not have one.
 */
#include "cmd/secmon-match/pushdown_terms.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

bool check_is_equal(const struct check *c)
{
	return c->op == OP_EQ || c->op == OP_EQEQ || c->op == OP_IN || c->op == OP_INTERSECTS;
}

bool value_is(const struct ast_value *v, const char *s)
{
	return v->len == strlen(s) && !memcmp(v->s, s, v->len);
}

static void put_text(struct terms *t, enum plan_term_kind kind, const char *s, size_t len)
{
	t->t[t->n++] = (struct plan_term){ .kind = kind, .text = s, .len = (uint32_t)len };
}

static void put_range(struct terms *t, int64_t lo, int64_t hi)
{
	t->t[t->n++] = (struct plan_term){ .kind = PLAN_RANGE, .lo = lo, .hi = hi };
}

/* texts of a check's values with something before or behind them */
static bool put_joined(struct arena *arena, struct terms *t, enum plan_term_kind kind,
		       const char *before, const struct ast_value *v, const char *behind)
{
	size_t b = strlen(before), e = strlen(behind);
	char *s = arena_alloc(arena, b + v->len + e + 1);

	if (!s)
		return false;
	memcpy(s, before, b);
	memcpy(s + b, v->s, v->len);
	memcpy(s + b + v->len, behind, e);
	put_text(t, kind, s, b + v->len + e);
	return true;
}

/*
 * A glob says at least how the value begins, if it does not begin with a
 * wildcard, or how it ends; else the longest text between wildcards is in it.
 */
static bool glob_terms(struct terms *t, const struct ast_value *v)
{
	size_t best = 0, best_len = 0, at = 0;
	size_t end = strcspn(v->s, "[\\"); /* behind it nothing is looked at */

	if (memchr(v->s, 0, v->len))
		return false;
	if (strcspn(v->s, "*?[\\") == v->len) {
		put_text(t, PLAN_EQUAL, v->s, v->len);
		return true;
	}
	while (at < end) {
		size_t len = strcspn(v->s + at, "*?[\\");

		if (len > best_len) {
			best = at;
			best_len = len;
		}
		at += len + 1;
	}
	if (!best_len)
		return false;
	put_text(t,
		 best == 0		     ? PLAN_PREFIX
		 : best + best_len == v->len ? PLAN_SUFFIX
					     : PLAN_CONTAINS,
		 v->s + best, best_len);
	return true;
}

static bool pmatch_terms(struct arena *arena, struct terms *t, const struct ast_value *v)
{
	size_t plain = strcspn(v->s, "*?[\\");

	if (v->len < 2 || v->s[0] != '/' || strstr(v->s, "//") || v->s[v->len - 1] == '/')
		return false;
	if (plain < v->len) {
		put_text(t, PLAN_PREFIX, v->s, plain);
		return true;
	}
	put_text(t, PLAN_EQUAL, v->s, v->len);
	return put_joined(arena, t, PLAN_PREFIX, "", v, "/");
}

static bool text_terms(struct arena *arena, const struct check *c, bool negated, struct terms *t)
{
	bool ok = true;

	/* "not a != x" is true without a value, too: no predicate says that */
	if (c->op == OP_NE && negated)
		return false;
	t->negated = negated || c->op == OP_NE;
	for (uint32_t i = 0; ok && i < c->nvalues; i++) {
		const struct ast_value *v = &c->values[i];

		switch (c->op) {
		case OP_NE:
		case OP_EQ:
		case OP_EQEQ:
		case OP_IN:
		case OP_INTERSECTS:
			put_text(t, PLAN_EQUAL, v->s, v->len);
			break;
		case OP_STARTSWITH:
			put_text(t, PLAN_PREFIX, v->s, v->len);
			break;
		case OP_ENDSWITH:
			put_text(t, PLAN_SUFFIX, v->s, v->len);
			break;
		case OP_CONTAINS:
			put_text(t, PLAN_CONTAINS, v->s, v->len);
			break;
		case OP_GLOB:
			ok = !negated && glob_terms(t, v);
			break;
		case OP_PMATCH:
			ok = !negated && pmatch_terms(arena, t, v);
			break;
		default:
			ok = false;
		}
	}
	return ok;
}

/* of a file its path up to the last slash; of a directory the whole path */
static bool directory_terms(struct arena *arena, const struct check *c, bool negated,
			    struct terms *t)
{
	if (negated || (!check_is_equal(c) && c->op != OP_STARTSWITH))
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		const struct ast_value *v = &c->values[i];

		/* a name without any slash is in "/", too */
		if (value_is(v, "/") || v->len == 0)
			return false;
		if (c->op == OP_STARTSWITH) {
			put_text(t, PLAN_PREFIX, v->s, v->len);
			continue;
		}
		put_text(t, PLAN_EQUAL, v->s, v->len);
		if (!put_joined(arena, t, PLAN_PREFIX, "", v, "/"))
			return false;
	}
	return true;
}

static bool filename_terms(struct arena *arena, const struct check *c, bool negated,
			   struct terms *t)
{
	if (negated || (!check_is_equal(c) && c->op != OP_ENDSWITH))
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		/* a name without a slash has "/" for a filename: leave it to the rule */
		if (value_is(&c->values[i], "/"))
			return false;
		if (c->op == OP_ENDSWITH)
			put_text(t, PLAN_SUFFIX, c->values[i].s, c->values[i].len);
		else if (!put_joined(arena, t, PLAN_SUFFIX, "/", &c->values[i], ""))
			return false;
	}
	return true;
}

static bool type_terms(const struct check *c, bool negated, struct terms *t)
{
	static const struct {
		const char *type, *letter;
	} letters[] = { { "file", "f" }, { "directory", "d" }, { "ipv4", "4" }, { "ipv6", "6" } };

	if (!check_is_equal(c))
		return false;
	t->negated = negated;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		size_t j = 0;

		while (j < nitems(letters) && !value_is(&c->values[i], letters[j].type))
			j++;
		if (j == nitems(letters))
			return false;
		put_text(t, PLAN_EQUAL, letters[j].letter, 1);
	}
	return true;
}

static bool number(const struct ast_value *v, int64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoll(v->s, &end, 10);
	return !errno && end != v->s && !*end && (size_t)(end - v->s) == v->len;
}

static bool integer_terms(const struct check *c, bool negated, struct terms *t)
{
	if (c->op == OP_NE && negated)
		return false;
	t->negated = negated || c->op == OP_NE;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		int64_t n;

		if (!number(&c->values[i], &n) || n == INT64_MIN || n == INT64_MAX)
			return false;
		switch (c->op) {
		case OP_NE:
		case OP_EQ:
		case OP_EQEQ:
		case OP_IN:
		case OP_INTERSECTS:
			put_range(t, n, n);
			break;
		case OP_LT:
			put_range(t, INT64_MIN, n - 1);
			break;
		case OP_LE:
			put_range(t, INT64_MIN, n);
			break;
		case OP_GT:
			put_range(t, n + 1, INT64_MAX);
			break;
		case OP_GE:
			put_range(t, n, INT64_MAX);
			break;
		default:
			return false;
		}
	}
	return true;
}

/* what a check of a BOOL field asks for; false if it is no plain question */
static bool bool_wanted(const struct check *c, bool negated, bool *wanted)
{
	if (c->nvalues != 1 || (!check_is_equal(c) && c->op != OP_NE))
		return false;
	*wanted = value_is(&c->values[0], "true");
	if (c->op == OP_NE)
		*wanted = !*wanted;
	if (negated)
		*wanted = !*wanted;
	return true;
}

static bool bool_terms(const struct pushable *f, const struct check *c, bool negated,
		       struct terms *t)
{
	bool wanted;

	if (!bool_wanted(c, negated, &wanted))
		return false;
	switch (f->how) {
	case HOW_OPEN_FLAG:
		/* false is said of all events that are no open, too, whatever their flags */
		t->t[t->n++] = (struct plan_term){ .kind = PLAN_BITS, .lo = f->bits };
		return wanted;
	case HOW_FAILED:
		put_range(t, wanted ? INT64_MIN : 0, wanted ? -1 : INT64_MAX);
		return true;
	default:
		put_range(t, wanted, wanted);
		return true;
	}
}

/* "SUCCESS" is any result from 0 up; the names of errors are results below */
static bool result_terms(const struct check *c, bool negated, struct terms *t)
{
	bool success = false, failure = false;
	bool inverted = negated != (c->op == OP_NE);

	if (!check_is_equal(c) && c->op != OP_NE)
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		success |= value_is(&c->values[i], "SUCCESS");
		failure |= !value_is(&c->values[i], "SUCCESS");
	}
	if (inverted && failure)
		return false; /* not EPERM may be any other error */
	if (success != inverted)
		put_range(t, 0, INT64_MAX);
	if (failure || (success && inverted))
		put_range(t, INT64_MIN, -1);
	return true;
}

static bool address_terms(const struct check *c, bool negated, struct terms *t)
{
	if (negated || !check_is_equal(c))
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		struct plan_term term = { .kind = PLAN_NET };
		const char *s = c->values[i].s, *slash = strchr(s, '/');
		size_t len = slash ? (size_t)(slash - s) : c->values[i].len;
		bool v6 = memchr(s, ':', len) != NULL;
		unsigned long bits = v6 ? 128 : 32;
		char addr[INET6_ADDRSTRLEN];
		char *end;

		if (len >= sizeof(addr))
			return false;
		memcpy(addr, s, len);
		addr[len] = '\0';
		if (slash) {
			bits = strtoul(slash + 1, &end, 10);
			if (end == slash + 1 || *end || bits > (v6 ? 128 : 32))
				return false;
		}
		if (inet_pton(v6 ? AF_INET6 : AF_INET, addr, term.addr) != 1)
			return false;
		term.addr_len = v6 ? 16 : 4;
		term.bits = (uint8_t)bits;
		t->t[t->n++] = term;
	}
	return true;
}

bool pushdown_terms(struct arena *arena, const struct pushable *f, const struct check *c,
		    bool negated, struct terms *t)
{
	switch (f->how) {
	case HOW_TEXT:
		return text_terms(arena, c, negated, t);
	case HOW_DIRECTORY:
		return directory_terms(arena, c, negated, t);
	case HOW_FILENAME:
		return filename_terms(arena, c, negated, t);
	case HOW_TYPE:
		return type_terms(c, negated, t);
	case HOW_INTEGER:
		return integer_terms(c, negated, t);
	case HOW_RESULT:
		return result_terms(c, negated, t);
	case HOW_ADDRESS:
		return address_terms(c, negated, t);
	default:
		return bool_terms(f, c, negated, t);
	}
}
