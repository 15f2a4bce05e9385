// SPDX-License-Identifier: BSD-2-Clause
/* Conditions as one graph. */
#include "cmd/secmon-match/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/printed.h"
#include "cmd/secmon-match/program_impl.h"
#include "cmd/secmon-match/strset.h"

struct program *program_new(void)
{
	struct program *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	arena_init(&p->arena, 0);
	p->pred_names = strset_new();
	p->slot_names = strset_new();
	if (!p->pred_names || !p->slot_names || node_leaf(p, NODE_FALSE) < 0 ||
	    node_leaf(p, NODE_TRUE) < 0) {
		program_free(p);
		return NULL;
	}
	return p;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->npreds; i++)
		pred_fini(&p->preds[i]);
	strset_free(p->pred_names);
	strset_free(p->slot_names);
	free(p->nodes);
	free(p->kids);
	free(p->preds);
	free(p->slots);
	free(p->index);
	free(p->map);
	free(p->seen);
	arena_free(&p->arena);
	free(p);
}

/* The tree of a macro is shared by the rules that use it: what was compiled stays known. */
struct seen {
	const struct ast *tree;
	uint32_t node;
};

static struct seen *seen_at(struct seen *t, uint32_t room, const struct ast *tree)
{
	uint64_t h = (uint64_t)(uintptr_t)tree * 0x9e3779b97f4a7c15ULL;
	uint32_t i = (uint32_t)(h >> 32) & (room - 1);

	while (t[i].tree && t[i].tree != tree)
		i = (i + 1) & (room - 1);
	return &t[i];
}

static int seen_add(struct program *p, const struct ast *tree, uint32_t node)
{
	struct seen *s;

	if (2 * (p->nseen + 1) > p->seen_room) {
		uint32_t room = p->seen_room ? p->seen_room * 2 : 256;
		struct seen *t = calloc(room, sizeof(*t));

		if (!t)
			return -1;
		for (uint32_t i = 0; i < p->seen_room; i++)
			if (p->seen[i].tree)
				*seen_at(t, room, p->seen[i].tree) = p->seen[i];
		free(p->seen);
		p->seen = t;
		p->seen_room = room;
	}
	s = seen_at(p->seen, p->seen_room, tree);
	s->tree = tree;
	s->node = node;
	p->nseen++;
	return 0;
}

enum { LIST_SHOWN = 3 }; /* items of a long list that a check's name begins with */

/* Checks of the same name are the same check. A long list that many have goes by its number. */
static char *canonical(struct program *p, const struct ast *tree)
{
	const struct long_list *list = tree->kind == AST_CHECK ? tree->check.list : NULL;
	FILE *f = printed_begin();
	struct ast few = *tree;

	if (!f)
		return NULL;
	if (list && list->nvalues > LIST_SHOWN)
		few.check.nvalues = LIST_SHOWN;
	else
		list = NULL;
	ast_print(f, &few);
	if (list)
		fprintf(f, " and %u more, list %u", list->nvalues - LIST_SHOWN, list->serial);
	return printed_end(&p->arena);
}

void trusted_free(struct trusted *t)
{
	strset_free(t->names);
	arena_free(&t->arena);
	t->names = NULL;
}

/* The names of events decide which types a condition is about: those are always read. */
static bool may_trust(const struct program *p, const struct check *c)
{
	const struct text *name = &c->left->text;

	return p->trusted && c->list && c->left->kind == OPERAND_FIELD &&
	       (name->len < 5 || memcmp(name->s + name->len - 5, ".type", 5) != 0);
}

static bool is_trusted(const struct trusted *t, const char *name)
{
	size_t len = strlen(name);

	return t->names && strset_find(t->names, name, len, strset_hash(name, len)) >= 0;
}

static int trust(struct trusted *t, const char *name)
{
	if (!t->names)
		t->names = strset_new();
	name = t->names ? arena_str(&t->arena, name) : NULL;
	return name && strset_add(t->names, name, strlen(name)) >= 0 ? 0 : -1;
}

static int compile_check(struct program *p, struct pred *pred, const struct ast *tree,
			 const char *name, struct check_error *err)
{
	struct check c = tree->check;
	bool may = may_trust(p, &c);

	if (may && is_trusted(p->trusted, name)) {
		c.nvalues = 0;
		return pred_compile(pred, &p->arena, &c, &tree->pos, err);
	}
	if (pred_compile(pred, &p->arena, &c, &tree->pos, err) < 0)
		return -1;
	return may ? trust(p->trusted, name) : 0;
}

/* A name that no other check has, so that numbers of names stay numbers of checks. */
static char *unique(struct program *p, const char *text, uint32_t n)
{
	size_t room = strlen(text) + 16;
	char *name = arena_alloc(&p->arena, room);

	if (name)
		snprintf(name, room, "%s #%u", text, n);
	return name;
}

static long slot_of(struct program *p, const struct expr *e)
{
	const char *name = e->impure ? unique(p, e->name, p->nslots) : e->name;
	long n = name ? strset_add(p->slot_names, name, strlen(name)) : -1;

	if (n < 0 || (uint32_t)n < p->nslots)
		return n;
	return slot_new(p, e);
}

