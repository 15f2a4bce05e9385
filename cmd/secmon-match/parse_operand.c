// SPDX-License-Identifier: BSD-2-Clause
/* What stands left and right of an operator: fields, transformers, values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/parse_impl.h"

enum { LONG_LIST = 4096 }; /* bytes of a list that is worth sharing */

#define TRANSFORMERS                                                                               \
	"'val', 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'"

static struct operand *new_operand(struct parser *p, enum operand_kind kind, size_t start)
{
	struct operand *o = arena_new(p->lex.arena, struct operand);

	if (!o) {
		parser_no_memory(p);
		return NULL;
	}
	o->kind = kind;
	o->depth = 1;
	o->pos = (struct ast_pos){ p->src, start, p->lex.at };
	return o;
}

static int copy_text(struct parser *p, struct text *to, const struct text *from)
{
	to->s = arena_copy(p->lex.arena, from->s, from->len);
	to->len = from->len;
	if (to->s)
		return 0;
	parser_no_memory(p);
	return -1;
}

/* 1 taken, 0 none, -1 wrong */
static int take_quoted(struct parser *p, struct text *t)
{
	const char *bad;
	int found = lex_quoted(&p->lex, t, &bad);

	if (found == -1 && bad)
		parser_fail(p, "%s", bad);
	else if (found == -1)
		parser_no_memory(p);
	return found;
}

/* "[arg]" directly after a field or a call */
static int parse_arg(struct parser *p, struct operand *o)
{
	struct text t;
	int found;

	if (!lex_word(&p->lex, "["))
		return 0;
	found = take_quoted(p, &t);
	if (found == -1)
		return -1;
	o->arg_quoted = found;
	if (!found && !lex_bare_arg(&p->lex, &t)) {
		parser_fail(p, "expected a valid field argument: a quoted string or a bare string");
		return -1;
	}
	if (!lex_word(&p->lex, "]")) {
		parser_fail(p, "expected a ']' token");
		return -1;
	}
	o->has_arg = true;
	o->pos.end = p->lex.at;
	return copy_text(p, &o->arg, &t);
}

static struct operand *parse_literal(struct parser *p, size_t start)
{
	struct operand *o;
	struct text t;
	bool number = lex_number(&p->lex, &t);

	if (!number && take_quoted(p, &t) != 1)
		return NULL;
	o = new_operand(p, number ? OPERAND_NUMBER : OPERAND_TEXT, start);
	return o && !copy_text(p, &o->text, &t) ? o : NULL;
}

/* One argument of a transformer or one item of a list among them; NULL if none. */
static struct operand *parse_item(struct parser *p)
{
	struct operand *o = parse_literal(p, p->lex.at);

	return o || p->failed ? o : parser_operand(p);
}

static int finish_args(struct parser *p, struct operand *o, size_t base)
{
	o->nargs = p->operands.n - base;
	o->args = parser_pop(p, &p->operands, base);
	if (!o->args)
		return -1;
	for (uint32_t i = 0; i < o->nargs; i++)
		if (o->depth <= o->args[i]->depth)
			o->depth = o->args[i]->depth + 1;
	o->pos.end = p->lex.at;
	return 0;
}

/* after "(" of a list among the arguments of a transformer */
static struct operand *parse_arg_list(struct parser *p, size_t start)
{
	struct operand *o = new_operand(p, OPERAND_LIST, start), *item;
	size_t base = p->operands.n;

	if (!o)
		return NULL;
	lex_blank(&p->lex);
	if (!lex_word(&p->lex, ")")) {
		do {
			lex_blank(&p->lex);
			item = parse_item(p);
			if (!item) {
				parser_fail(p, "expected transformer list argument: field, "
					       "transformer, quoted string, or number");
				return NULL;
			}
			if (parser_push(p, &p->operands, item))
				return NULL;
			lex_blank(&p->lex);
		} while (lex_word(&p->lex, ","));
		if (!lex_word(&p->lex, ")")) {
			parser_fail(p, "expected a ')' token closing the transformer list");
			return NULL;
		}
	}
	return finish_args(p, o, base) ? NULL : o;
}

static struct operand *parse_transformer_arg(struct parser *p)
{
	size_t start = p->lex.at;
	struct operand *o = parse_literal(p, start);

	if (o || p->failed)
		return o;
	o = lex_word(&p->lex, "(") ? parse_arg_list(p, start) : parser_operand(p);
	if (!o)
		parser_fail(p, "expected field transformer argument: field, transformer, "
			       "quoted string, number, or transformer list");
	return o;
}

/* after "name(" */
static struct operand *parse_call(struct parser *p, int fn, size_t start)
{
	struct operand *o = new_operand(p, OPERAND_CALL, start), *arg;
	size_t base = p->operands.n;

	if (!o || parser_deeper(p))
		return NULL;
	o->function = fn;
	do {
		lex_blank(&p->lex);
		arg = parse_transformer_arg(p);
		if (!arg || parser_push(p, &p->operands, arg))
			return NULL;
		lex_blank(&p->lex);
	} while (lex_word(&p->lex, ","));
	if (!lex_word(&p->lex, ")")) {
		parser_fail(p, "expected a ')' token closing the transformer");
		return NULL;
	}
	p->depth--;
	if (finish_args(p, o, base) || parse_arg(p, o))
		return NULL;
	return o;
}

