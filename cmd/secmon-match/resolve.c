// SPDX-License-Identifier: BSD-2-Clause
/* Texts into trees, and macros into the trees that name them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/define.h"
#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/textbuf.h"
#include "common/suggest.h"

/* Note that u uses it. -1 out of memory. */
static int uses_macro(struct arena *a, struct uses *u, struct macro *m)
{
	struct macro **v;

	for (uint32_t i = u->nmacros; i && u->nmacros - i < USES_BACK; i--)
		if (u->macros[i - 1] == m)
			return 0;
	v = arena_grow(a, u->macros, u->nmacros, &u->macros_room, sizeof(*v));
	if (!v)
		return -1;
	u->macros = v;
	u->macros[u->nmacros++] = m;
	return 0;
}

static int too_long(struct loader *l, const struct subject *s)
{
	return load_find(l, LOAD_ERR_COMPILE_CONDITION, s, NULL,
			 "the condition is too long with the lists in it");
}

/* what is missing at the end is missing after the last word, not on the line below */
static void wrong_syntax(struct loader *l, const struct subject *s, const struct textbuf *b,
			 const struct source *src, const struct parse_error *err)
{
	struct ast_pos pos = { src, err->index, err->index + 1 };
	size_t end = b->len;

	while (end && strchr(" \t\r\n", b->s[end - 1]))
		end--;
	if (pos.start > end)
		pos.start = pos.end = end;
	load_find_at(l, LOAD_ERR_COMPILE_CONDITION, s, &pos, NULL, err->text);
}

struct ast *resolve_parse(struct loader *l, const struct subject *s, struct textbuf *b,
			  struct uses *uses, struct source **src)
{
	struct parse_error err;
	struct ast *tree;

	memset(uses, 0, sizeof(*uses));
	if (b->failed || expand_lists(l, b, uses)) {
		too_long(l, s);
		return NULL;
	}
	*src = textbuf_freeze(b, &l->trees);
	if (!*src) {
		load_no_memory(l);
		return NULL;
	}
	(*src)->what = s->item;
	(*src)->name = s->name;
	tree = parse_condition(b->len ? b->s : "", b->len, &l->trees, *src, PARSE_DEPTH,
			       &l->long_lists, &err);
	if (!tree && errno == ENOMEM)
		load_no_memory(l);
	else if (!tree)
		wrong_syntax(l, s, b, *src, &err);
	return tree;
}

/* One walk through a tree whose macros are being replaced. */
struct resolver {
	struct loader *l;
	const struct subject *s;
	struct uses *uses;
	uint32_t visibility; /* macros defined from then on are not seen */
	unsigned int macros; /* being resolved right now, one in another */
};

static const struct ast *resolve_macro(struct resolver *up, struct macro *m);

static int undefined(struct resolver *r, const struct ast *node, const struct macro *later)
{
	struct suggest near;
	char text[128], hint[160] = "";

	if (define_is_broken(r->l, "macro", node->macro.s, node->macro.len))
		return -1;
	suggest_init(&near, node->macro.s, node->macro.len);
	for (uint32_t i = 0; i < r->l->macros.n; i++) {
		const struct macro *m = r->l->macros.v[i];

		if (m->index < r->visibility)
			suggest_try(&near, m->name, m->len);
	}
	if (later && !strcmp(later->name, r->s->name) && !strcmp(r->s->item, "macro"))
		snprintf(hint, sizeof(hint), "a macro cannot use itself");
	else if (later)
		snprintf(hint, sizeof(hint),
			 "it is defined later, at line %u of %.80s: a macro sees only those before "
			 "it",
			 later->item->line, later->item->file->path);
	else
		suggest_answer(&near, "", hint, sizeof(hint));
	snprintf(text, sizeof(text), "Undefined macro '%.80s' used in filter.", node->macro.s);
	return load_find_at(r->l, LOAD_ERR_VALIDATE, r->s, &node->pos, hint, text);
}

