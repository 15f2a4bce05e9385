// SPDX-License-Identifier: BSD-2-Clause
/* Conditions and outputs checked while rules are loaded. */
#include "cmd/secmon-match/checker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/format.h"
#include "cmd/secmon-match/program.h"

/*
 * Trees come and go while files are loaded and may share an address in turn,
 * so each condition is checked by a program of its own.
 */
struct checking {
	struct arena arena; /* of formats */
	struct trusted trusted;
	const struct ast *last; /* the condition checked last, right ... */
	struct evset types;	/* ... and what it can match */
};

static struct program *checking_program(struct checking *k)
{
	struct program *p = program_new();

	if (p)
		p->trusted = &k->trusted;
	return p;
}

static int check_condition(void *ctx, const struct ast *cond, struct check_error *err)
{
	struct checking *k = ctx;
	struct program *p = checking_program(k);
	long node = p ? program_add(p, cond, err) : -1;
	int saved;

	k->last = NULL;
	if (node >= 0) {
		k->last = cond;
		k->types = p->nodes[node].when;
		err->pos = cond->pos;
		node = program_types_known(p, err);
	}
	saved = errno;
	program_free(p);
	errno = saved;
	return node < 0 ? -1 : 0;
}

static int check_output(void *ctx, const char *text, struct check_error *err)
{
	struct checking *k = ctx;
	const struct format *f = format_compile(text, &k->arena, err);
	int saved = errno;

	arena_free(&k->arena);
	arena_init(&k->arena, 0);
	errno = saved;
	return f ? 0 : -1;
}

static void find_event_set(struct checking *k, const struct ast *cond, struct evset *s)
{
	struct program *p = checking_program(k);
	struct check_error err;
	long node = p ? program_add(p, cond, &err) : -1;

	if (node >= 0)
		*s = p->nodes[node].when;
	else
		evset_all(s);
	program_free(p);
}

static void event_set(struct checking *k, const struct ast *cond, struct evset *s)
{
	if (k->last == cond) {
		*s = k->types;
		return;
	}
	find_event_set(k, cond, s);
}

static unsigned int event_codes(void *ctx, const struct ast *cond)
{
	struct evset s;

	event_set(ctx, cond, &s);
	return evset_codes(&s);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void event_names(void *ctx, const struct ast *cond, void (*add)(void *, const char *),
			void *arg)
{
	const char *names[EVENT_ID_END] = { 0 };
	size_t n, count = 0;
	const struct event_type *t = event_table(&n);
	struct evset s;

	event_set(ctx, cond, &s);
	for (size_t i = 0; i < n; i++)
		if (evset_has(&s, t[i].id))
			names[count++] = t[i].name;
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++)
		add(arg, names[i]);
}

struct checking *checker_new(struct checker *c)
{
	struct checking *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	arena_init(&k->arena, 0);
	arena_init(&k->trusted.arena, 0);
	*c = (struct checker){ .ctx = k,
			       .condition = check_condition,
			       .output = check_output,
			       .event_codes = event_codes,
			       .event_names = event_names };
	return k;
}

void checker_free(struct checking *k)
{
	if (k) {
		trusted_free(&k->trusted);
		arena_free(&k->arena);
	}
	free(k);
}
