// SPDX-License-Identifier: BSD-2-Clause
/* Checks: which operator goes with which type, and what it costs. */
#include "cmd/secmon-match/pred.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/pmatch.h"
#include "cmd/secmon-match/rx.h"
#include "cmd/secmon-match/strset.h"

enum group { GROUP_NUMBER, GROUP_BOOL, GROUP_STRING, GROUP_BUFFER, GROUP_NET, GROUP_NONE };

static enum group group_of(enum type type)
{
	switch (type) {
	case TYPE_UID:
	case TYPE_GID:
	case TYPE_SIGSET:
	case TYPE_SOCKADDR:
	case TYPE_SOCKTUPLE:
	case TYPE_FDLIST:
	case TYPE_CHARBUFARRAY:
	case TYPE_CHARBUF_PAIR_ARRAY:
		return GROUP_NONE;
	case TYPE_BYTEBUF:
		return GROUP_BUFFER;
	default:
		break;
	}
	switch (type_kind(type)) {
	case X_BOOL:
		return GROUP_BOOL;
	case X_TEXT:
		return GROUP_STRING;
	case X_IP:
		return GROUP_NET;
	case X_NONE:
		return GROUP_NONE;
	default:
		return GROUP_NUMBER;
	}
}

static bool allowed(enum group g, enum ast_op op)
{
	switch (op) {
	case OP_EXISTS:
		return true;
	case OP_EQ:
	case OP_NE:
	case OP_IN:
	case OP_INTERSECTS:
		return g != GROUP_NONE;
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return g == GROUP_NUMBER || g == GROUP_STRING;
	case OP_CONTAINS:
	case OP_STARTSWITH:
	case OP_ENDSWITH:
		return g == GROUP_STRING || g == GROUP_BUFFER;
	case OP_BCONTAINS:
	case OP_BSTARTSWITH:
		return g == GROUP_BUFFER;
	default:
		return g == GROUP_STRING;
	}
}

static int check_operator(const struct pred *p, const struct check *c, const struct ast_pos *pos,
			  struct check_error *err)
{
	static const char *const filters[] = {
		[GROUP_NUMBER] = "numeric",
		[GROUP_BOOL] = "numeric",
		[GROUP_STRING] = "string",
		[GROUP_BUFFER] = "buffer",
		[GROUP_NET] = "ip address and network",
	};
	const struct expr *l = p->left;
	enum group g = group_of(l->type);
	const char *op = ast_op_name(c->op);
	bool dns = l->kind == EXPR_FIELD && l->ref.field->id >= F_FD_CIP_NAME &&
		   l->ref.field->id <= F_FD_RIP_NAME;

	if (l->list && p->op != OP_IN && p->op != OP_INTERSECTS && p->op != OP_EXISTS)
		return check_fail(err, pos,
				  "filter error: '%s' operator not supported list filters", op);
	if (!allowed(g, p->op)) {
		if (g == GROUP_NONE)
			return check_fail(err, pos,
					  "filter error: '%s' operator not supported "
					  "for type '%s'",
					  op, type_name(l->type));
		return check_fail(err, pos,
				  "filter error: '%s' operator not supported for %s "
				  "filters",
				  op, filters[g]);
	}
	if (dns && p->op != OP_EQ && p->op != OP_NE && p->op != OP_IN && p->op != OP_EXISTS &&
	    p->op != OP_INTERSECTS)
		return check_fail(err, pos,
				  "filter error: '%s' operator not supported for names "
				  "of addresses",
				  op);
	if (g == GROUP_BUFFER && l->kind == EXPR_FIELD && l->ref.field->id == F_EVT_RAWARG &&
	    p->op != OP_EXISTS)
		return check_fail(err, pos, "wrong parameter type %d", 10);
	return 0;
}