static const struct ast *graft(struct resolver *r, const struct ast *node)
{
	struct macro *m = names_get(&r->l->macros.names, node->macro.s, node->macro.len);
	char text[128];

	if (!m || m->index >= r->visibility) {
		undefined(r, node, m);
		return NULL;
	}
	m->used = true;
	if (uses_macro(&r->l->trees, r->uses, m)) {
		load_no_memory(r->l);
		return NULL;
	}
	if (m->state == MACRO_BUSY) {
		snprintf(text, sizeof(text), "reference loop in macro '%.80s'", m->name);
		load_find_at(r->l, LOAD_ERR_VALIDATE, r->s, &node->pos, NULL, text);
		return NULL;
	}
	return resolve_macro(r, m);
}

static int refuse_size(struct resolver *r, const struct ast *a)
{
	char text[96];

	if (a->depth > LOAD_DEPTH)
		snprintf(text, sizeof(text),
			 "the condition is nested deeper than %d with its macros", LOAD_DEPTH);
	else if (a->weight > LOAD_NODES)
		snprintf(text, sizeof(text),
			 "the condition has more than %d checks with its macros", LOAD_NODES);
	else
		return 0;
	return load_find_at(r->l, LOAD_ERR_COMPILE_CONDITION, r->s, &a->pos, NULL, text);
}

static const struct ast *walk(struct resolver *r, struct ast *node)
{
	if (node->kind == AST_MACRO)
		return graft(r, node);
	if (node->kind == AST_CHECK)
		return node;
	node->depth = 1;
	node->weight = 1;
	for (uint32_t i = 0; i < node->nchildren; i++) {
		const struct ast *child = walk(r, node->children[i]);

		if (!child)
			return NULL;
		/* the node is this tree's own until now, so it may change */
		node->children[i] = (struct ast *)child;
		node->weight += child->weight;
		if (node->depth <= child->depth)
			node->depth = child->depth + 1;
		if (node->weight > LOAD_NODES || node->depth > LOAD_DEPTH)
			break;
	}
	return refuse_size(r, node) ? NULL : node;
}

static const struct ast *resolve_macro(struct resolver *up, struct macro *m)
{
	struct subject s = { .item = "macro", .name = m->name, .node = m->item };
	struct resolver r = {
		.l = up->l,
		.s = &s,
		.uses = &m->uses,
		.visibility = m->visibility,
		.macros = up->macros + 1,
	};

	if (m->state == MACRO_DONE || m->state == MACRO_FAILED)
		return m->tree;
	if (r.macros > LOAD_DEPTH) {
		load_find(r.l, LOAD_ERR_VALIDATE, &s, NULL, "macros are nested deeper than %d",
			  LOAD_DEPTH);
		m->state = MACRO_FAILED;
		return NULL;
	}
	m->state = MACRO_BUSY;
	m->tree = walk(&r, m->parsed);
	m->state = m->tree ? MACRO_DONE : MACRO_FAILED;
	return m->tree;
}

const struct ast *resolve_tree(struct loader *l, const struct subject *s, struct ast *tree,
			       uint32_t visibility, struct uses *uses)
{
	struct resolver r = { .l = l, .s = s, .uses = uses, .visibility = visibility };

	return walk(&r, tree);
}

static void parse_macro(struct loader *l, struct macro *m)
{
	struct subject s = { .item = "macro", .name = m->name, .node = m->item };
	struct textbuf b = { .limit = LOAD_TEXT_BYTES };

	m->used = false;
	m->tree = NULL;
	for (uint32_t i = 0; i < m->cond.n; i++) {
		if (i)
			textbuf_str(&b, " ");
		textbuf_node(&b, m->cond.v[i]);
	}
	m->parsed = resolve_parse(l, &s, &b, &m->uses, &m->source);
	m->state = m->parsed ? MACRO_NEW : MACRO_FAILED;
	textbuf_free(&b);
}

void resolve_macros(struct loader *l)
{
	struct resolver r = { .l = l };

	for (uint32_t i = 0; i < l->macros.n; i++)
		parse_macro(l, l->macros.v[i]);
	for (uint32_t i = 0; i < l->macros.n; i++)
		resolve_macro(&r, l->macros.v[i]);
}
