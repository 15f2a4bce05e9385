/* SPDX-License-Identifier: BSD-2-Clause */
/* The evaluator: every value got and every part of a condition decided at most once per event. */
#include "cmd/secmon-match/eval.h"

#include <stdlib.h>

#include "common/compat.h"

struct kept {
	uint32_t turn;		/* event it is of */
	bool there;
	struct xval v;
};

struct eval {
	const struct program *p;
	struct xctx *x;
	uint32_t turn;		/* number of the event, 31 bits */
	uint32_t *known;	/* per node: turn * 2 + result */
	struct kept *kept;	/* per slot */
};

struct eval *eval_new(const struct program *p)
{
	struct eval *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->p = p;
	e->known = calloc(p->nnodes + 1, sizeof(*e->known));
	e->kept = calloc(p->nslots + 1, sizeof(*e->kept));
	if (!e->known || !e->kept) {
		eval_free(e);
		return NULL;
	}
	return e;
}

void eval_free(struct eval *e)
{
	if (!e)
		return;
	free(e->known);
	free(e->kept);
	free(e);
}

const struct program *eval_program(const struct eval *e)
{
	return e->p;
}

void eval_event(struct eval *e, struct xctx *x)
{
	e->x = x;
	if (++e->turn < UINT32_MAX / 2)
		return;
	e->turn = 1;
	for (uint32_t i = 0; i < e->p->nnodes; i++)
		e->known[i] = 0;
	for (uint32_t i = 0; i < e->p->nslots; i++)
		e->kept[i].turn = 0;
}

const struct xval *eval_value(struct eval *e, uint32_t slot)
{
	struct kept *k = &e->kept[slot];

	if (k->turn != e->turn || e->p->slots[slot]->impure) {
		k->turn = e->turn;
		k->there = expr_value(e->x, e->p->slots[slot], &k->v);
	}
	return k->there ? &k->v : NULL;
}

static bool pred_holds(struct eval *e, const struct pred *p)
{
	const struct xval *left = eval_value(e, p->slot);

	if (!left)
		return false;
	return pred_test(p, left, p->right ? eval_value(e, p->rslot) : NULL);
}

static bool decide(struct eval *e, const struct node *n)
{
	const uint32_t *kid = &e->p->kids[n->first], *end = kid + n->count;

	switch (n->kind) {
	case NODE_PRED:
		return pred_holds(e, &e->p->preds[n->first]);
	case NODE_NOT:
		return !eval_node(e, *kid);
	case NODE_AND:
		for (; kid < end; kid++)
			if (!eval_node(e, *kid))
				return false;
		return true;
	case NODE_OR:
		for (; kid < end; kid++)
			if (eval_node(e, *kid))
				return true;
		return false;
	default:
		return n->kind == NODE_TRUE;
	}
}

bool eval_node(struct eval *e, uint32_t node)
{
	const struct node *n = &e->p->nodes[node];
	bool holds;

	if (e->known[node] >> 1 == e->turn)
		return e->known[node] & 1;
	holds = decide(e, n);
	if (!n->impure)
		e->known[node] = e->turn << 1 | holds;
	return holds;
}
