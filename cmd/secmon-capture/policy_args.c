// SPDX-License-Identifier: BSD-2-Clause
/* matchArgs and matchReturnArgs: what is compared with what, as predicates. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy_match.h"

static const struct policy_word operators[] = {
	{ "Equal", OP_IS },
	{ "NotEqual", OP_IS | OP_NOT },
	{ "In", OP_IS },
	{ "NotIn", OP_IS | OP_NOT },
	{ "Prefix", OP_BEGIN },
	{ "NotPrefix", OP_BEGIN | OP_NOT },
	{ "Postfix", OP_ENDS },
	{ "NotPostfix", OP_ENDS | OP_NOT },
	{ "SubString", OP_HOLDS },
	{ "SubStringIgnCase", OP_OTHER },
	{ "GreaterThan", OP_ABOVE },
	{ "GT", OP_ABOVE },
	{ "LessThan", OP_BELOW },
	{ "LT", OP_BELOW },
	{ "Mask", OP_MASK },
	{ "InRange", OP_RANGE },
	{ "NotInRange", OP_RANGE | OP_NOT },
	{ "InMap", OP_MAP },
	{ "NotInMap", OP_MAP | OP_NOT },
	{ "FileType", OP_FILETYPE },
	{ "NotFileType", OP_FILETYPE | OP_NOT },
	{ "SAddr", OP_SADDR },
	{ "NotSAddr", OP_SADDR | OP_NOT },
	{ "DAddr", OP_DADDR },
	{ "NotDAddr", OP_DADDR | OP_NOT },
	{ "SPort", OP_SPORT },
	{ "NotSPort", OP_SPORT | OP_NOT },
	{ "DPort", OP_DPORT },
	{ "NotDPort", OP_DPORT | OP_NOT },
	{ "SPortPriv", OP_SPRIV },
	{ "NotSPortPriv", OP_SPRIV | OP_NOT },
	{ "DPortPriv", OP_DPRIV },
	{ "NotDPortPriv", OP_DPRIV | OP_NOT },
	{ "Protocol", OP_PROTOCOL },
	{ "Family", OP_FAMILY },
	{ "State", OP_STATE },
	{ "CapabilitiesGained", OP_OTHER },
	{ "CelExpr", OP_OTHER },
};

/* ---- values, those of lists among them */

struct each {
	struct match *m;
	void (*read)(struct match *m, struct policy_doc *d, yaml_node_t *n);
};

static void one_value(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct each *e = arg;
	struct policy *p = e->m->s->hook->policy;
	const char *text = policy_text(d, n, "values", &(size_t){ 0 });
	yaml_node_t *list;

	if (!text)
		return;
	if ((e->m->op & ~OP_NOT) != OP_MAP || strncmp(text, "list:", 5)) {
		e->read(e->m, d, n);
		return;
	}
	list = policy_list(p, n, text + 5);
	list = list ? policy_get(d, list, "values") : NULL;
	for (size_t i = 0; i < policy_items(list); i++)
		if (policy_text(d, policy_item(d, list, i), "values", &(size_t){ 0 }))
			e->read(e->m, d, policy_item(d, list, i));
}

void match_values(struct match *m,
		  void (*read)(struct match *m, struct policy_doc *d, yaml_node_t *n))
{
	struct policy_doc *d = m->s->hook->policy->doc;
	struct each e = { m, read };

	if (!m->values || !policy_items(m->values))
		policy_complain(d, m->at, "%s needs values", m->op_text);
	else
		policy_each(d, m->values, "values", one_value, &e);
}

void match_no_operator(struct match *m, const char *what)
{
	policy_complain(m->s->hook->policy->doc, m->at, "operator %s: not for %s", m->op_text,
			what);
}

/* ---- integers */

