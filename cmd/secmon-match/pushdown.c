// SPDX-License-Identifier: BSD-2-Clause
/*
 * A condition weakened to what the kernel can decide.
 *
 * The tree is walked with the nots pushed to the leaves. A check becomes
 * predicates that hold whenever it is true; one that the kernel cannot decide
 * holds always. A predicate that is not negated is only made of a check that is
 * false without a value, so that the kernel may refuse an event that will not
 * have one.
 */
#include "cmd/secmon-match/pushdown.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

enum { LEVEL_MAX = 64 };	/* deeper parts of a condition are taken as always true */

struct pusher {
	struct arena *arena;
	pushdown_left *left;
	void *arg;
};

enum how { HOW_TEXT, HOW_DIRECTORY, HOW_FILENAME, HOW_TYPE, HOW_INTEGER, HOW_BOOL, HOW_OPEN_FLAG,
	   HOW_RESULT, HOW_FAILED, HOW_ADDRESS, HOW_EVENT, HOW_NEVER };

/* The fields that the kernel knows at the moment of the event, as the stream says them. */
static const struct pushable {
	const char *name;
	uint16_t field;		/* of the predicate */
	uint8_t how;
	uint8_t bits;		/* HOW_OPEN_FLAG */
} pushables[] = {
	{ "evt.type", F_EVT_TYPE, HOW_EVENT, 0 },
	{ "syscall.type", F_EVT_TYPE, HOW_EVENT, 0 },
	{ "evt.num", F_EVT_NUM, HOW_NEVER, 0 },
	{ "fd.name", F_FD_NAME, HOW_TEXT, 0 },
	{ "fd.nameraw", F_FD_NAMERAW, HOW_TEXT, 0 },
	{ "fd.directory", F_FD_NAME, HOW_DIRECTORY, 0 },
	{ "fd.filename", F_FD_NAME, HOW_FILENAME, 0 },
	{ "fd.typechar", F_FD_TYPECHAR, HOW_TEXT, 0 },
	{ "fd.type", F_FD_TYPECHAR, HOW_TYPE, 0 },
	{ "proc.name", F_PROC_NAME, HOW_TEXT, 0 },
	{ "evt.is_open_read", F_ARG(A_FLAGS), HOW_OPEN_FLAG, 1 },
	{ "evt.is_open_write", F_ARG(A_FLAGS), HOW_OPEN_FLAG, 2 },
	{ "evt.rawres", F_EVT_RAWRES, HOW_INTEGER, 0 },
	{ "evt.res", F_EVT_RAWRES, HOW_RESULT, 0 },
	{ "evt.failed", F_EVT_RAWRES, HOW_FAILED, 0 },
	{ "fd.num", F_FD_NUM, HOW_INTEGER, 0 },
	{ "user.uid", F_USER_UID, HOW_INTEGER, 0 },
	{ "group.gid", F_GROUP_GID, HOW_INTEGER, 0 },
	{ "fd.sport", F_FD_SPORT, HOW_INTEGER, 0 },
	{ "fd.cport", F_FD_CPORT, HOW_INTEGER, 0 },
	{ "fd.sip", F_FD_SIP, HOW_ADDRESS, 0 },
	{ "fd.cip", F_FD_CIP, HOW_ADDRESS, 0 },
	{ "fd.snet", F_FD_SIP, HOW_ADDRESS, 0 },
	{ "fd.cnet", F_FD_CIP, HOW_ADDRESS, 0 },
	{ "proc.is_exe_from_memfd", F_PROC_IS_EXE_FROM_MEMFD, HOW_BOOL, 0 },
	{ "proc.is_exe_upper_layer", F_PROC_IS_EXE_UPPER_LAYER, HOW_BOOL, 0 },
};

static const struct pushable *pushable(const struct check *c)
{
	const struct operand *o = c->left;

	if (o->kind != OPERAND_FIELD || o->has_arg)
		return NULL;
	for (size_t i = 0; i < nitems(pushables); i++)
		if (strlen(pushables[i].name) == o->text.len &&
		    !memcmp(pushables[i].name, o->text.s, o->text.len))
			return &pushables[i];
	return NULL;
}

static bool is_equal(const struct check *c)
{
	return c->op == OP_EQ || c->op == OP_EQEQ || c->op == OP_IN || c->op == OP_INTERSECTS;
}

static bool is(const struct ast_value *v, const char *s)
{
	return v->len == strlen(s) && !memcmp(v->s, s, v->len);
}