static struct operand *parse_field(struct parser *p)
{
	size_t start = p->lex.at;
	struct operand *o;
	struct text name;

	if (!lex_field_name(&p->lex, &name))
		return NULL;
	o = new_operand(p, OPERAND_FIELD, start);
	return o && !copy_text(p, &o->text, &name) && !parse_arg(p, o) ? o : NULL;
}

struct operand *parser_operand(struct parser *p)
{
	size_t start = p->lex.at;
	int fn = lex_function(&p->lex);

	return fn >= 0 ? parse_call(p, fn, start) : parse_field(p);
}

/* val(field) or a transformer: 1 there, 0 not, -1 wrong */
static int parse_right_operand(struct parser *p, struct check *c)
{
	size_t start = p->lex.at;
	int fn;

	if (lex_word(&p->lex, "val(")) {
		lex_blank(&p->lex);
		c->rhs = RHS_FIELD;
		c->right = parse_field(p);
		if (!c->right)
			parser_fail(p, "expected a field within 'val' transformer");
		lex_blank(&p->lex);
		if (!lex_word(&p->lex, ")"))
			parser_fail(p, "expected a ')' token closing the transformer");
		return p->failed ? -1 : 1;
	}
	fn = lex_function(&p->lex);
	if (fn < 0)
		return 0;
	c->rhs = RHS_CALL;
	c->right = parse_call(p, fn, start);
	return c->right ? 1 : -1;
}

static int add_value(struct parser *p, const struct text *t, size_t start)
{
	struct text copy;

	if (p->nvalues == p->values_room) {
		size_t room = p->values_room ? p->values_room * 2 : 64;
		struct ast_value *v = reallocarray(p->values, room, sizeof(*v));

		if (!v) {
			parser_no_memory(p);
			return -1;
		}
		p->values = v;
		p->values_room = room;
	}
	if (copy_text(p, &copy, t))
		return -1;
	p->values[p->nvalues++] = (struct ast_value){ copy.s, copy.len, start };
	return 0;
}

static int take_values(struct parser *p, struct check *c, enum rhs_kind kind)
{
	struct ast_value *v = arena_array(p->lex.arena, struct ast_value, p->nvalues);

	if (!v) {
		parser_no_memory(p);
		return -1;
	}
	if (p->nvalues)
		memcpy(v, p->values, p->nvalues * sizeof(*v));
	c->rhs = kind;
	c->values = v;
	c->nvalues = p->nvalues;
	return 0;
}

static int one_value(struct parser *p, struct check *c, enum rhs_kind kind, const struct text *t,
		     size_t start)
{
	p->nvalues = 0;
	return add_value(p, t, start) || take_values(p, c, kind) ? -1 : 0;
}

/* 1 there, 0 not, -1 wrong */
static int take_string(struct parser *p, struct text *t)
{
	int found = take_quoted(p, t);

	return found ? found : lex_bare(&p->lex, t);
}

/* The long list that stands here, letter by letter, and was read before. */
static struct long_list *known_list(const struct parser *p)
{
	size_t left = p->lex.len - p->lex.at;

	for (struct long_list *k = p->lists ? p->lists->first : NULL; k; k = k->next)
		if (k->len <= left && memcmp(k->text, p->lex.text + p->lex.at, k->len) == 0)
			return k;
	return NULL;
}

static void share_list(struct check *c, struct long_list *k, size_t at)
{
	c->rhs = RHS_LIST;
	c->values = k->values;
	c->nvalues = k->nvalues;
	c->values_at = (uint32_t)at;
	c->list = k;
}

/* What was read from at on into p->values, for all who write the same. */
static int new_list(struct parser *p, struct check *c, size_t at)
{
	static unsigned int serial;
	struct long_list *k = arena_new(p->lex.arena, struct long_list);

	if (!k || take_values(p, c, RHS_LIST)) {
		parser_no_memory(p);
		return -1;
	}
	k->len = p->lex.at - at;
	k->text = arena_copy(p->lex.arena, p->lex.text + at, k->len);
	if (!k->text) {
		parser_no_memory(p);
		return -1;
	}
	for (uint32_t i = 0; i < c->nvalues; i++)
		((struct ast_value *)c->values)[i].start -= (uint32_t)at;
	k->values = c->values;
	k->nvalues = c->nvalues;
	k->serial = ++serial;
	k->next = p->lists->first;
	p->lists->first = k;
	share_list(c, k, at);
	return 0;
}

