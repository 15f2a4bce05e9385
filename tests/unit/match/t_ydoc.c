// SPDX-License-Identifier: BSD-2-Clause
/* YAML as a tree: kinds, keys, aliases, and where each byte was written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/secmon-match/ydoc.h"
#include "common/compat.h"

static struct arena arena;
static struct rulefile file = { .path = "t.yaml" };
static struct ydoc_error err;

static int setup(void **state)
{
	arena_init(&arena, 64 << 20);
	return 0;
}

static int teardown(void **state)
{
	arena_free(&arena);
	return 0;
}

static const struct ynode *parse(const char *text, size_t *n)
{
	const struct ynode **docs;

	file.content = text;
	file.len = strlen(text);
	if (ydoc_parse(&file, &arena, &docs, n, &err))
		return NULL;
	return *n ? docs[0] : NULL;
}

static const struct ynode *value(const char *text, const char *key)
{
	const struct ynode *v;
	size_t n;

	v = ynode_get(parse(text, &n), key);
	assert_non_null(v);
	return v;
}

static void test_kinds(void **state)
{
	static const char text[] = "a: ~\nb: 'null'\nc:\nd: [x, {y: z}]\ne: !!str ~\nf: 0x10\n";

	assert_int_equal(value(text, "a")->kind, YNODE_NULL);
	assert_int_equal(value(text, "b")->kind, YNODE_SCALAR);
	assert_int_equal(value(text, "c")->kind, YNODE_NULL);
	assert_int_equal(value(text, "d")->kind, YNODE_SEQ);
	assert_int_equal(value(text, "d")->items[1]->kind, YNODE_MAP);
	assert_int_equal(value(text, "e")->kind, YNODE_SCALAR);
	assert_string_equal(value(text, "f")->text, "0x10");
	assert_null(ynode_get(value(text, "d"), "x"));
}

static void test_first_key_counts(void **state)
{
	assert_string_equal(value("a: 1\na: 2\n", "a")->text, "1");
}

static void test_documents(void **state)
{
	size_t n;

	parse("---\na: 1\n---\n---\n- b\n", &n);
	assert_int_equal(n, 3);
	assert_null(parse("# nothing\n", &n));
	assert_int_equal(n, 0);
}

static void test_aliases(void **state)
{
	const struct ynode *b = value("a: &x [p, q]\nb: *x\n", "b");
	size_t n;

	assert_int_equal(b->n, 2);
	assert_int_equal(b->line, 1);
	assert_null(parse("a: &x [p, *x]\n", &n));
	assert_string_equal(err.text, "the alias stands inside what it names");
	assert_int_equal(err.place.column, 11);
	assert_null(parse("a: *x\n", &n));
	assert_int_equal(errno, EINVAL);
	/* an anchor ends with its document */
	assert_null(parse("a: &x 1\n---\nb: *x\n", &n));
	assert_null(ynode_get(parse("<<: {a: 1}\nb: 2\n", &n), "a"));
}

static void test_faults(void **state)
{
	size_t n;

	assert_null(parse("- rule: x\n\tdesc: y\n", &n));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(err.place.line, 2);
	assert_null(parse("a: \xff\n", &n));
	assert_int_equal(err.place.offset, 3);
}

/* the byte of value at the character c is written where the file has c */
static void found(const struct ynode *v, char c, unsigned int line, unsigned int column)
{
	const char *at = strchr(v->text, c);
	struct place p;

	assert_non_null(at);
	ynode_place(v, at - v->text, &p);
	assert_int_equal(file.content[p.offset], c);
	assert_int_equal(p.line, line);
	assert_int_equal(p.column, column);
}

static void test_place_plain(void **state)
{
	const struct ynode *v = value("# \xc3\xa9\nk: one two\n   three\n", "k");

	assert_string_equal(v->text, "one two three");
	found(v, 'o', 2, 4);
	found(v, 'w', 2, 9);
	found(v, 'h', 3, 5);
}

static void test_place_blocks(void **state)
{
	const struct ynode *v = value("k: >-\n  ab\n  cd\n\n  ef\n", "k");

	assert_string_equal(v->text, "ab cd\nef");
	found(v, 'b', 2, 4);
	found(v, 'c', 3, 3);
	found(v, 'f', 5, 4);
	v = value("k: |\n    ab\n      cd\n", "k");
	found(v, 'd', 3, 8);
}

static void test_place_quoted(void **state)
{
	const struct ynode *v = value("k: 'it''s x'\n", "k");

	found(v, 's', 1, 9);
	found(v, 'x', 1, 11);
	v = value("k: \"a\\x41\\tb \\\n    c\"\n", "k");
	assert_string_equal(v->text, "aA\tb c");
	found(v, 'b', 1, 12);
	found(v, 'c', 2, 5);
}

static void test_place_end(void **state)
{
	const struct ynode *v = value("k: abc   \nl: x\n", "k");
	struct place p;

	ynode_place(v, v->len, &p);
	assert_int_equal(p.offset, 6);
	ynode_place(v, 1000, &p);
	assert_int_equal(p.offset, 6);
}

static void test_positions_after_wide_characters(void **state)
{
	const struct ynode *v = value("\xef\xbb\xbf'\xc3\xa9\xf0\x9f\x98\x80': 1\nk: 'y'\n", "k");

	assert_int_equal(v->line, 2);
	assert_int_equal(v->column, 4);
	found(v, 'y', 2, 5);
}

static void test_depth(void **state)
{
	char deep[200];
	size_t n;

	memset(deep, '[', 100);
	memset(deep + 100, ']', 99);
	deep[199] = '\0';
	assert_null(parse(deep, &n));
	assert_string_equal(err.text, "sequences and maps are nested too deep");
	deep[100] = '\0';
	memset(deep, '[', 60);
	memset(deep + 60, ']', 60);
	deep[120] = '\0';
	assert_non_null(parse(deep, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_first_key_counts),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_place_plain),
		cmocka_unit_test(test_place_blocks),
		cmocka_unit_test(test_place_quoted),
		cmocka_unit_test(test_place_end),
		cmocka_unit_test(test_positions_after_wide_characters),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
