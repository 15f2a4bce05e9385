/* SPDX-License-Identifier: BSD-2-Clause */
/* One event, written as an example of a rules file, and questions to it. Include after cmocka.h. */
#ifndef TESTS_UNIT_MATCH_ASK_H
#define TESTS_UNIT_MATCH_ASK_H

#include <string.h>

#include "cmd/secmon-match/eval.h"
#include "cmd/secmon-match/example_event.h"
#include "cmd/secmon-match/format.h"
#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/ydoc.h"

static struct arena ask_arena;
static struct scratch ask_scratch;
static struct outq *ask_queue;
static struct event ask_event;
static struct xctx ask_x = { .s = &ask_scratch, .hostname = "testhost" };
static struct check_error ask_error;

static int ask_setup(void **state)
{
	arena_init(&ask_arena, 0);
	assert_int_equal(scratch_init(&ask_scratch, 1 << 20), 0);
	ask_queue = outq_new(-1, "nowhere", OUTQ_MIN);
	assert_non_null(ask_queue);
	event_init(&ask_event);
	return 0;
}

static int ask_teardown(void **state)
{
	arena_free(&ask_arena);
	scratch_fini(&ask_scratch);
	outq_free(ask_queue);
	return 0;
}

/* given("{evt.type: open, ...}"): the event that is asked from now on. */
static inline void given(const char *yaml)
{
	struct rulefile f = { .path = "given", .content = yaml, .len = strlen(yaml) };
	const struct ynode **docs, *where;
	struct ydoc_error ye;
	char err[256] = "";
	size_t n;

	assert_int_equal(ydoc_parse(&f, &ask_arena, &docs, &n, &ye), 0);
	assert_int_equal(outq_flush(ask_queue), 0);
	if (example_event(docs[0], ask_queue, &ask_event, &where, err, sizeof(err)) < 0)
		fail_msg("%s", err);
	xctx_event(&ask_x, &ask_event);
}

/* compiled(text, node): a program with the condition; NULL and ask_error if it is wrong. */
static inline struct program *compiled(const char *text, long *node)
{
	struct program *p = program_new();
	struct parse_error pe;
	struct ast *tree = parse_condition(text, strlen(text), &ask_arena, NULL, 0, NULL, &pe);

	assert_non_null(p);
	if (!tree)
		fail_msg("%s: %s", text, pe.text);
	ask_error.text[0] = '\0';
	*node = program_add(p, tree, &ask_error);
	if (*node >= 0)
		return p;
	program_free(p);
	return NULL;
}

static inline bool truth(const char *text)
{
	long node;
	struct program *p = compiled(text, &node);
	struct eval *e;
	bool holds;

	if (!p)
		fail_msg("%s: %s", text, ask_error.text);
	e = eval_new(p);
	assert_non_null(e);
	eval_event(e, &ask_x);
	holds = eval_node(e, (uint32_t)node);
	eval_free(e);
	program_free(p);
	return holds;
}

static inline void holds(const char *text)
{
	if (!truth(text))
		fail_msg("does not hold: %s", text);
}

static inline void fails(const char *text)
{
	if (truth(text))
		fail_msg("holds: %s", text);
}

/* refused(text, why): the condition does not compile, and the error has these words. */
static inline void refused(const char *text, const char *why)
{
	long node;

	assert_null(compiled(text, &node));
	if (!strstr(ask_error.text, why))
		fail_msg("%s: refused with '%s', not '%s'", text, ask_error.text, why);
}

/* shows(format, want): what an output says of the event. */
static inline void shows(const char *format, const char *want)
{
	struct format *f = format_compile(format, &ask_arena, &ask_error);
	const char *s;
	uint32_t len;

	if (!f)
		fail_msg("%s: %s", format, ask_error.text);
	format_always(f);
	s = format_text(f, &ask_x, &len, NULL);
	assert_non_null(s);
	if (len != strlen(want) || memcmp(s, want, len) != 0)
		fail_msg("%s shows '%.*s', not '%s'", format, (int)len, s, want);
}

#endif
