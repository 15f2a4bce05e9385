// SPDX-License-Identifier: BSD-2-Clause
/* All definitions compiled, and each rule against the checker of fields and types. */
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/exception.h"
#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/textbuf.h"
#include "common/compat.h"
#include "common/suggest.h"

#define MANY_EVENTS 100 /* event codes; more is LOAD_NO_EVTTYPE */

static void join(struct textbuf *b, const struct nodes *v)
{
	for (uint32_t i = 0; i < v->n; i++) {
		if (i)
			textbuf_str(b, " ");
		textbuf_node(b, v->v[i]);
	}
}

/* An error of the checker, or a warning if the rule may be left out for it. Always -1. */
static int refused(struct loader *l, const struct ruledef *r, const struct subject *s,
		   enum load_code code, struct check_error *e)
{
	static const char event[] = "unknown event type ";
	const char *name = e->text + sizeof(event) - 1;

	if (e->unknown_name && r->skip_unknown)
		code = LOAD_UNKNOWN_FILTER;
	if (!*e->hint && !strncmp(e->text, event, sizeof(event) - 1))
		suggest_event(name, strlen(name), e->hint, sizeof(e->hint));
	return load_find_at(l, code, s, &e->pos, e->hint, e->text);
}

/* A condition that is wrong as a whole, check by check: it may be wrong in several. */
struct checks {
	struct loader *l;
	const struct ruledef *r;
	const struct subject *s;
};

static void check_alone(void *arg, const struct ast *a)
{
	const struct checks *k = arg;
	const struct checker *c = k->l->checker;
	struct check_error e;

	memset(&e, 0, sizeof(e));
	if (!c->condition(c->ctx, a, &e))
		return;
	if (!e.pos.src)
		e.pos = a->pos;
	refused(k->l, k->r, k->s, LOAD_ERR_COMPILE_CONDITION, &e);
}

static int check_condition(struct loader *l, struct ruledef *r, const struct subject *s)
{
	const struct checker *c = l->checker;
	struct check_error e;

	if (!c || !c->condition)
		return 0;
	memset(&e, 0, sizeof(e));
	if (!c->condition(c->ctx, r->tree, &e))
		return 0;
	if (!e.pos.src)
		e.pos = r->tree->pos;
	refused(l, r, s, LOAD_ERR_COMPILE_CONDITION, &e);
	/* what was reported is not reported again */
	if (!r->skip_unknown)
		ast_walk(r->tree, check_alone, &(struct checks){ l, r, s });
	return -1;
}

static const char *const info = "%container.info";

/* "%container.info" stands for nothing any more */
static void drop_info(struct loader *l, const struct ruledef *r, const struct subject *s,
		      char *text)
{
	bool found = false;
	char *p = text;

	while ((p = strstr(p, info))) {
		memmove(p, p + strlen(info), strlen(p + strlen(info)) + 1);
		found = true;
	}
	if (found)
		load_find(l, LOAD_DEPRECATED_ITEM, s, r->output.v[0],
			  "usage of deprecated field 'container.info' has been detected in the "
			  "rule output: it is replaced by nothing");
}

static void warn_deprecated(struct loader *l, const struct ruledef *r, const struct subject *s,
			    const char *text)
{
	static const char *const fields[] = { "evt.dir", "evt.latency", "evt.wait_latency" };

	for (size_t i = 0; i < nitems(fields); i++)
		if (strstr(text, fields[i]))
			load_find(l, LOAD_DEPRECATED_ITEM, s, r->output.v[0],
				  "usage of deprecated field '%s' has been detected in the rule "
				  "output",
				  fields[i]);
}

static char *trim(char *text, size_t *cut)
{
	static const char blanks[] = " \t\r\n\v\f";
	size_t len;

	*cut = strspn(text, blanks);
	text += *cut;
	for (len = strlen(text); len && strchr(blanks, text[len - 1]); len--)
		;
	text[len] = '\0';
	return text;
}

static int check_output(struct loader *l, struct ruledef *r, const struct subject *s)
{
	struct textbuf b = { .limit = LOAD_FILE_BYTES };
	const struct checker *c = l->checker;
	struct check_error e;
	struct source *src;
	size_t cut;
	char *text;
	int rc = 0;

	join(&b, &r->output);
	src = b.failed ? NULL : textbuf_freeze(&b, &l->trees);
	text = src ? arena_copy(&l->trees, b.s, b.len) : NULL;
	textbuf_free(&b);
	if (!text)
		return load_no_memory(l);
	text = trim(text, &cut);
	drop_info(l, r, s, text);
	r->output_text = text;
	memset(&e, 0, sizeof(e));
	if (c && c->output && c->output(c->ctx, text, &e)) {
		e.pos = (struct ast_pos){ src, e.pos.start + cut, e.pos.end + cut };
		rc = refused(l, r, s, LOAD_ERR_COMPILE_OUTPUT, &e);
	}
	if (!rc)
		warn_deprecated(l, r, s, text);
	return rc;
}

