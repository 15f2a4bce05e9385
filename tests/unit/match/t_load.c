// SPDX-License-Identifier: BSD-2-Clause
/* The parts of the loader: names, texts with their origin, selection, suggestions, reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/secmon-match/jsontext.h"
#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/select.h"
#include "common/suggest.h"
#include "cmd/secmon-match/textbuf.h"

static void test_names(void **state)
{
	static char keys[5000][16];
	struct names t = { 0 };

	assert_null(names_get(&t, "a", 1));
	for (int i = 0; i < 5000; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%d", i);
		assert_int_equal(names_put(&t, keys[i], strlen(keys[i]), keys[i]), 0);
	}
	assert_int_equal(t.n, 5000);
	for (int i = 0; i < 5000; i++)
		assert_ptr_equal(names_get(&t, keys[i], strlen(keys[i])), keys[i]);
	assert_null(names_get(&t, "k5000", 5));
	names_put(&t, "k1", 2, keys[2]);
	assert_int_equal(t.n, 5000);
	assert_ptr_equal(names_get(&t, "k1", 2), keys[2]);
	names_clear(&t);
	assert_null(names_get(&t, "k1", 2));
}

static void test_arena(void **state)
{
	struct arena a;
	uint32_t room = 0;
	int *v = NULL;

	arena_init(&a, 1 << 20);
	for (uint32_t i = 0; i < 1000; i++) {
		v = arena_grow(&a, v, i, &room, sizeof(*v));
		assert_non_null(v);
		v[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	assert_string_equal(arena_copy(&a, "abc", 2), "ab");
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 4));
	assert_null(arena_alloc(&a, 2 << 20));
	assert_non_null(arena_alloc(&a, 500000));
	arena_free(&a);
	assert_int_equal(a.used, 0);
}

/* texts know where their pieces are from, also after a part was copied */
static void test_textbuf(void **state)
{
	static const struct rulefile file = { "f", "one\ntwo\n", 8, 0 };
	struct ynode one = { .kind = YNODE_SCALAR,
			     .start = 0,
			     .end = 3,
			     .line = 1,
			     .column = 1,
			     .len = 3,
			     .text = "one",
			     .file = &file };
	struct ynode two = { .kind = YNODE_SCALAR,
			     .start = 4,
			     .end = 7,
			     .line = 2,
			     .column = 1,
			     .len = 3,
			     .text = "two",
			     .file = &file };
	struct textbuf a = { 0 }, b = { 0 };
	struct source *src;
	struct arena arena;
	struct place p;
	size_t hint = 0;

	arena_init(&arena, 0);
	textbuf_node(&a, &one);
	textbuf_str(&a, " and ");
	textbuf_node(&a, &two);
	textbuf_copy(&b, &a, 1, 10, &hint);
	src = textbuf_freeze(&b, &arena);
	assert_non_null(src);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.s, "ne and tw", 9);
	assert_true(source_place(src, 0, &p));
	assert_int_equal(p.column, 2);
	assert_true(source_place(src, 8, &p));
	assert_int_equal(p.line, 2);
	assert_int_equal(p.column, 2);
	/* what the loader wrote itself is after what was written before it */
	assert_true(source_place(src, 4, &p));
	assert_int_equal(p.line, 1);
	textbuf_cut(&b, 2);
	assert_int_equal(b.npieces, 1);
	b.limit = 4;
	textbuf_str(&b, "xyz");
	assert_true(b.failed);
	textbuf_free(&a);
	textbuf_free(&b);
	arena_free(&arena);
}

static void test_patterns(void **state)
{
	assert_true(select_matches("*", ""));
	assert_true(select_matches("a*c", "abbc"));
	assert_true(select_matches("*b*b*", "abab"));
	assert_true(select_matches("a", "a"));
	assert_false(select_matches("a", "ab"));
	assert_false(select_matches("a*c", "abcd"));
	assert_false(select_matches("?", "a"));
}

static void test_select(void **state)
{
	const char *tags[] = { "net", "x" };
	struct rule rules[] = {
		{ .name = "one",
		  .tags = tags,
		  .ntags = 2,
		  .enabled = true,
		  .priority = PRIORITY_DEBUG },
		{ .name = "two", .enabled = false, .priority = PRIORITY_ALERT },
	};
	struct selector s[] = {
		{ SELECT_TAG, false, "net" },
		{ SELECT_RULE, true, "*" },
		{ SELECT_TAG, false, "ne" },
	};
	struct selection sel = { s, 1, PRIORITY_DEBUG };

	select_rules(rules, 2, &sel);
	assert_false(rules[0].enabled);
	assert_false(rules[1].enabled);
	sel.n = 3;
	select_rules(rules, 2, &sel);
	assert_true(rules[0].enabled);
	assert_true(rules[1].enabled);
	sel.min_priority = PRIORITY_INFORMATIONAL;
	select_rules(rules, 2, &sel);
	assert_false(rules[0].enabled);
	assert_true(rules[1].enabled);
}

