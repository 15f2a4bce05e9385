/* SPDX-License-Identifier: BSD-2-Clause */
/* What items make of the definitions so far: define, append, replace. */
#ifndef MATCH_DEFINE_H
#define MATCH_DEFINE_H

#include "cmd/secmon-match/loader.h"

/* All return 0, or -1 with the reason reported. name is the node with the name. */
int define_list(struct loader *l, const struct subject *s, const struct ynode *item,
		const struct ynode *name, const struct nodes *items);
int define_list_append(struct loader *l, const struct subject *s, const struct ynode *item,
		       const struct ynode *name, const struct nodes *items);
int define_macro(struct loader *l, const struct subject *s, const struct ynode *item,
		 const struct ynode *name, const struct ynode *cond);
int define_macro_append(struct loader *l, const struct subject *s, const struct ynode *item,
			const struct ynode *name, const struct ynode *cond);

/* define_rule(l, s, def): def is copied; its place in the order is that of an older one. */
int define_rule(struct loader *l, const struct subject *s, const struct ruledef *def);

/* define_find_rule(l, name, len): the rule so far, or NULL. */
struct ruledef *define_find_rule(struct loader *l, const char *name, size_t len);

/* define_touch(l): the next moment of the load, for the order of definitions. */
uint32_t define_touch(struct loader *l);

/* define_broken(l, s): the item could not be read; who misses it later is not to blame. */
void define_broken(struct loader *l, const struct subject *s);
bool define_is_broken(const struct loader *l, const char *item, const char *name, size_t len);

#endif