int match_number(struct policy_doc *d, const yaml_node_t *n, const char *s, char end,
		 const char **next, int64_t *v)
{
	char *e;

	errno = 0;
	*v = strtoll(s, &e, 0);
	if (errno == ERANGE && *s != '-') {
		errno = 0;
		*v = (int64_t)strtoull(s, &e, 0);
	}
	*next = e;
	if (e != s && !errno && *e == end)
		return 0;
	policy_complain(d, n, "'%s' is no number%s", s, end ? " or no range LOW:HIGH" : "");
	return -1;
}

static int64_t lowest(const struct policy_type *t)
{
	return !t->bits || t->bits == 64 ? (t->is_signed || !t->bits ? INT64_MIN : 0)
	       : t->is_signed		 ? -(1LL << (t->bits - 1))
					 : 0;
}

static int64_t highest(const struct policy_type *t)
{
	return !t->bits || t->bits == 64 ? INT64_MAX : (1LL << (t->bits - t->is_signed)) - 1;
}

/* what the policy's type calls lo..hi, as the field has it: unsigned or signed, of its width */
static void put_range(struct match *m, int64_t lo, int64_t hi)
{
	const int64_t wrap = 1LL << 32;
	bool is_u = m->arg->kind == CALL_U32 || m->arg->kind == CALL_U64;

	if (lo > hi)
		return;
	draft_range(m->s, lo, hi);
	if (is_u && lo < 0 && lo >= -wrap / 2)
		draft_range(m->s, lo + wrap, (hi < 0 ? hi : -1) + wrap);
	if (m->arg->kind == CALL_S32 && hi >= wrap / 2 && hi < wrap)
		draft_range(m->s, (lo > wrap / 2 ? lo : wrap / 2) - wrap, hi - wrap);
}

static void put_number(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL), *next;
	int64_t lo, hi;

	if (!s)
		return;
	switch (m->op & ~OP_NOT) {
	case OP_RANGE:
		if (match_number(d, n, s, ':', &next, &lo) == 0 &&
		    match_number(d, n, next + 1, '\0', &next, &hi) == 0)
			put_range(m, lo, hi);
		return;
	case OP_ABOVE:
		if (match_number(d, n, s, '\0', &next, &lo) == 0 && lo < highest(m->type))
			put_range(m, lo + 1, highest(m->type));
		return;
	case OP_BELOW:
		if (match_number(d, n, s, '\0', &next, &hi) == 0 && hi > lowest(m->type))
			put_range(m, lowest(m->type), hi - 1);
		return;
	case OP_MASK:
		if (match_number(d, n, s, '\0', &next, &lo) == 0)
			draft_bits(m->s, (uint64_t)lo);
		return;
	default:
		if (match_number(d, n, s, '\0', &next, &lo) == 0)
			put_range(m, lo, lo);
	}
}

/* the argument is always the same in these events: decided here */
static void decide(struct match *m)
{
	struct draft *s = m->s;
	const struct draft_pred *p = &s->preds[s->npreds - 1];
	bool holds = false;

	for (size_t i = p->first; i < p->first + p->nterms; i++) {
		const struct plan_term *t = &s->terms[i];

		holds |= t->kind == PLAN_BITS ? (m->arg->value & t->lo) != 0
					      : m->arg->value >= t->lo && m->arg->value <= t->hi;
	}
	if (holds == p->negated)
		s->never = true;
	s->npreds--;
}

static void match_integer(struct match *m)
{
	switch (m->op & ~OP_NOT) {
	case OP_IS:
	case OP_MAP:
	case OP_ABOVE:
	case OP_BELOW:
	case OP_RANGE:
	case OP_MASK:
		draft_pred(m->s, m->arg->field, match_is_not(m));
		match_values(m, put_number);
		if (m->arg->kind == CALL_CONST)
			decide(m);
		return;
	default:
		match_no_operator(m, "an integer");
	}
}

/* ---- an argument */

static void read_index(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	uint64_t v;

	if (policy_number(d, n, "index", 255, &v) == 0)
		((struct match *)arg)->index = (unsigned int)v;
}