static void test_priorities(void **state)
{
	assert_int_equal(priority_parse("WARNING"), PRIORITY_WARNING);
	assert_int_equal(priority_parse("info"), PRIORITY_INFORMATIONAL);
	assert_int_equal(priority_parse("warn"), -1);
	assert_string_equal(priority_name(PRIORITY_INFORMATIONAL), "Informational");
}

static void near(const char *word, const char *mark, const char *want)
{
	char buf[96];

	assert_string_equal(suggest_field(word, strlen(word), mark, buf, sizeof(buf)), want);
}

static void test_suggestions(void **state)
{
	char buf[96];

	near("proc.nmae", "", "did you mean proc.name?");
	near("proc.nmae", "%", "did you mean %proc.name?");
	near("evt.arg.flgas", "%", "did you mean %evt.arg.flags?");
	near("something.else.entirely", "", "");
	assert_string_equal(suggest_event("opne", 4, buf, sizeof(buf)), "did you mean open?");
	assert_string_equal(suggest_event("zzzzzz", 6, buf, sizeof(buf)), "");
}

#define BAD "\xef\xbf\xbd" /* what stands for a byte that is no text */

static void test_json_text(void **state)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	json_text(f, "a\"\\\n\x01\0\xc3\xa9\xff\xed\xa0\x80z", 13);
	fclose(f);
	assert_string_equal(out, "\"a\\\"\\\\\\n\\u0001\\u0000\xc3\xa9" BAD BAD BAD BAD "z\"");
	free(out);
}

static struct ruleset *load(const char *text, struct report *report)
{
	char path[] = "/tmp/t_load.XXXXXX";
	const char *paths[] = { path };
	struct ruleset *rs;
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	report_init(report);
	rs = ruleset_load(paths, 1, NULL, NULL, report);
	close(fd);
	unlink(path);
	return rs;
}

#define RULE(name, cond)                                                                           \
	"- rule: " name "\n  desc: d\n  output: o\n  priority: info\n  condition: " cond "\n"

/* a macro is one tree, however many rules name it */
static void test_macros_are_shared(void **state)
{
	struct report report;
	struct ruleset *rs = load(
		"- macro: m\n  condition: a.b = c or d.e = f\n" RULE("r", "evt.type = open and m")
			RULE("s", "evt.type = close and m"),
		&report);

	assert_non_null(rs);
	assert_int_equal(rs->nrules, 2);
	assert_ptr_equal(rs->rules[0].condition->children[1], rs->rules[1].condition->children[1]);
	assert_int_equal(rs->rules[0].condition->weight, 5);
	ruleset_free(rs);
	report_free(&report);
}

/* the same mistake seen again after the next file is one mistake */
static void test_report(void **state)
{
	struct report report;
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	assert_null(load(RULE("r", "evt.type = open and (nosuch"), &report));
	assert_int_equal(report.errors, 1);
	report_add(&report, report.first);
	assert_int_equal(report.errors, 1);
	assert_int_equal(report.files[0].errors, 2);
	f = open_memstream(&out, &n);
	report_text(&report, f, false);
	fclose(f);
	assert_non_null(strstr(out, ":5:41: error: expected a ')' token (rule 'r') "
				    "[LOAD_ERR_COMPILE_CONDITION]\n"
				    "    5 |   condition: evt.type = open and (nosuch\n"
				    "      |                                         ^\n"));
	free(out);
	report_free(&report);
}

/* nothing in a file reaches a terminal as more than text */
static void test_report_is_harmless(void **state)
{
	struct report report;
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	assert_null(load("- rule: \"\\e[2J\\a\"\n", &report));
	f = open_memstream(&out, &n);
	report_text(&report, f, true);
	fclose(f);
	assert_null(strchr(out, '\033'));
	assert_null(strchr(out, '\a'));
	free(out);
	report_free(&report);
}

static void test_unreadable(void **state)
{
	const char *paths[] = { "/nonexistent/rules.yaml" };
	struct report report;

	report_init(&report);
	assert_null(ruleset_load(paths, 1, NULL, NULL, &report));
	assert_int_equal(report.errors, 1);
	assert_int_equal(report.first->code, LOAD_ERR_FILE_READ);
	report_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_textbuf),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_json_text),
		cmocka_unit_test(test_macros_are_shared),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_report_is_harmless),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
