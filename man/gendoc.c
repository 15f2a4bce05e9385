// SPDX-License-Identifier: BSD-2-Clause
/*
 * gendoc TEMPLATE: a man page with the tables of common/ filled in. A line
 * "@fields@", "@unfilled@", "@events@", "@flags@" or "@stats@" of the template
 * is replaced by that table in mdoc; everything else is copied.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "common/events.h"
#include "common/fields.h"

struct row {
	unsigned int id;
	const char *name, *type, *filled, *help;
	unsigned int flags;
};

static const struct row fields[] = {
#define FIELD(id, sym, name, type, filled, flags, help) { id, name, #type, #filled, help, flags },
#include "common/fields.def"
#undef FIELD
};

struct event_row {
	unsigned int id;
	const char *name, *category, *event, *arg, *type; /* name NULL: a parameter */
};

static const struct event_row events[] = {
#define EVENT(id, sym, name, category, flags) { id, name, #category, #sym, NULL, NULL },
#define PARAM(event, arg, type, fmt, set)     { 0, NULL, NULL, #event, #arg, #type },
#include "common/events.def"
#undef EVENT
#undef PARAM
};

static const struct {
	const char *sym, *name;
} args[] = {
#define ARG(id, sym, name) { #sym, name },
#include "common/args.def"
#undef ARG
};

static const struct {
	const char *set, *name; /* name NULL: a set begins */
	unsigned long value;
} flags[] = {
#define FLAGSET(set)	       { #set, NULL, 0 },
#define FLAG(set, name, value) { #set, name, value },
#include "common/flags.def"
#undef FLAGSET
#undef FLAG
};

static const struct {
	const char *stage, *kind, *name, *help;
} stats[] = {
#define STAT(id, sym, stage, kind, name, help) { #stage, #kind, name, help },
#include "common/stats.def"
#undef STAT
};

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* lower(s): table words as the page shows them; good until the next call but three. */
static const char *lower(const char *s)
{
	static char buf[4][64];
	static unsigned int turn;
	char *p = buf[turn++ % 4];
	size_t i;

	for (i = 0; i < sizeof(buf[0]) - 1 && s[i]; i++)
		p[i] = tolower((unsigned char)s[i]);
	p[i] = '\0';
	return p;
}

/* sentence(s): a line of text with a full stop, safe from troff. */
static void sentence(const char *s)
{
	const char *p;

	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (p = s; *p; p++) {
		if (*p == '\\')
			fputs("\\e", stdout);
		else
			putchar(*p);
	}
	puts(p > s && p[-1] == '.' ? "" : ".");
}

static size_t prefix(const char *name)
{
	return strcspn(name, ".");
}

static int same_group(const struct row *a, const struct row *b)
{
	return prefix(a->name) == prefix(b->name) && !strncmp(a->name, b->name, prefix(a->name));
}

static void field_row(const struct row *f)
{
	printf(".It Li %s\n", f->name);
	sentence(f->help);
	printf("Field %u, %s, %s%s%s%s%s%s.\n", f->id, lower(f->type),
	       strcmp(f->filled, "MATCH") && strcmp(f->filled, "ALERT") ? "told by " : "made by ",
	       strcmp(f->filled, "ALERT") ? lower(f->filled) : "match for alerts",
	       f->flags & FIELD_LIST ? ", a list" : "",
	       f->flags & FIELD_WIRE_LIST ? ", an array on the wire" : "",
	       f->flags & FIELD_ARG_REQUIRED ? ", needs [argument]"
	       : f->flags & FIELD_ARG_OK     ? ", takes [argument]"
					     : "",
	       f->flags & FIELD_WIRE_ONLY ? ", not for rules" : "");
}

static void field_group(const struct row *first)
{
	const struct row *f;

	printf(".Ss %.*s\n.Bl -tag -width Ds -compact\n", (int)prefix(first->name), first->name);
	for (f = first; f < fields + nitems(fields); f++)
		if (same_group(f, first) && strcmp(f->filled, "NOBODY"))
			field_row(f);
	puts(".El");
}

static void print_fields(void)
{
	const struct row *f, *g;

	for (f = fields; f < fields + nitems(fields); f++) {
		for (g = fields; g < f; g++)
			if (same_group(f, g) && strcmp(g->filled, "NOBODY"))
				break;
		if (g == f && strcmp(f->filled, "NOBODY"))
			field_group(f);
	}
}

static void print_unfilled(void)
{
	const struct row *f;

	puts(".Bl -column -compact \"container.image.repository\"");
	for (f = fields; f < fields + nitems(fields); f++)
		if (!strcmp(f->filled, "NOBODY"))
			printf(".It Li %s\n", f->name);
	puts(".El");
}

static const char *arg_called(const char *sym)
{
	size_t i;

	for (i = 0; i < nitems(args); i++)
		if (!strcmp(args[i].sym, sym))
			return args[i].name;
	errx(1, "events.def: no argument %s in args.def", sym);
}

static void print_events(void)
{
	size_t i;

	puts(".Bl -tag -width Ds -compact");
	for (i = 0; i < nitems(events); i++) {
		if (events[i].name)
			printf(".It Li %s Pq %u, %s\n", events[i].name, events[i].id,
			       lower(events[i].category));
		else
			printf("%s\n", arg_called(events[i].arg));
	}
	puts(".El");
}

static void print_flags(void)
{
	size_t i;

	puts(".Bl -tag -width Ds -compact");
	for (i = 0; i < nitems(flags); i++) {
		if (flags[i].name)
			printf("%s=%#lx\n", flags[i].name, flags[i].value);
		else
			printf(".It Li %s\n", lower(flags[i].set));
	}
	puts(".El");
}

static void print_stats(void)
{
	const char *stage = "";
	size_t i;

	for (i = 0; i < nitems(stats); i++) {
		if (strcmp(stats[i].stage, stage)) {
			if (*stage)
				puts(".El");
			stage = stats[i].stage;
			printf(".Ss secmon-%s\n.Bl -tag -width Ds -compact\n", lower(stage));
		}
		printf(".It Li %s Pq %s\n", stats[i].name, lower(stats[i].kind));
		sentence(stats[i].help);
	}
	puts(".El");
}

static const struct {
	const char *line;
	void (*print)(void);
} tables[] = {
	{ "@fields@\n", print_fields }, { "@unfilled@\n", print_unfilled },
	{ "@events@\n", print_events }, { "@flags@\n", print_flags },
	{ "@stats@\n", print_stats },
};

int main(int argc, char **argv)
{
	FILE *fp = argc == 2 ? fopen(argv[1], "r") : NULL;
	char line[1024];
	size_t i;

	if (!fp)
		err(1, "%s", argc == 2 ? argv[1] : "usage: gendoc TEMPLATE");
	while (fgets(line, sizeof(line), fp)) {
		for (i = 0; i < nitems(tables) && strcmp(tables[i].line, line); i++)
			;
		if (i < nitems(tables))
			tables[i].print();
		else
			fputs(line, stdout);
	}
	if (ferror(fp) || fflush(stdout))
		err(1, "%s", argv[1]);
	return 0;
}
