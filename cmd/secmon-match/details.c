// SPDX-License-Identifier: BSD-2-Clause
/* What a rule or a macro uses, as sorted names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/details.h"
#include "cmd/secmon-match/parse.h"
#include "common/fields.h"

static void add(struct strings *s, const char *text)
{
	const char **v = text ? arena_grow(s->arena, s->v, s->n, &s->room, sizeof(*v)) : NULL;

	if (!v) {
		s->failed = true;
		return;
	}
	s->v = v;
	s->v[s->n++] = text;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct strings *s)
{
	uint32_t n = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), compare);
	for (uint32_t i = 0; i < s->n; i++)
		if (!n || strcmp(s->v[n - 1], s->v[i]))
			s->v[n++] = s->v[i];
	s->n = n;
}

/* what fn prints, as text in the arena */
static const char *printed(struct arena *a, void (*fn)(FILE *f, const void *what), const void *what)
{
	char *text = NULL;
	const char *copy;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fn(f, what);
	copy = fclose(f) ? NULL : arena_copy(a, text, len);
	free(text);
	return copy;
}

static void print_operand(FILE *f, const void *what)
{
	ast_print_operand(f, what);
}

static void print_tree(FILE *f, const void *what)
{
	ast_print(f, what);
}

static void print_joined(FILE *f, const void *what)
{
	const struct nodes *v = what;

	for (uint32_t i = 0; i < v->n; i++)
		fprintf(f, "%s%s", i ? " " : "", v->v[i]->text);
}

const char *details_joined(struct arena *a, const struct nodes *v)
{
	return v->n == 1 ? v->v[0]->text : printed(a, print_joined, v);
}

static void add_operand(struct strings *s, const struct operand *o)
{
	if (o->kind == OPERAND_FIELD && !o->has_arg)
		add(s, o->text.s);
	else if (o->kind == OPERAND_FIELD)
		add(s, printed(s->arena, print_operand, o));
	for (uint32_t i = 0; i < o->nargs; i++)
		add_operand(s, o->args[i]);
}

static void add_check(void *arg, const struct ast *a)
{
	struct details *d = arg;

	add_operand(&d->fields, a->check.left);
	if (a->check.right)
		add_operand(&d->fields, a->check.right);
	add(&d->operators, ast_op_name(a->check.op));
}

static void add_event(void *arg, const char *name)
{
	struct strings *s = arg;

	add(s, arena_str(s->arena, name));
}

enum { STRINGS = 9 };

static void all_strings(struct details *d, struct strings *all[STRINGS])
{
	struct strings *const each[STRINGS] = { &d->fields,
						&d->operators,
						&d->events,
						&d->macros,
						&d->lists,
						&d->output_fields,
						&d->exception_names,
						&d->exception_fields,
						&d->exception_operators };

	memcpy(all, each, sizeof(each));
}

static void begin(struct details *d)
{
	struct strings *all[STRINGS];

	memset(d, 0, sizeof(*d));
	arena_init(&d->arena, LOAD_BYTES);
	all_strings(d, all);
	for (size_t i = 0; i < STRINGS; i++)
		all[i]->arena = &d->arena;
}

static int finish(struct details *d)
{
	struct strings *all[STRINGS];
	bool failed = !d->compiled;

	all_strings(d, all);
	for (size_t i = 0; i < STRINGS; i++) {
		/* the fields of an output stay in its order */
		if (all[i] != &d->output_fields)
			sort(all[i]);
		failed |= all[i]->failed;
	}
	if (!failed)
		return 0;
	details_free(d);
	errno = ENOMEM;
	return -1;
}

static void describe_tree(struct details *d, const struct checker *c, const struct ast *tree,
			  const struct uses *uses)
{
	ast_walk(tree, add_check, d);
	d->compiled = printed(&d->arena, print_tree, tree);
	if (c && c->event_names)
		c->event_names(c->ctx, tree, add_event, &d->events);
	for (uint32_t i = 0; i < uses->nmacros; i++)
		add(&d->macros, uses->macros[i]->name);
	for (uint32_t i = 0; i < uses->nlists; i++)
		add(&d->lists, uses->lists[i]->name);
}

/* the longest beginning of a name that is a field: what follows is text */
static size_t field_length(const char *name, size_t len)
{
	for (size_t n = len; n; n--)
		if (field_by_name(name, n))
			return n;
	return len;
}

static void add_output_field(struct strings *s, const struct operand *o)
{
	char *name;
	size_t n;

	if (o->kind != OPERAND_FIELD) {
		add(s, printed(s->arena, print_operand, o));
		return;
	}
	n = o->text.len;
	if (!o->has_arg && strncmp(o->text.s, "evt.arg.", 8) &&
	    strncmp(o->text.s, "evt.rawarg.", 11))
		n = field_length(o->text.s, n);
	name = arena_copy(s->arena, o->text.s, n);
	add(s, o->has_arg ? printed(s->arena, print_operand, o) : name);
}

static void describe_output(struct details *d, const char *text)
{
	struct parse_error err;
	size_t used;

	for (const char *p = text; p && (p = strchr(p, '%')); p += used) {
		struct operand *o;

		for (p++; *p >= '0' && *p <= '9'; p++)
			;
		o = parse_operand(p, strlen(p), &d->arena, &used, &err);
		if (o)
			add_output_field(&d->output_fields, o);
	}
}

static void add_names(struct strings *s, const struct ynode *v)
{
	if (!v)
		return;
	if (v->kind == YNODE_SCALAR)
		add(s, v->text);
	for (uint32_t i = 0; v->kind == YNODE_SEQ && i < v->n; i++)
		add(s, v->items[i]->text);
}

int details_rule(struct details *d, const struct checker *c, const struct ruledef *r)
{
	begin(d);
	describe_tree(d, c, r->tree, &r->uses);
	describe_output(d, r->output_text);
	for (uint32_t i = 0; i < r->nexceptions; i++) {
		const struct exception *e = r->exceptions[i];

		add(&d->exception_names, e->name);
		add_names(&d->exception_fields, e->fields);
		add_names(&d->exception_operators, e->comps);
		if (!e->comps)
			add(&d->exception_operators, e->fields->kind == YNODE_SEQ ? "=" : "in");
	}
	return finish(d);
}

int details_macro(struct details *d, const struct checker *c, const struct macro *m)
{
	begin(d);
	describe_tree(d, c, m->tree, &m->uses);
	return finish(d);
}

void details_free(struct details *d)
{
	arena_free(&d->arena);
	memset(d, 0, sizeof(*d));
}
