// SPDX-License-Identifier: BSD-2-Clause
/* Conditions to trees: shapes, values, positions, errors. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/secmon-match/lex.h"
#include "cmd/secmon-match/parse.h"
#include "common/compat.h"

static struct arena arena;
static struct parse_error err;

static int setup(void **state)
{
	arena_init(&arena, 0);
	return 0;
}

static int teardown(void **state)
{
	arena_free(&arena);
	return 0;
}

static struct ast *parse(const char *text)
{
	return parse_condition(text, strlen(text), &arena, NULL, 0, NULL, &err);
}

static void prints(const char *text, const char *want)
{
	struct ast *a = parse(text);
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(a);
	ast_print(f, a);
	fclose(f);
	assert_string_equal(out, want);
	free(out);
}

static void fails(const char *text, size_t index, const char *why)
{
	assert_null(parse(text));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(err.index, index);
	assert_non_null(strstr(err.text, why));
}

static void test_precedence(void **state)
{
	prints("a or b and not c", "(a or (b and not c))");
	prints("(a or b) and c", "((a or b) and c)");
	prints("not not not a", "not a");
	prints("not (a and not(b))", "not (a and not b)");
	prints("(a)and(b)or(c)", "((a and b) or c)");
}

static void test_chains_are_flat(void **state)
{
	struct ast *a = parse("a and b and c and d");

	assert_int_equal(a->kind, AST_AND);
	assert_int_equal(a->nchildren, 4);
	assert_int_equal(a->weight, 5);
	assert_int_equal(a->depth, 2);
	assert_string_equal(a->children[3]->macro.s, "d");
}

static void test_check(void **state)
{
	struct ast *a = parse("proc.aname[2] in (x, \"y z\", 'w')");
	const struct check *c = &a->check;

	assert_int_equal(a->kind, AST_CHECK);
	assert_int_equal(c->op, OP_IN);
	assert_int_equal(c->rhs, RHS_LIST);
	assert_string_equal(c->left->text.s, "proc.aname");
	assert_string_equal(c->left->arg.s, "2");
	assert_int_equal(c->nvalues, 3);
	assert_string_equal(c->values[1].s, "y z");
	assert_int_equal(c->values[1].start, 21);
	assert_int_equal(c->op_start, 14);
	assert_int_equal(a->pos.start, 0);
	assert_int_equal(a->pos.end, 32);
}

static void test_operands(void **state)
{
	struct ast *a = parse("join(\"-\", (tolower(fd.name), \"x\", 12)) = val(proc.name)");
	const struct check *c = &a->check;

	assert_int_equal(c->left->kind, OPERAND_CALL);
	assert_int_equal(c->left->function, FN_JOIN);
	assert_int_equal(c->left->nargs, 2);
	assert_int_equal(c->left->args[1]->kind, OPERAND_LIST);
	assert_int_equal(c->left->args[1]->args[0]->function, FN_TOLOWER);
	assert_int_equal(c->left->args[1]->args[2]->kind, OPERAND_NUMBER);
	assert_int_equal(c->left->depth, 4);
	assert_int_equal(c->rhs, RHS_FIELD);
	assert_string_equal(c->right->text.s, "proc.name");
}

static void test_modifiers(void **state)
{
	struct ast *a = parse("proc.name startswith oneof (a, b)");

	assert_int_equal(a->check.modifier, MODIFIER_ONEOF);
	assert_int_equal(a->check.nvalues, 2);
	a = parse("proc.name = anyof and fd.name exists");
	assert_int_equal(a->children[0]->check.modifier, MODIFIER_NONE);
	assert_string_equal(a->children[0]->check.values[0].s, "anyof");
	a = parse("proc.name = allof names");
	assert_int_equal(a->check.rhs, RHS_IDENT);
	fails("proc.name = oneof(a)", 17, "unexpected token after 'oneof'");
}

static void test_escapes(void **state)
{
	struct ast *a = parse("a.b = \"q\\\" \\\\ \\t \\x00\\xfe\\ \"");
	static const char want[] = "q\" \\ \t \0\xfe\\";

	assert_int_equal(a->check.values[0].len, sizeof(want) - 1);
	assert_memory_equal(a->check.values[0].s, want, sizeof(want));
	fails("a.b = \"\\q\"", 10, "unsupported string escape sequence: \\q");
	fails("a.b = '\\\"'", 10, "invalid \\\" escape in '-quoted string");
	fails("a.b = \"\\x4\"", 11, "two hexadecimal digits");
	fails("a.b = \"c:\\\\\"", 6, "expected a string value");
}

static void test_numbers(void **state)
{
	static const char *const right[] = { "10", "-1", "+5", "0x1F", "1.", "1.5e+3" };

	for (size_t i = 0; i < nitems(right); i++) {
		char text[32];
		struct ast *a;

		snprintf(text, sizeof(text), "a.b < %s", right[i]);
		a = parse(text);
		assert_non_null(a);
		assert_int_equal(a->check.rhs, RHS_NUMBER);
		assert_string_equal(a->check.values[0].s, right[i]);
	}
	fails("a.b < \"10\"", 6, "expected a number value");
	fails("a.b < 1e5", 7, "unexpected token after '1'");
}

static void test_errors(void **state)
{
	fails("", 0, "expected a '(' token, a field check, or an identifier");
	fails("a and", 5, "expected blank or '(' after 'and'");
	fails("a\n  b", 4, "unexpected token after 'a'");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
	fails("(a", 2, "expected a ')' token");
	fails("a.b like c", 4, "expected a valid check operator");
	fails("a.b = (c)", 6, "expected a string value");
	fails("a.b[", 4, "expected a valid field argument");
	fails("a.b in (c,,d)", 10, "expected a string value");
	fails("b64(c) = d", 4, "expected field transformer argument");
}

static void test_depth(void **state)
{
	char text[2048] = "";

	memset(text, '(', 200);
	assert_null(parse_condition(text, 200, &arena, NULL, 0, NULL, &err));
	assert_string_equal(err.text, "exceeded max depth limit of 1000");
	assert_null(parse_condition("((((a))))", 9, &arena, NULL, 20, NULL, &err));
	assert_non_null(parse_condition("(((a)))", 7, &arena, NULL, 20, NULL, &err));
}

static void test_memory(void **state)
{
	struct arena small;

	arena_init(&small, 200);
	assert_null(parse_condition("a.b = c and d.e = f", 19, &small, NULL, 0, NULL, &err));
	assert_int_equal(errno, ENOMEM);
	arena_free(&small);
}

static void test_operand_alone(void **state)
{
	struct operand *o;
	size_t used;

	o = parse_operand("proc.aname[2] rest", 18, &arena, &used, &err);
	assert_non_null(o);
	assert_int_equal(used, 13);
	o = parse_operand("tolower( fd.name ), x", 21, &arena, &used, &err);
	assert_non_null(o);
	assert_int_equal(used, 18);
	assert_null(parse_operand("word", 4, &arena, &used, &err));
}

static void test_names(void **state)
{
	assert_true(parse_is_identifier("a_1", 3));
	assert_false(parse_is_identifier("1a", 2));
	assert_false(parse_is_identifier("a-b", 3));
	assert_true(parse_is_bare("a-b/c*", 6));
	assert_false(parse_is_bare("a b", 3));
	assert_false(parse_is_bare("", 0));
}

static void count(void *arg, const struct ast *check)
{
	assert_int_equal(check->kind, AST_CHECK);
	++*(int *)arg;
}

static void test_walk(void **state)
{
	int n = 0;

	ast_walk(parse("a.b = c and (not d.e exists or f) and g.h in (i)"), count, &n);
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),    cmocka_unit_test(test_chains_are_flat),
		cmocka_unit_test(test_check),	      cmocka_unit_test(test_operands),
		cmocka_unit_test(test_modifiers),     cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_numbers),	      cmocka_unit_test(test_errors),
		cmocka_unit_test(test_depth),	      cmocka_unit_test(test_memory),
		cmocka_unit_test(test_operand_alone), cmocka_unit_test(test_names),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
