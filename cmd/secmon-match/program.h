/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions as one graph: checks and their boolean structure, every equal
 * part once, whichever rules it comes from.
 */
#ifndef MATCH_PROGRAM_H
#define MATCH_PROGRAM_H

#include "cmd/secmon-match/evset.h"
#include "cmd/secmon-match/pred.h"

enum node_kind { NODE_FALSE, NODE_TRUE, NODE_PRED, NODE_NOT, NODE_AND, NODE_OR };

struct node {
	uint8_t kind;	/* enum node_kind */
	bool impure;	/* neither remembered nor moved */
	uint32_t first; /* PRED: the check; others: first of their kids */
	uint32_t count; /* of kids */
	uint32_t cost;
	struct evset when, unless; /* types on which it may be true, false */
};

/* Checks of long lists that were compiled before, in another program. */
struct trusted {
	struct strset *names; /* NULL at first */
	struct arena arena;
};

struct program {
	struct arena arena;
	struct trusted *trusted; /* only to check rules: what is in it is not read again; or NULL */
	struct node *nodes;
	uint32_t nnodes, nodes_room;
	uint32_t *kids;
	uint32_t nkids, kids_room;
	struct pred *preds;
	uint32_t npreds, preds_room;
	const struct expr **slots; /* values that checks look at, each once */
	uint32_t nslots, slots_room;
	uint32_t *index; /* hash of nodes */
	uint32_t index_room;
	struct strset *pred_names, *slot_names;
	uint32_t *map; /* while a condition is specialized */
	uint32_t map_room;
	struct seen *seen; /* while a condition is compiled: tree to node */
	uint32_t seen_room, nseen;
};

/* trusted_free(t): forget all; t may be used again. */
void trusted_free(struct trusted *t);

/* program_new(): empty. NULL with ENOMEM. */
struct program *program_new(void);
void program_free(struct program *p);

/*
 * program_add(p, tree, err): the node of a condition, or -1 with err and EINVAL, or
 * ENOMEM. Texts of the tree must live as long as p.
 */
long program_add(struct program *p, const struct ast *tree, struct check_error *err);

/*
 * program_types_known(p, err): 0 if every check of the event's type names the types;
 * else -1 with err (its pos is left as it was) and EINVAL.
 */
int program_types_known(const struct program *p, struct check_error *err);

/*
 * program_specialize(p, node, type): the node for events of that type only: what the
 * type decides is decided, and NODE_FALSE if it cannot be true. -1 with ENOMEM.
 */
long program_specialize(struct program *p, uint32_t node, const struct event_type *type);

/* program_special_begin(p): before the first condition of another type. -1 with ENOMEM. */
int program_special_begin(struct program *p);

#endif
