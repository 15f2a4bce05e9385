// SPDX-License-Identifier: BSD-2-Clause
/* A ruleset described for people. */
#include <errno.h>
#include <string.h>

#include "cmd/secmon-match/describe.h"
#include "cmd/secmon-match/details.h"
#include "cmd/secmon-match/select.h"

#define WIDTH  96 /* columns */
#define INDENT 12

static void print_label(FILE *out, const char *label)
{
	fprintf(out, "  %-*s", INDENT - 2, label);
}

/* words one after another, in lines that fit */
static void print_words(FILE *out, const char *label, const char *const *v, uint32_t n)
{
	size_t column = INDENT;

	if (!n)
		return;
	print_label(out, label);
	for (uint32_t i = 0; i < n; i++) {
		size_t len = strlen(v[i]);

		if (i && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (i) {
			putc(' ', out);
			column++;
		}
		fputs(v[i], out);
		column += len;
	}
	putc('\n', out);
}

/* a text with its blanks squeezed, in lines that fit */
static void print_text(FILE *out, const char *label, const char *text)
{
	size_t column = INDENT;

	print_label(out, label);
	while (*(text += strspn(text, " \t\r\n"))) {
		size_t len = strcspn(text, " \t\r\n");

		if (column > INDENT && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += len;
		text += len;
	}
	putc('\n', out);
}

static void print_strings(FILE *out, const char *label, const struct strings *s)
{
	print_words(out, label, s->v, s->n);
}

static void print_place(FILE *out, const struct ynode *item)
{
	print_label(out, "where");
	fprintf(out, "%s:%u:%u\n", item->file->path, item->line, item->column);
}

static void print_details(FILE *out, const struct details *d)
{
	print_text(out, "compiled", d->compiled);
	print_strings(out, "events", &d->events);
	print_strings(out, "fields", &d->fields);
	print_strings(out, "operators", &d->operators);
	print_strings(out, "macros", &d->macros);
	print_strings(out, "lists", &d->lists);
}

static int print_rule(FILE *out, const struct checker *c, const struct rule *r,
		      const struct ruledef *def)
{
	struct details d;

	if (details_rule(&d, c, def))
		return -1;
	fprintf(out, "rule %s\n", r->name);
	print_place(out, def->item);
	print_text(out, "about", r->desc);
	print_label(out, "priority");
	fprintf(out, "%s%s\n", priority_name(r->priority), r->enabled ? "" : ", disabled");
	print_words(out, "tags", r->tags, r->ntags);
	print_text(out, "condition", r->condition_text);
	print_details(out, &d);
	print_strings(out, "exceptions", &d.exception_names);
	print_text(out, "output", r->output);
	details_free(&d);
	return 0;
}

static int print_macro(FILE *out, const struct checker *c, const struct macro *m)
{
	struct details d;

	if (details_macro(&d, c, m))
		return -1;
	fprintf(out, "macro %s%s\n", m->name, m->used ? "" : " (unused)");
	print_place(out, m->item);
	print_text(out, "condition", details_joined(&d.arena, &m->cond));
	print_details(out, &d);
	details_free(&d);
	return 0;
}

static int print_list(FILE *out, struct loader *l, struct list *list)
{
	if (expand_list(l, list)) {
		errno = ENOMEM;
		return -1;
	}
	fprintf(out, "list %s%s\n", list->name, list->used ? "" : " (unused)");
	print_place(out, list->item);
	print_text(out, "items", list->text);
	return 0;
}

int describe_text(const struct ruleset *rs, const struct checker *c, const char *name, FILE *out)
{
	struct loader *l = rs->loader;
	size_t found = 0, n = 0;

	if (!name)
		name = "*";
	for (uint32_t i = 0; i < l->rules.n; i++) {
		const struct ruledef *def = l->rules.v[i];
		const struct rule *r = def->ok ? &rs->rules[n++] : NULL;

		if (r && select_matches(name, r->name) && ++found && print_rule(out, c, r, def))
			return -1;
	}
	for (uint32_t i = 0; i < l->macros.n; i++) {
		const struct macro *m = l->macros.v[i];

		if (select_matches(name, m->name) && ++found && print_macro(out, c, m))
			return -1;
	}
	for (uint32_t i = 0; i < l->lists.n; i++) {
		struct list *list = l->lists.v[i];

		if (select_matches(name, list->name) && ++found && print_list(out, l, list))
			return -1;
	}
	if (found || !strcmp(name, "*"))
		return 0;
	errno = ENOENT;
	return -1;
}