/* after "(": strings up to the ")" */
static int read_list(struct parser *p)
{
	struct text t;
	size_t start;
	int found;

	p->nvalues = 0;
	lex_blank(&p->lex);
	start = p->lex.at;
	found = take_string(p, &t);
	while (found == 1) {
		if (add_value(p, &t, start))
			return -1;
		lex_blank(&p->lex);
		if (!lex_word(&p->lex, ","))
			break;
		lex_blank(&p->lex);
		start = p->lex.at;
		found = take_string(p, &t);
		if (!found)
			parser_fail(p, "expected a string value");
	}
	if (!p->failed && !lex_word(&p->lex, ")"))
		parser_fail(p, "expected a ')' token");
	return p->failed ? -1 : 0;
}

static int parse_list(struct parser *p, struct check *c)
{
	struct long_list *known = known_list(p);
	size_t at = p->lex.at;

	if (known) {
		p->lex.at += known->len;
		p->lex.last = (struct text){ p->lex.text + p->lex.at - 1, 1 };
		share_list(c, known, at);
		return 0;
	}
	if (read_list(p))
		return -1;
	if (!p->lists || p->lex.at - at < LONG_LIST)
		return take_values(p, c, RHS_LIST);
	return new_list(p, c, at);
}

static int parse_number(struct parser *p, struct check *c)
{
	size_t start = p->lex.at;
	int found = parse_right_operand(p, c);
	struct text t;

	if (found)
		return found == 1 ? 0 : -1;
	if (lex_number(&p->lex, &t))
		return one_value(p, c, RHS_NUMBER, &t, start);
	parser_fail(p,
		    "expected a number value or a field with a valid transformer: " TRANSFORMERS);
	return -1;
}

static bool is_word(const struct text *t, const char *word)
{
	return t->len == strlen(word) && !memcmp(t->s, word, t->len);
}

/* "oneof (a, b)" or "oneof name": 1 there, 0 not (then nothing is taken), -1 wrong */
static int parse_modifier(struct parser *p, struct check *c)
{
	struct lexer before = p->lex;
	struct text t;
	size_t start;

	for (int m = MODIFIER_ONEOF; m <= MODIFIER_ALLOF; m++) {
		if (!lex_word(&p->lex, ast_modifier_name(m)))
			continue;
		if (!lex_blank(&p->lex))
			break;
		c->modifier = m;
		start = c->rhs_start = p->lex.at;
		if (lex_word(&p->lex, "("))
			return parse_list(p, c) ? -1 : 1;
		if (lex_identifier(&p->lex, &t) && !is_word(&t, "and") && !is_word(&t, "or") &&
		    !is_word(&t, "not"))
			return one_value(p, c, RHS_IDENT, &t, start) ? -1 : 1;
	}
	c->modifier = MODIFIER_NONE;
	c->rhs_start = before.at;
	p->lex = before;
	return 0;
}

static int parse_string(struct parser *p, struct check *c, bool blank)
{
	size_t start = p->lex.at;
	struct text t;
	int found = blank ? parse_modifier(p, c) : 0;

	if (!found)
		found = parse_right_operand(p, c);
	if (found)
		return found == 1 ? 0 : -1;
	if (take_string(p, &t) == 1)
		return one_value(p, c, RHS_STRING, &t, start);
	parser_fail(p,
		    "expected a string value or a field with a valid transformer: " TRANSFORMERS);
	return -1;
}

static int parse_list_side(struct parser *p, struct check *c)
{
	size_t start = p->lex.at;
	struct text t;
	int found;

	if (lex_word(&p->lex, "("))
		return parse_list(p, c);
	found = parse_right_operand(p, c);
	if (found)
		return found == 1 ? 0 : -1;
	if (lex_identifier(&p->lex, &t))
		return one_value(p, c, RHS_IDENT, &t, start);
	parser_fail(p, "expected a list, an identifier, or a field with a valid "
		       "transformer: " TRANSFORMERS);
	return -1;
}

int parser_right_side(struct parser *p, struct check *c)
{
	enum { NONE, NUMBER, STRING, LIST };
	static const struct {
		char arity;
		bool blank;
	} ops[] = {
#define OPERATOR(sym, text, arity, blank, modifier) { arity, blank },
#include "cmd/secmon-match/operators.def"
#undef OPERATOR
	};
	bool blank;
	int op, rc = 0;

	lex_blank(&p->lex);
	c->op_start = p->lex.at;
	op = lex_operator(&p->lex);
	if (op < 0) {
		parser_fail(
			p,
			"expected a valid check operator: one of 'exists', '<=', '<', '>=', '>', "
			"'==', '=', '!=', 'glob', 'iglob', 'contains', 'icontains', 'bcontains', "
			"'startswith', 'bstartswith', 'endswith', 'regex', 'intersects', 'in', "
			"'pmatch'");
		return -1;
	}
	c->op = op;
	c->rhs_end = p->lex.at;
	if (ops[op].arity == NONE)
		return 0;
	/* the blank that a word needs is already taken */
	blank = lex_blank(&p->lex) || ops[op].blank;
	c->rhs_start = p->lex.at;
	switch (ops[op].arity) {
	case NUMBER:
		rc = parse_number(p, c);
		break;
	case STRING:
		rc = parse_string(p, c, blank);
		break;
	case LIST:
		rc = parse_list_side(p, c);
		break;
	}
	c->rhs_end = p->lex.at;
	return rc;
}