/* ---- values to terms; false: the kernel cannot decide it */

struct terms {
	struct plan_term *t;
	size_t n;
	bool negated;	/* none of them, instead of one of them */
};

static void put_text(struct terms *t, enum plan_term_kind kind, const char *s, size_t len)
{
	t->t[t->n++] = (struct plan_term){ .kind = kind, .text = s, .len = (uint32_t)len };
}

static void put_range(struct terms *t, int64_t lo, int64_t hi)
{
	t->t[t->n++] = (struct plan_term){ .kind = PLAN_RANGE, .lo = lo, .hi = hi };
}

/* texts of a check's values with something before or behind them */
static bool put_joined(struct pusher *p, struct terms *t, enum plan_term_kind kind,
		       const char *before, const struct ast_value *v, const char *behind)
{
	size_t b = strlen(before), e = strlen(behind);
	char *s = arena_alloc(p->arena, b + v->len + e + 1);

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
	size_t end = strcspn(v->s, "[\\");	/* behind it nothing is looked at */

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
	put_text(t, best == 0 ? PLAN_PREFIX :
		    best + best_len == v->len ? PLAN_SUFFIX : PLAN_CONTAINS,
		 v->s + best, best_len);
	return true;
}

static bool pmatch_terms(struct pusher *p, struct terms *t, const struct ast_value *v)
{
	size_t plain = strcspn(v->s, "*?[\\");

	if (v->len < 2 || v->s[0] != '/' || strstr(v->s, "//") || v->s[v->len - 1] == '/')
		return false;
	if (plain < v->len) {
		put_text(t, PLAN_PREFIX, v->s, plain);
		return true;
	}
	put_text(t, PLAN_EQUAL, v->s, v->len);
	return put_joined(p, t, PLAN_PREFIX, "", v, "/");
}

static bool text_terms(struct pusher *p, const struct check *c, bool negated, struct terms *t)
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
			ok = !negated && pmatch_terms(p, t, v);
			break;
		default:
			ok = false;
		}
	}
	return ok;
}

/* of a file its path up to the last slash; of a directory the whole path */
static bool directory_terms(struct pusher *p, const struct check *c, bool negated, struct terms *t)
{
	if (negated || (!is_equal(c) && c->op != OP_STARTSWITH))
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		const struct ast_value *v = &c->values[i];

		/* a name without any slash is in "/", too */
		if (is(v, "/") || v->len == 0)
			return false;
		if (c->op == OP_STARTSWITH) {
			put_text(t, PLAN_PREFIX, v->s, v->len);
			continue;
		}
		put_text(t, PLAN_EQUAL, v->s, v->len);
		if (!put_joined(p, t, PLAN_PREFIX, "", v, "/"))
			return false;
	}
	return true;
}

static bool filename_terms(struct pusher *p, const struct check *c, bool negated, struct terms *t)
{
	if (negated || (!is_equal(c) && c->op != OP_ENDSWITH))
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		/* a name without a slash has "/" for a filename: leave it to the rule */
		if (is(&c->values[i], "/"))
			return false;
		if (c->op == OP_ENDSWITH)
			put_text(t, PLAN_SUFFIX, c->values[i].s, c->values[i].len);
		else if (!put_joined(p, t, PLAN_SUFFIX, "/", &c->values[i], ""))
			return false;
	}
	return true;
}

static bool type_terms(const struct check *c, bool negated, struct terms *t)
{
	static const struct {
		const char *type, *letter;
	} letters[] = { { "file", "f" }, { "directory", "d" }, { "ipv4", "4" }, { "ipv6", "6" } };

	if (!is_equal(c))
		return false;
	t->negated = negated;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		size_t j = 0;

		while (j < nitems(letters) && !is(&c->values[i], letters[j].type))
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
	if (c->nvalues != 1 || (!is_equal(c) && c->op != OP_NE))
		return false;
	*wanted = is(&c->values[0], "true");
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

	if (!is_equal(c) && c->op != OP_NE)
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		success |= is(&c->values[i], "SUCCESS");
		failure |= !is(&c->values[i], "SUCCESS");
	}
	if (inverted && failure)
		return false;	/* not EPERM may be any other error */
	if (success != inverted)
		put_range(t, 0, INT64_MAX);
	if (failure || (success && inverted))
		put_range(t, INT64_MIN, -1);
	return true;
}