static void read_positions(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct match *m = arg;
	const struct policy_hook *h = m->s->hook;
	uint64_t v;

	if (policy_items(n) != 1)
		policy_complain(d, n, "args: one number, the place in the hook's args, is due");
	else if (policy_number(d, policy_item(d, n, 0), "args", 255, &v) == 0 && v < h->nargs)
		m->index = h->args[v].index;
	else
		policy_complain(d, n, "args: the hook declares %zu", h->nargs);
}

static void read_operator(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct match *m = arg;

	m->op = policy_word(d, n, "operator", operators, nitems(operators));
	if (m->op != -1)
		m->op_text = policy_text(d, n, "operator", NULL);
	if (m->op == OP_OTHER)
		policy_complain(d, n, "operator %s: not done", m->op_text);
	if (m->op == OP_OTHER)
		m->op = -1;
}

static void read_values(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	((struct match *)arg)->values = policy_is_null(n) ? NULL : n;
}

static const struct policy_key keys[] = {
	{ "index", read_index },
	{ "args", read_positions },
	{ "operator", read_operator, NULL, true },
	{ "values", read_values },
};

static bool fits(const struct policy_type *t, const struct call_arg *a)
{
	switch (t->class) {
	case CLASS_INT:
		return (a->kind >= CALL_S32 && a->kind <= CALL_U64) || a->kind == CALL_FD ||
		       a->kind == CALL_CONST || a->kind == CALL_CALL;
	case CLASS_TEXT:
		return a->kind == CALL_TEXT || a->kind == CALL_PATH;
	case CLASS_FILE:
		return a->kind == CALL_PATH;
	case CLASS_FD:
		return a->kind == CALL_FD;
	case CLASS_NET:
		return a->kind >= CALL_SOCK && a->kind <= CALL_LADDR;
	case CLASS_CALL:
		return a->kind == CALL_CALL;
	default:
		return !strcmp(t->name, "auto");
	}
}

static void compare(struct match *m)
{
	switch (m->arg->kind) {
	case CALL_TEXT:
	case CALL_PATH:
		match_text(m, m->arg->field, m->arg->kind == CALL_PATH);
		return;
	case CALL_FD:
		if (m->type->class == CLASS_FD)
			match_text(m, m->arg->file, true);
		else
			match_integer(m);
		return;
	case CALL_SOCK:
	case CALL_ADDR:
	case CALL_LADDR:
		match_socket(m);
		return;
	case CALL_CALL:
		match_call(m);
		return;
	default:
		match_integer(m);
	}
}

void policy_match_arg(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct draft *s = arg;
	struct match m = { .s = s, .at = n, .op = -1 };
	const struct policy_arg *declared;

	policy_map(d, n, "matchArgs", keys, nitems(keys), &m);
	if (m.op == -1)
		return;
	declared = policy_arg_of(s->hook, m.index);
	if (!declared) {
		policy_complain(d, n, "matchArgs: argument %u is not among the hook's args",
				m.index);
		return;
	}
	m.type = declared->type;
	m.arg = call_arg(s->call, declared->index);
	if (!m.arg)
		policy_complain(d, n, "matchArgs: no event tells argument %u of %s",
				declared->index, s->call->name);
	else if (!fits(m.type, m.arg))
		policy_complain(d, declared->at, "argument %u of %s is not compared as '%s'",
				declared->index, s->call->name, m.type->name);
	else
		compare(&m);
}

void policy_match_return(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_type result = { "int", CLASS_INT, true, 64 };
	static const struct call_arg field = { .kind = CALL_S64, .field = F_EVT_RAWRES };
	struct draft *s = arg;
	struct match m = { .s = s, .at = n, .op = -1, .type = &result, .arg = &field };

	policy_map(d, n, "matchReturnArgs", keys, nitems(keys), &m);
	if (m.op == -1)
		return;
	if (s->call->syscall)
		match_integer(&m);
	else
		policy_complain(d, n,
				"matchReturnArgs: what %s returns is not told; hook the "
				"system call",
				s->call->name);
}
