// SPDX-License-Identifier: BSD-2-Clause
/* What items make of the definitions so far. */
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/define.h"

uint32_t define_touch(struct loader *l)
{
	return l->clock++;
}

int nodes_add(struct arena *a, struct nodes *v, const struct ynode *node)
{
	const struct ynode **more = arena_grow(a, v->v, v->n, &v->room, sizeof(*more));

	if (!more)
		return -1;
	v->v = more;
	v->v[v->n++] = node;
	return 0;
}

static int nodes_join(struct arena *a, struct nodes *v, const struct nodes *more)
{
	for (uint32_t i = 0; i < more->n; i++)
		if (nodes_add(a, v, more->v[i]))
			return -1;
	return 0;
}

static int defs_add(struct loader *l, struct defs *d, const char *name, size_t len, void *def)
{
	void **v = arena_grow(l->arena, d->v, d->n, &d->room, sizeof(*v));

	if (!v || names_put(&d->names, name, len, def))
		return load_no_memory(l);
	d->v = v;
	d->v[d->n++] = def;
	return 0;
}

int define_list(struct loader *l, const struct subject *s, const struct ynode *item,
		const struct ynode *name, const struct nodes *items)
{
	struct list *list = names_get(&l->lists.names, name->text, name->len);
	uint32_t now = define_touch(l);

	if (!list) {
		list = arena_new(l->arena, struct list);
		if (!list)
			return load_no_memory(l);
		list->name = name->text;
		list->len = name->len;
		list->index = now;
		list->order = l->lists.n;
		if (defs_add(l, &l->lists, list->name, list->len, list))
			return -1;
	}
	list->items = *items;
	list->visibility = now;
	list->item = item;
	return 0;
}

static int missing(struct loader *l, const struct subject *s, const struct ynode *name,
		   const char *what)
{
	if (define_is_broken(l, s->item, name->text, name->len))
		return -1;
	return load_find(l, LOAD_ERR_VALIDATE, s, name, "%s", what);
}

int define_list_append(struct loader *l, const struct subject *s, const struct ynode *item,
		       const struct ynode *name, const struct nodes *items)
{
	struct list *list = names_get(&l->lists.names, name->text, name->len);

	if (!list)
		return missing(l, s, name,
			       "List uses 'append' or 'override.items: append' but no "
			       "list by that name already exists");
	list->visibility = define_touch(l);
	return nodes_join(l->arena, &list->items, items) ? load_no_memory(l) : 0;
}

int define_macro(struct loader *l, const struct subject *s, const struct ynode *item,
		 const struct ynode *name, const struct ynode *cond)
{
	struct macro *m = names_get(&l->macros.names, name->text, name->len);
	uint32_t now = define_touch(l);

	if (!m) {
		m = arena_new(l->arena, struct macro);
		if (!m)
			return load_no_memory(l);
		m->name = name->text;
		m->len = name->len;
		m->index = now;
		if (defs_add(l, &l->macros, m->name, m->len, m))
			return -1;
	}
	memset(&m->cond, 0, sizeof(m->cond));
	m->visibility = now;
	m->item = item;
	return nodes_add(l->arena, &m->cond, cond) ? load_no_memory(l) : 0;
}

int define_macro_append(struct loader *l, const struct subject *s, const struct ynode *item,
			const struct ynode *name, const struct ynode *cond)
{
	struct macro *m = names_get(&l->macros.names, name->text, name->len);

	if (!m)
		return missing(l, s, name,
			       "Macro uses 'append' or 'override.condition: append' but no macro "
			       "by that name already exists");
	m->visibility = define_touch(l);
	return nodes_add(l->arena, &m->cond, cond) ? load_no_memory(l) : 0;
}

struct ruledef *define_find_rule(struct loader *l, const char *name, size_t len)
{
	return names_get(&l->rules.names, name, len);
}

int define_rule(struct loader *l, const struct subject *s, const struct ruledef *def)
{
	struct ruledef *r = define_find_rule(l, def->name, def->len);
	uint32_t now = define_touch(l), index;

	if (r && strcmp(r->source, def->source))
		return load_find(l, LOAD_ERR_VALIDATE, s, NULL,
				 "Rule has been re-defined with a different source");
	if (!r) {
		r = arena_new(l->arena, struct ruledef);
		if (!r)
			return load_no_memory(l);
		*r = *def;
		r->index = r->visibility = now;
		return defs_add(l, &l->rules, r->name, r->len, r);
	}
	index = r->index;
	*r = *def;
	r->index = index;
	r->visibility = now;
	return 0;
}

/* "r:NAME" of a rule; the arena keeps it */
static char *broken_key(struct arena *a, const char *item, const char *name, size_t len)
{
	char *key = arena_alloc(a, len + 3);

	if (key) {
		key[0] = *item;
		key[1] = ':';
		memcpy(key + 2, name, len);
	}
	return key;
}

void define_broken(struct loader *l, const struct subject *s)
{
	size_t len = s->name ? strlen(s->name) : 0;
	char *key = len ? broken_key(l->arena, s->item, s->name, len) : NULL;

	if (key && names_put(&l->broken, key, len + 2, key))
		load_no_memory(l);
}

bool define_is_broken(const struct loader *l, const char *item, const char *name, size_t len)
{
	char *key = l->broken.n ? broken_key(l->arena, item, name, len) : NULL;

	return key && names_get(&l->broken, key, len + 2);
}
