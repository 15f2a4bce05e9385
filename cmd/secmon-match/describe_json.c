// SPDX-License-Identifier: BSD-2-Clause
/* A ruleset described for programs, in the shape of Falco's -L. */
#include <errno.h>
#include <string.h>

#include "cmd/secmon-match/describe.h"
#include "cmd/secmon-match/details.h"
#include "cmd/secmon-match/jsontext.h"

static void print_strings(FILE *out, const char *key, const struct strings *s)
{
	fprintf(out, ",\"%s\":[", key);
	for (uint32_t i = 0; i < s->n; i++) {
		if (i)
			putc(',', out);
		json_str(out, s->v[i]);
	}
	putc(']', out);
}

static void print_str(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\":", key);
	json_str(out, value);
}

static void print_condition(FILE *out, const struct details *d)
{
	print_str(out, "condition_compiled", d->compiled);
	print_strings(out, "condition_fields", &d->fields);
	print_strings(out, "condition_operators", &d->operators);
	print_strings(out, "events", &d->events);
}

static bool is_plain(const struct loader *l, const struct list *list, const struct ynode *item)
{
	const struct list *in = names_get(&l->lists.names, item->text, item->len);

	return !in || in->index >= list->visibility;
}

static void print_items(FILE *out, const struct loader *l, const struct list *list)
{
	const char *comma = "";

	fputs("\"info\":{\"items\":[", out);
	for (uint32_t i = 0; i < list->items.n; i++) {
		const struct ynode *item = list->items.v[i];

		if (!is_plain(l, list, item))
			continue;
		fputs(comma, out);
		json_text(out, item->text, item->len);
		comma = ",";
	}
	fputs("],", out);
	print_str(out, "name", list->name);
	putc('}', out);
}

static int print_list(FILE *out, struct loader *l, struct list *list)
{
	if (expand_list(l, list)) {
		errno = ENOMEM;
		return -1;
	}
	fputs("{\"details\":{\"items_compiled\":[", out);
	for (uint32_t i = 0; i < list->nflat; i++) {
		if (i)
			putc(',', out);
		json_text(out, list->flat[i]->text, list->flat[i]->len);
	}
	fputs("],\"lists\":[", out);
	for (uint32_t i = 0; i < list->ninner; i++) {
		if (i)
			putc(',', out);
		json_str(out, list->inner[i]->name);
	}
	fprintf(out, "],\"plugins\":[],\"used\":%s},", list->used ? "true" : "false");
	print_items(out, l, list);
	putc('}', out);
	return 0;
}

static int print_macro(FILE *out, const struct checker *c, const struct macro *m)
{
	struct details d;

	if (details_macro(&d, c, m))
		return -1;
	fputs("{\"details\":{", out);
	print_condition(out, &d);
	print_strings(out, "lists", &d.lists);
	print_strings(out, "macros", &d.macros);
	fprintf(out, ",\"plugins\":[],\"used\":%s},\"info\":{", m->used ? "true" : "false");
	print_str(out, "condition", details_joined(&d.arena, &m->cond));
	putc(',', out);
	print_str(out, "name", m->name);
	fputs("}}", out);
	details_free(&d);
	return 0;
}

static void print_rule_info(FILE *out, const struct rule *r)
{
	fprintf(out, "\"info\":{\"capture\":%s,\"capture_duration\":%u,",
		r->capture ? "true" : "false", r->capture_duration);
	print_str(out, "condition", r->condition_text);
	putc(',', out);
	print_str(out, "description", r->desc);
	fprintf(out, ",\"enabled\":%s,", r->enabled ? "true" : "false");
	print_str(out, "name", r->name);
	putc(',', out);
	print_str(out, "output", r->output);
	fprintf(out, ",\"priority\":\"%s\",", priority_name(r->priority));
	print_str(out, "source", r->source);
	fputs(",\"tags\":[", out);
	for (size_t i = 0; i < r->ntags; i++) {
		if (i)
			putc(',', out);
		json_str(out, r->tags[i]);
	}
	fputs("]}", out);
}

/* what Falco's container plugin fills, which is built in here */
static bool needs_plugin(const struct strings *fields)
{
	for (uint32_t i = 0; i < fields->n; i++)
		if (!strncmp(fields->v[i], "container.", 10) || !strncmp(fields->v[i], "k8s.", 4))
			return true;
	return false;
}

static int print_rule(FILE *out, const struct checker *c, const struct rule *r,
		      const struct ruledef *def)
{
	struct details d;

	if (details_rule(&d, c, def))
		return -1;
	fputs("{\"details\":{", out);
	print_condition(out, &d);
	print_strings(out, "exception_fields", &d.exception_fields);
	print_strings(out, "exception_names", &d.exception_names);
	print_strings(out, "exception_operators", &d.exception_operators);
	print_strings(out, "lists", &d.lists);
	print_strings(out, "macros", &d.macros);
	putc(',', out);
	print_str(out, "output_compiled", r->output);
	print_strings(out, "output_fields", &d.output_fields);
	fprintf(out, ",\"plugins\":[%s]},",
		needs_plugin(&d.fields) || needs_plugin(&d.output_fields) ? "\"container\"" : "");
	print_rule_info(out, r);
	putc('}', out);
	details_free(&d);
	return 0;
}

static int print_rules(FILE *out, const struct ruleset *rs, const struct checker *c)
{
	const struct loader *l = rs->loader;
	size_t n = 0;

	for (uint32_t i = 0; i < l->rules.n; i++) {
		const struct ruledef *def = l->rules.v[i];

		if (!def->ok)
			continue;
		if (n)
			putc(',', out);
		if (print_rule(out, c, &rs->rules[n++], def))
			return -1;
	}
	return 0;
}

static void print_needs(FILE *out, const struct loader *l)
{
	if (l->engine_version) {
		fputs("],", out);
		print_str(out, "required_engine_version", l->engine_version);
	} else {
		putc(']', out);
	}
	fputs(",\"required_plugin_versions\":[", out);
	for (uint32_t i = 0; i < l->nplugins; i++) {
		fputs(i ? ",{\"alternatives\":[]," : "{\"alternatives\":[],", out);
		print_str(out, "name", l->plugins[i]->name);
		putc(',', out);
		print_str(out, "version", l->plugins[i]->version);
		putc('}', out);
	}
}

int describe_json(const struct ruleset *rs, const struct checker *c, FILE *out)
{
	struct loader *l = rs->loader;

	fputs("{\"lists\":[", out);
	for (uint32_t i = 0; i < l->lists.n; i++) {
		if (i)
			putc(',', out);
		if (print_list(out, l, l->lists.v[i]))
			return -1;
	}
	fputs("],\"macros\":[", out);
	for (uint32_t i = 0; i < l->macros.n; i++) {
		if (i)
			putc(',', out);
		if (print_macro(out, c, l->macros.v[i]))
			return -1;
	}
	print_needs(out, l);
	fputs("],\"rules\":[", out);
	if (print_rules(out, rs, c))
		return -1;
	fputs("]}\n", out);
	return 0;
}