static long add_check(struct program *p, const struct ast *tree, struct check_error *err)
{
	struct pred *pred;
	const char *text = canonical(p, tree);
	long known, slot;

	if (!text)
		return -1;
	known = strset_find(p->pred_names, text, strlen(text), strset_hash(text, strlen(text)));
	if (known >= 0 && !p->preds[known].impure)
		return node_pred(p, (uint32_t)known);
	pred = pred_new(p);
	if (!pred)
		return -1;
	if (compile_check(p, pred, tree, text, err) < 0) {
		int saved = errno;

		pred_fini(pred);
		p->npreds--;
		errno = saved;
		return -1;
	}
	pred->text = text;
	if (pred->impure && !(text = unique(p, text, p->npreds)))
		return -1;
	slot = slot_of(p, pred->left);
	pred->slot = (uint32_t)slot;
	if (slot >= 0 && pred->right) {
		slot = slot_of(p, pred->right);
		pred->rslot = (uint32_t)slot;
	}
	if (slot < 0 || strset_add(p->pred_names, text, strlen(text)) < 0)
		return -1;
	return node_pred(p, p->npreds - 1);
}

static long add_tree(struct program *p, const struct ast *tree, struct check_error *err)
{
	uint32_t *kids;
	long node = -1;

	if (p->seen_room) {
		const struct seen *s = seen_at(p->seen, p->seen_room, tree);

		if (s->tree)
			return s->node;
	}
	switch (tree->kind) {
	case AST_CHECK:
		node = add_check(p, tree, err);
		break;
	case AST_MACRO:
		check_fail(err, &tree->pos, "Undefined macro '%.*s' used in filter.",
			   (int)tree->macro.len, tree->macro.s);
		return -1;
	default:
		kids = reallocarray(NULL, tree->nchildren, sizeof(*kids));
		if (!kids)
			return -1;
		for (uint32_t i = 0; i < tree->nchildren; i++) {
			long kid = add_tree(p, tree->children[i], err);

			if (kid < 0) {
				free(kids);
				return -1;
			}
			kids[i] = (uint32_t)kid;
		}
		node = node_join(p,
				 tree->kind == AST_NOT	 ? NODE_NOT
				 : tree->kind == AST_AND ? NODE_AND
							 : NODE_OR,
				 kids, tree->nchildren);
		free(kids);
	}
	return node < 0 || seen_add(p, tree, (uint32_t)node) < 0 ? -1 : node;
}

long program_add(struct program *p, const struct ast *tree, struct check_error *err)
{
	return add_tree(p, tree, err);
}

int program_types_known(const struct program *p, struct check_error *err)
{
	for (uint32_t i = 0; i < p->npreds; i++)
		if (p->preds[i].hides_type)
			return check_fail(err, NULL,
					  "which event types '%s' wants cannot be told: "
					  "compare evt.type with names only",
					  p->preds[i].text);
	return 0;
}

int program_special_begin(struct program *p)
{
	uint32_t *map = reallocarray(p->map, p->nnodes, sizeof(*map));

	if (!map)
		return -1;
	p->map = map;
	p->map_room = p->nnodes;
	memset(map, 0xff, p->nnodes * sizeof(*map));
	return 0;
}

/* A check whose value the type alone decides. */
static long special_pred(struct program *p, uint32_t node, const struct event_type *type)
{
	const struct pred *pred = &p->preds[p->nodes[node].first];
	struct xval v;
	int known;

	if (pred->left->kind != EXPR_FIELD || pred->impure)
		return node;
	known = extract_static(&pred->left->ref, type, &v);
	if (known < 0 || (known && pred->right))
		return node;
	return pred_test(pred, known ? &v : NULL, NULL) ? NODE_TRUE : NODE_FALSE;
}

static long special_kids(struct program *p, uint32_t node, const struct event_type *type)
{
	uint32_t n = p->nodes[node].count, *kids = reallocarray(NULL, n, sizeof(*kids));
	long made = -1;

	if (!kids)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		long kid = program_specialize(p, p->kids[p->nodes[node].first + i], type);

		if (kid < 0)
			goto out;
		kids[i] = (uint32_t)kid;
	}
	made = node_join(p, p->nodes[node].kind, kids, n);
out:
	free(kids);
	return made;
}

long program_specialize(struct program *p, uint32_t node, const struct event_type *type)
{
	long made = node;

	if (node < p->map_room && p->map[node] != UINT32_MAX)
		return p->map[node];
	if (!evset_has(&p->nodes[node].when, type->id))
		made = NODE_FALSE;
	else if (p->nodes[node].kind == NODE_PRED)
		made = special_pred(p, node, type);
	else if (p->nodes[node].kind >= NODE_NOT)
		made = special_kids(p, node, type);
	if (made >= 0 && node < p->map_room)
		p->map[node] = (uint32_t)made;
	return made;
}
