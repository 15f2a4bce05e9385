// SPDX-License-Identifier: BSD-2-Clause
/* The tree of a condition: names and canonical text. */
#include <string.h>

#include "cmd/secmon-match/ast.h"
#include "common/compat.h"

static const char *const op_names[] = {
#define OPERATOR(sym, text, arity, blank, modifier) text,
#include "cmd/secmon-match/operators.def"
#undef OPERATOR
};
static const char *const modifier_names[] = { "", "oneof", "anyof", "allof" };
static const char *const function_names[] = { "tolower", "toupper", "b64",    "basename",
					      "len",	 "join",    "concat", "getopt" };
static_assert(nitems(function_names) == FN_END, "one name for each");

static int by_name(const char *const *names, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], s, len))
			return (int)i;
	return -1;
}

const char *ast_op_name(enum ast_op op)
{
	return op_names[op];
}

int ast_op_by_name(const char *s, size_t len)
{
	return by_name(op_names, nitems(op_names), s, len);
}

const char *ast_modifier_name(enum ast_modifier m)
{
	return modifier_names[m];
}

const char *ast_function_name(enum ast_function fn)
{
	return function_names[fn];
}

int ast_function_by_name(const char *s, size_t len)
{
	return by_name(function_names, nitems(function_names), s, len);
}

static bool needs_quotes(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || strchr("=\"'\\", s[i]))
			return true;
	return false;
}

static void print_quoted(FILE *f, const char *s, size_t len)
{
	static const char from[] = "\b\f\n\r\t\\\"", to[] = "bfnrt\\\"";

	putc('"', f);
	for (size_t i = 0; i < len; i++) {
		const char *p = s[i] ? strchr(from, s[i]) : NULL;

		if (p)
			fprintf(f, "\\%c", to[p - from]);
		else if ((unsigned char)s[i] < ' ')
			fprintf(f, "\\x%02x", (unsigned char)s[i]);
		else
			putc(s[i], f);
	}
	putc('"', f);
}

static void print_value(FILE *f, const char *s, size_t len)
{
	if (needs_quotes(s, len))
		print_quoted(f, s, len);
	else
		fwrite(s, 1, len, f);
}

static void print_text(FILE *f, const struct text *t)
{
	print_value(f, t->s, t->len);
}

static void print_operands(FILE *f, const struct operand *o)
{
	putc('(', f);
	for (uint32_t i = 0; i < o->nargs; i++) {
		if (i)
			putc(',', f);
		ast_print_operand(f, o->args[i]);
	}
	putc(')', f);
}

void ast_print_operand(FILE *f, const struct operand *o)
{
	switch ((enum operand_kind)o->kind) {
	case OPERAND_FIELD:
	case OPERAND_TEXT:
	case OPERAND_NUMBER:
		print_text(f, &o->text);
		break;
	case OPERAND_CALL:
		fputs(function_names[o->function], f);
		print_operands(f, o);
		break;
	case OPERAND_LIST:
		print_operands(f, o);
		break;
	}
	if (!o->has_arg)
		return;
	putc('[', f);
	if (o->arg.len)
		print_text(f, &o->arg);
	else
		fputs("\"\"", f);
	putc(']', f);
}

static void print_values(FILE *f, const struct check *c)
{
	putc('(', f);
	for (uint32_t i = 0; i < c->nvalues; i++) {
		if (i)
			fputs(", ", f);
		print_value(f, c->values[i].s, c->values[i].len);
	}
	putc(')', f);
}

static void print_check(FILE *f, const struct check *c)
{
	ast_print_operand(f, c->left);
	fprintf(f, " %s", op_names[c->op]);
	if (c->modifier)
		fprintf(f, " %s", modifier_names[c->modifier]);
	if (c->rhs != RHS_NONE)
		putc(' ', f);
	switch ((enum rhs_kind)c->rhs) {
	case RHS_NONE:
		break;
	case RHS_STRING:
	case RHS_NUMBER:
	case RHS_IDENT:
		print_value(f, c->values[0].s, c->values[0].len);
		break;
	case RHS_LIST:
		print_values(f, c);
		break;
	case RHS_FIELD:
		fputs("val(", f);
		ast_print_operand(f, c->right);
		putc(')', f);
		break;
	case RHS_CALL:
		ast_print_operand(f, c->right);
		break;
	}
}

void ast_print(FILE *f, const struct ast *tree)
{
	switch ((enum ast_kind)tree->kind) {
	case AST_CHECK:
		print_check(f, &tree->check);
		return;
	case AST_MACRO:
		fwrite(tree->macro.s, 1, tree->macro.len, f);
		return;
	case AST_NOT:
		fputs("not ", f);
		ast_print(f, tree->children[0]);
		return;
	case AST_AND:
	case AST_OR:
		break;
	}
	putc('(', f);
	for (uint32_t i = 0; i < tree->nchildren; i++) {
		if (i)
			fputs(tree->kind == AST_AND ? " and " : " or ", f);
		ast_print(f, tree->children[i]);
	}
	putc(')', f);
}

void ast_walk(const struct ast *tree, void (*fn)(void *arg, const struct ast *check), void *arg)
{
	if (tree->kind == AST_CHECK) {
		fn(arg, tree);
		return;
	}
	if (tree->kind == AST_MACRO)
		return;
	for (uint32_t i = 0; i < tree->nchildren; i++)
		ast_walk(tree->children[i], fn, arg);
}
