// SPDX-License-Identifier: BSD-2-Clause
/* What is right in a condition and probably not meant. */
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/lex.h"
#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/parse.h"
#include "common/fields.h"

struct lint {
	struct loader *l;
	const struct subject *s;
	bool found; /* something in the values looked at last */
};

static bool text_is(const struct text *t, const char *s)
{
	return t->len == strlen(s) && !memcmp(t->s, s, t->len);
}

static bool text_begins(const struct text *t, const char *s)
{
	return t->len >= strlen(s) && !memcmp(t->s, s, strlen(s));
}

static void warn(struct lint *lint, enum load_code code, const struct ast_pos *pos,
		 const char *text)
{
	load_find_at(lint->l, code, lint->s, pos, NULL, text);
}

/* the enter half of events is gone, and with it these */
static void lint_deprecated(struct lint *lint, const struct operand *o)
{
	if (o->kind != OPERAND_FIELD) {
		for (uint32_t i = 0; i < o->nargs; i++)
			lint_deprecated(lint, o->args[i]);
		return;
	}
	if (text_is(&o->text, "evt.dir"))
		warn(lint, LOAD_DEPRECATED_ITEM, &o->pos,
		     "due to the drop of enter events, 'evt.dir = <' always evaluates to true, and "
		     "'evt.dir = >' always evaluates to false. The rule expression can be "
		     "simplified by removing the condition on 'evt.dir'");
	else if (text_begins(&o->text, "evt.latency") || text_is(&o->text, "evt.wait_latency"))
		warn(lint, LOAD_DEPRECATED_ITEM, &o->pos,
		     "field is not available due to the drop of enter events.");
}

static bool compares_na(const struct check *c)
{
	bool op = c->op == OP_EQ || c->op == OP_EQEQ || c->op == OP_NE || c->op == OP_IN ||
		  c->op == OP_INTERSECTS || c->op == OP_PMATCH;

	for (uint32_t i = 0; op && i < c->nvalues; i++)
		if (c->values[i].len == 4 && !memcmp(c->values[i].s, "<NA>", 4))
			return true;
	return false;
}

static void lint_na(struct lint *lint, const struct ast *a)
{
	const struct operand *o = a->check.left;

	if (o->kind == OPERAND_FIELD &&
	    (text_begins(&o->text, "ka.") || text_begins(&o->text, "jevt.")) &&
	    compares_na(&a->check))
		warn(lint, LOAD_UNSAFE_NA_CHECK, &a->pos,
		     "comparing a field value with <NA> is unsafe and can lead to unpredictable "
		     "behavior of the rule condition. If you need to check for the existence of a "
		     "field, consider using the 'exists' operator instead.");
}

/* a word with nothing but ^ .* .+ .? before it and $ .* .+ .? after it */
static bool is_simple_regex(const char *s, size_t len)
{
	if (len && *s == '^')
		s++, len--;
	else if (len >= 2 && *s == '.' && strchr("*+?", s[1]))
		s += 2, len -= 2;
	if (len && s[len - 1] == '$')
		len--;
	else if (len >= 2 && s[len - 2] == '.' && strchr("*+?", s[len - 1]))
		len -= 2;
	for (size_t i = 0; i < len; i++)
		if (!s[i] || strchr(".[]{}()\\*+?^$|", s[i]))
			return false;
	return len > 0;
}

static bool is_field(const struct ast_value *v)
{
	struct lexer l = { .text = v->s, .len = v->len };
	const struct field *f;
	struct text name;

	if (!memchr(v->s, '.', v->len) || !lex_field_name(&l, &name) ||
	    (l.at < v->len && v->s[l.at] != '['))
		return false;
	if (text_begins(&name, "evt.arg."))
		return arg_by_name(name.s + 8, name.len - 8) >= 0;
	f = field_by_name(name.s, name.len);
	return f && !(f->flags & FIELD_WIRE_ONLY);
}

static bool is_call(const struct ast_value *v)
{
	struct lexer l = { .text = v->s, .len = v->len };

	return v->len && v->s[v->len - 1] == ')' && lex_function(&l) >= 0;
}

static void lint_value(struct lint *lint, const struct ast *a, const struct ast_value *v)
{
	size_t start = a->check.values_at + v->start;
	struct ast_pos pos = { a->pos.src, start, start + v->len };
	int n = v->len < 100 ? v->len : 100;
	char text[384];

	if (a->check.op == OP_REGEX && is_simple_regex(v->s, v->len))
		snprintf(text, sizeof(text),
			 "regex check with '%.*s' may be optimized with simpler operators such as "
			 "'=', 'contains', 'startswith', 'endswith'",
			 n, v->s);
	else if (is_field(v))
		snprintf(text, sizeof(text),
			 "'%.*s' may be a valid field misused as a const string value", n, v->s);
	else if (is_call(v))
		snprintf(text, sizeof(text),
			 "'%.*s' may be a valid field transformer misused as a const string value",
			 n, v->s);
	else
		return;
	warn(lint, LOAD_COMPILE_CONDITION, &pos, text);
	lint->found = true;
}

static void lint_values(struct lint *lint, const struct ast *a)
{
	const struct check *c = &a->check;
	bool same = c->list && c->op != OP_REGEX; /* as for the others who have the list */

	if (same && c->list->clean)
		return;
	lint->found = false;
	for (uint32_t i = 0; i < c->nvalues; i++)
		lint_value(lint, a, &c->values[i]);
	if (same)
		c->list->clean = !lint->found;
}

static void lint_check(void *arg, const struct ast *a)
{
	struct lint *lint = arg;
	const struct check *c = &a->check;

	lint_deprecated(lint, c->left);
	if (c->right)
		lint_deprecated(lint, c->right);
	lint_na(lint, a);
	if (c->rhs != RHS_NUMBER)
		lint_values(lint, a);
}

void lint_condition(struct loader *l, const struct subject *s, const struct ast *tree)
{
	struct lint lint = { l, s };

	ast_walk(tree, lint_check, &lint);
}