static int too_many(struct loader *l, const struct ruledef *r, const struct subject *s)
{
	l->nodes += r->tree->weight;
	if (l->nodes <= LOAD_ALL_NODES)
		return 0;
	return load_find(l, LOAD_ERR_COMPILE_CONDITION, s, NULL,
			 "all conditions together have more than %llu checks with their macros",
			 (unsigned long long)LOAD_ALL_NODES);
}

/* r->tree and its output against the checker; sets r->ok. */
static void check_rule(struct loader *l, struct ruledef *r, const struct subject *s)
{
	const struct checker *c = l->checker;
	int rc;

	r->ok = false;
	if (too_many(l, r, s))
		return;
	lint_condition(l, s, r->tree);
	rc = check_condition(l, r, s);
	/* a rule that is left out has only that said about it */
	if (rc && r->skip_unknown)
		return;
	if (check_output(l, r, s) || rc)
		return;
	if (r->warn_evttypes && c && c->event_codes &&
	    c->event_codes(c->ctx, r->tree) > MANY_EVENTS)
		load_find_hint(l, LOAD_NO_EVTTYPE, s, r->cond.v[0],
			       "begin the condition with the events it is about: evt.type in (...)",
			       "Rule matches too many evt.type values. This has a significant "
			       "performance penalty.");
	r->ok = true;
}

static void compile_rule(struct loader *l, struct ruledef *r)
{
	struct subject s = { .item = "rule", .name = r->name, .node = r->item };
	struct textbuf b = { .limit = LOAD_TEXT_BYTES };
	bool except = exceptions_any(r);
	struct ast *parsed;

	r->ok = false;
	r->tree = NULL;
	/* without a condition or an output it was refused when it was read */
	if (r->unknown_source || !r->cond.n || !r->output.n)
		return;
	if (except)
		textbuf_str(&b, "(");
	join(&b, &r->cond);
	if (except)
		textbuf_str(&b, ")");
	if (except)
		exceptions_text(l, r, &b);
	parsed = resolve_parse(l, &s, &b, &r->uses, &r->text);
	textbuf_free(&b);
	if (parsed)
		r->tree = resolve_tree(l, &s, parsed, UINT32_MAX, &r->uses);
	if (r->tree)
		check_rule(l, r, &s);
	else
		check_output(l, r, &s);
}

static void find_unused(struct loader *l)
{
	for (uint32_t i = 0; i < l->macros.n; i++) {
		const struct macro *m = l->macros.v[i];
		struct subject s = { .item = "macro", .name = m->name };

		if (!m->used)
			load_find(l, LOAD_UNUSED_MACRO, &s, m->item,
				  "Macro not referred to by any other rule/macro");
	}
	for (uint32_t i = 0; i < l->lists.n; i++) {
		const struct list *list = l->lists.v[i];
		struct subject s = { .item = "list", .name = list->name };

		if (!list->used)
			load_find(l, LOAD_UNUSED_LIST, &s, list->item,
				  "List not referred to by any other rule/macro");
	}
}

static bool used_after_all(const struct loader *l, const struct finding *f)
{
	for (uint32_t i = 0; f->code == LOAD_UNUSED_MACRO && i < l->macros.n; i++) {
		const struct macro *m = l->macros.v[i];

		if (m->used && !strcmp(m->name, f->name))
			return true;
	}
	for (uint32_t i = 0; f->code == LOAD_UNUSED_LIST && i < l->lists.n; i++) {
		const struct list *list = l->lists.v[i];

		if (list->used && !strcmp(list->name, f->name))
			return true;
	}
	return false;
}

void forget_unused(struct loader *l)
{
	for (struct finding *f = l->report->first; f; f = f->next)
		f->moot = used_after_all(l, f);
}

void compile_all(struct loader *l)
{
	arena_free(&l->trees);
	l->long_lists.first = NULL;
	l->work = l->nodes = 0;
	if (expand_begin(l))
		return;
	resolve_macros(l);
	for (uint32_t i = 0; i < l->rules.n && !l->out_of_memory; i++)
		compile_rule(l, l->rules.v[i]);
	/* after an error nothing is known about who uses what */
	if (!l->file_failed)
		find_unused(l);
}