static int compile_right(struct pred *p, struct arena *arena, const struct check *c,
			 const struct ast_pos *pos, struct check_error *err)
{
	const struct expr *r;

	p->right = expr_compile(arena, c->right, err);
	if (!p->right)
		return -1;
	r = p->right;
	if (p->op == OP_PMATCH || p->op == OP_REGEX)
		return check_fail(err, pos, "operator '%s' doesn't support right-hand side fields",
				  p->op == OP_PMATCH ? "PMATCH" : "REGEX");
	if (p->left->kind == EXPR_FIELD && (p->left->ref.field->flags & FIELD_NO_RHS))
		return check_fail(err, pos,
				  "field '%s' can't be compared with a right-hand side "
				  "field",
				  p->left->name);
	if (r->kind == EXPR_FIELD && (r->ref.field->flags & FIELD_NO_RHS))
		return check_fail(err, &c->right->pos,
				  "field '%s' can't be used as a right-hand side field", r->name);
	if (r->type != p->left->type || r->list != p->left->list)
		return check_fail(err, &c->right->pos,
				  "field '%s' has type '%s' while the "
				  "right-hand side field '%s' has incompatible type '%s'",
				  p->left->name, type_name(p->left->type), r->name,
				  type_name(r->type));
	return 0;
}

static uint32_t cost_of(const struct pred *p)
{
	switch (p->op) {
	case OP_EXISTS:
		return 2;
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return type_kind(p->left->type) == X_TEXT ? 5 : 3;
	case OP_STARTSWITH:
	case OP_ENDSWITH:
	case OP_BSTARTSWITH:
		return 6;
	case OP_IN:
	case OP_INTERSECTS:
		return p->nlits > 4 ? 14 : 4 + 2 * p->nlits;
	case OP_CONTAINS:
	case OP_BCONTAINS:
		return 30;
	case OP_ICONTAINS:
		return 60;
	case OP_PMATCH:
		return 60;
	case OP_REGEX:
		return 200;
	default:
		return 120;
	}
}

/* What it takes to have the value at all. */
static uint32_t cost_of_value(const struct expr *e)
{
	uint32_t cost = 4;

	if (e->kind == EXPR_FIELD)
		return e->ref.field->filled == FILLED_MATCH	 ? 20
		       : (e->ref.field->flags & FIELD_WIRE_LIST) ? 15
								 : 4;
	for (uint32_t i = 0; i < e->nargs; i++)
		cost += 20 + cost_of_value(e->args[i]);
	return cost;
}

static bool is_evt_type(const struct expr *e)
{
	return e->kind == EXPR_FIELD && e->ref.field->id == F_EVT_TYPE;
}

/* The type of the event goes through a transformer, or is compared with what another field says. */
static bool hides_type(const struct pred *p)
{
	if (is_evt_type(p->left))
		return p->right != NULL;
	for (uint32_t i = 0; i < p->left->nargs; i++)
		if (is_evt_type(p->left->args[i]))
			return true;
	return false;
}

int pred_compile(struct pred *p, struct arena *arena, const struct check *c,
		 const struct ast_pos *pos, struct check_error *err)
{
	*p = (struct pred){ .op = c->op == OP_EQEQ ? OP_EQ : c->op, .modifier = c->modifier };
	p->left = expr_compile(arena, c->left, err);
	if (!p->left)
		return -1;
	if (check_operator(p, c, pos, err) < 0)
		return -1;
	if (c->rhs == RHS_FIELD || c->rhs == RHS_CALL) {
		if (compile_right(p, arena, c, pos, err) < 0)
			return -1;
	} else if (c->rhs != RHS_NONE && literals_compile(p, arena, c, pos, err) < 0) {
		return -1;
	}
	p->hides_type = hides_type(p);
	if (p->left->kind == EXPR_FIELD && p->left->ref.field->id == F_EVT_AROUND && p->op == OP_EQ)
		p->op = OP_LE;
	p->impure = p->left->impure || (p->right && p->right->impure);
	p->cost = cost_of(p) + cost_of_value(p->left) + (p->right ? cost_of_value(p->right) : 0);
	return 0;
}

void pred_fini(struct pred *p)
{
	for (uint32_t i = 0; i < p->nlits; i++)
		rx_free(p->lits[i].rx);
	strset_free(p->set);
	pmatch_free(p->paths);
	p->nlits = 0;
	p->set = NULL;
	p->paths = NULL;
}