static bool address_terms(const struct check *c, bool negated, struct terms *t)
{
	if (negated || !is_equal(c))
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

static bool field_terms(struct pusher *p, const struct pushable *f, const struct check *c,
			bool negated, struct terms *t)
{
	switch (f->how) {
	case HOW_TEXT:
		return text_terms(p, c, negated, t);
	case HOW_DIRECTORY:
		return directory_terms(p, c, negated, t);
	case HOW_FILENAME:
		return filename_terms(p, c, negated, t);
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

/* ---- checks */

static void left(struct pusher *p, const struct ast *check, const char *why, struct cubes *out)
{
	if (p->left)
		p->left(p->arg, check, why);
	cubes_any(out);
}

static void push_events(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;
	struct event_set set = { { 0 } };

	if (!is_equal(c) && c->op != OP_NE) {
		left(p, node, "event types are compared by a pattern", out);
		return;
	}
	for (uint32_t i = 0; i < c->nvalues; i++) {
		const struct event_type *e = event_by_name(c->values[i].s, c->values[i].len);

		if (!e) {
			/* a system call that has no event of its own comes as the generic one */
			e = event_by_id(EV_SYSCALL);
			if (negated || c->op == OP_NE)
				continue;
		}
		set.bits[e->id / 64] |= 1ULL << e->id % 64;
	}
	if (negated != (c->op == OP_NE))
		for (size_t i = 0; i < nitems(set.bits); i++)
			set.bits[i] = ~set.bits[i];
	cubes_events(out, &set);
}

/* evt.num = 0 is how people write "never" */
static void push_never(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;

	if (!negated && (c->op == OP_EQ || c->op == OP_EQEQ) && is(&c->values[0], "0"))
		out->n = 0;
	else if (negated || c->op != OP_GT)
		left(p, node, "numbers of events are given behind the kernel", out);
	else
		cubes_any(out);
}

static int push_check(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;
	const struct pushable *f = pushable(c);
	struct terms t = { 0 };
	struct plan_pred *pred;

	if (!f) {
		left(p, node, "the kernel does not have this field", out);
		return 0;
	}
	if (c->modifier != MODIFIER_NONE ||
	    (c->rhs != RHS_STRING && c->rhs != RHS_NUMBER && c->rhs != RHS_LIST &&
	     c->rhs != RHS_IDENT)) {
		left(p, node, "only comparisons with fixed values are for the kernel", out);
		return 0;
	}
	if (c->nvalues == 0) {	/* "in ()" is never true */
		cubes_any(out);
		out->n = negated;
		return 0;
	}
	if (f->how == HOW_EVENT || f->how == HOW_NEVER) {
		(f->how == HOW_EVENT ? push_events : push_never)(p, node, negated, out);
		return 0;
	}
	pred = arena_new(p->arena, struct plan_pred);
	t.t = arena_array(p->arena, struct plan_term, 2 * (size_t)c->nvalues);
	if (!pred || !t.t)
		return -1;
	if (!field_terms(p, f, c, negated, &t)) {
		left(p, node, "this comparison is not for the kernel", out);
		return 0;
	}
	*pred = (struct plan_pred){ f->field, t.negated, t.n, t.t };
	cubes_pred(out, pred);
	return 0;
}

static int push(struct pusher *p, const struct ast *node, bool negated, unsigned int level,
		struct cubes *out)
{
	bool conjunction = (node->kind == AST_AND) != negated;
	struct cubes *child;

	if (level > LEVEL_MAX || node->kind == AST_MACRO) {
		cubes_any(out);
		return 0;
	}
	if (node->kind == AST_CHECK)
		return push_check(p, node, negated, out);
	if (node->kind == AST_NOT)
		return push(p, node->children[0], !negated, level + 1, out);
	child = arena_new(p->arena, struct cubes);
	if (!child || push(p, node->children[0], negated, level + 1, out) == -1)
		return -1;
	for (uint32_t i = 1; i < node->nchildren; i++) {
		if (push(p, node->children[i], negated, level + 1, child) == -1)
			return -1;
		if ((conjunction ? cubes_and : cubes_or)(out, child, p->arena) == -1)
			return -1;
	}
	return 0;
}

int pushdown(const struct ast *cond, struct arena *arena, pushdown_left *left_fn, void *arg,
	     struct cubes *out)
{
	struct pusher p = { arena, left_fn, arg };

	return push(&p, cond, false, 0, out);
}
