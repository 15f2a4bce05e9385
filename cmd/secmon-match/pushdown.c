// SPDX-License-Identifier: BSD-2-Clause
/*
 * A condition weakened to what the kernel can decide.
 *
 * The tree is walked with the nots pushed to the leaves. A check becomes
 * predicates that hold whenever it is true; one that the kernel cannot decide
 * holds always.
 */
#include "cmd/secmon-match/pushdown.h"

#include <string.h>

#include "cmd/secmon-match/pushdown_terms.h"
#include "common/compat.h"

enum { LEVEL_MAX = 64 }; /* deeper parts of a condition are taken as always true */

struct pusher {
	struct arena *arena;
	pushdown_left *left;
	void *arg;
};

/* The fields that the kernel knows at the moment of the event, as the stream says them. */
static const struct pushable pushables[] = {
	{ "evt.type", F_EVT_TYPE, HOW_EVENT, 0 },
	{ "syscall.type", F_EVT_TYPE, HOW_EVENT, 0 },
	{ "evt.num", F_EVT_NUM, HOW_NEVER, 0 },
	{ "fd.name", F_FD_NAME, HOW_TEXT, 0 },
	{ "fd.nameraw", F_FD_NAMERAW, HOW_TEXT, 0 },
	{ "fd.directory", F_FD_NAME, HOW_DIRECTORY, 0 },
	{ "fd.filename", F_FD_NAME, HOW_FILENAME, 0 },
	{ "fd.typechar", F_FD_TYPECHAR, HOW_TEXT, 0 },
	{ "fd.type", F_FD_TYPECHAR, HOW_TYPE, 0 },
	{ "proc.name", F_PROC_NAME, HOW_TEXT, 0 },
	{ "evt.is_open_read", F_ARG(A_FLAGS), HOW_OPEN_FLAG, 1 },
	{ "evt.is_open_write", F_ARG(A_FLAGS), HOW_OPEN_FLAG, 2 },
	{ "evt.rawres", F_EVT_RAWRES, HOW_INTEGER, 0 },
	{ "evt.res", F_EVT_RAWRES, HOW_RESULT, 0 },
	{ "evt.failed", F_EVT_RAWRES, HOW_FAILED, 0 },
	{ "fd.num", F_FD_NUM, HOW_INTEGER, 0 },
	{ "user.uid", F_USER_UID, HOW_INTEGER, 0 },
	{ "group.gid", F_GROUP_GID, HOW_INTEGER, 0 },
	{ "fd.sport", F_FD_SPORT, HOW_INTEGER, 0 },
	{ "fd.cport", F_FD_CPORT, HOW_INTEGER, 0 },
	{ "fd.sip", F_FD_SIP, HOW_ADDRESS, 0 },
	{ "fd.cip", F_FD_CIP, HOW_ADDRESS, 0 },
	{ "fd.snet", F_FD_SIP, HOW_ADDRESS, 0 },
	{ "fd.cnet", F_FD_CIP, HOW_ADDRESS, 0 },
	{ "proc.is_exe_from_memfd", F_PROC_IS_EXE_FROM_MEMFD, HOW_BOOL, 0 },
	{ "proc.is_exe_upper_layer", F_PROC_IS_EXE_UPPER_LAYER, HOW_BOOL, 0 },
};

static const struct pushable *pushable(const struct check *c)
{
	const struct operand *o = c->left;

	if (o->kind != OPERAND_FIELD || o->has_arg)
		return NULL;
	for (size_t i = 0; i < nitems(pushables); i++)
		if (strlen(pushables[i].name) == o->text.len &&
		    !memcmp(pushables[i].name, o->text.s, o->text.len))
			return &pushables[i];
	return NULL;
}

/* ---- checks */

static void left(struct pusher *p, const struct ast *check, const char *why, struct cubes *out)
{
	if (p->left)
		p->left(p->arg, check, why);
	cubes_any(out);
}

static void push_events(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;
	struct event_set set = { { 0 } };

	if (!check_is_equal(c) && c->op != OP_NE) {
		left(p, node, "event types are compared by a pattern", out);
		return;
	}
	for (uint32_t i = 0; i < c->nvalues; i++) {
		const struct event_type *e = event_by_name(c->values[i].s, c->values[i].len);

		if (!e) {
			/* a system call that has no event of its own comes as the generic one */
			e = event_by_id(EV_SYSCALL);
			if (negated || c->op == OP_NE)
				continue;
		}
		set.bits[e->id / 64] |= 1ULL << e->id % 64;
	}
	if (negated != (c->op == OP_NE))
		for (size_t i = 0; i < nitems(set.bits); i++)
			set.bits[i] = ~set.bits[i];
	cubes_events(out, &set);
}

/* evt.num = 0 is how people write "never" */
static void push_never(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;

	if (!negated && (c->op == OP_EQ || c->op == OP_EQEQ) && value_is(&c->values[0], "0"))
		out->n = 0;
	else if (negated || c->op != OP_GT)
		left(p, node, "numbers of events are given behind the kernel", out);
	else
		cubes_any(out);
}

static int push_check(struct pusher *p, const struct ast *node, bool negated, struct cubes *out)
{
	const struct check *c = &node->check;
	const struct pushable *f = pushable(c);
	struct terms t = { 0 };
	struct plan_pred *pred;

	if (!f) {
		left(p, node, "the kernel does not have this field", out);
		return 0;
	}
	if (c->modifier != MODIFIER_NONE || (c->rhs != RHS_STRING && c->rhs != RHS_NUMBER &&
					     c->rhs != RHS_LIST && c->rhs != RHS_IDENT)) {
		left(p, node, "only comparisons with fixed values are for the kernel", out);
		return 0;
	}
	if (c->nvalues == 0) { /* "in ()" is never true */
		cubes_any(out);
		out->n = negated;
		return 0;
	}
	if (f->how == HOW_EVENT || f->how == HOW_NEVER) {
		(f->how == HOW_EVENT ? push_events : push_never)(p, node, negated, out);
		return 0;
	}
	pred = arena_new(p->arena, struct plan_pred);
	t.t = arena_array(p->arena, struct plan_term, 2 * (size_t)c->nvalues);
	if (!pred || !t.t)
		return -1;
	if (!pushdown_terms(p->arena, f, c, negated, &t)) {
		left(p, node, "this comparison is not for the kernel", out);
		return 0;
	}
	*pred = (struct plan_pred){ f->field, t.negated, t.n, t.t };
	cubes_pred(out, pred);
	return 0;
}

static int push(struct pusher *p, const struct ast *node, bool negated, unsigned int level,
		struct cubes *out)
{
	bool conjunction = (node->kind == AST_AND) != negated;
	struct cubes *child;

	if (level > LEVEL_MAX || node->kind == AST_MACRO) {
		cubes_any(out);
		return 0;
	}
	if (node->kind == AST_CHECK)
		return push_check(p, node, negated, out);
	if (node->kind == AST_NOT)
		return push(p, node->children[0], !negated, level + 1, out);
	child = arena_new(p->arena, struct cubes);
	if (!child || push(p, node->children[0], negated, level + 1, out) == -1)
		return -1;
	for (uint32_t i = 1; i < node->nchildren; i++) {
		if (push(p, node->children[i], negated, level + 1, child) == -1)
			return -1;
		if ((conjunction ? cubes_and : cubes_or)(out, child, p->arena) == -1)
			return -1;
	}
	return 0;
}

int pushdown(const struct ast *cond, struct arena *arena, pushdown_left *left_fn, void *arg,
	     struct cubes *out)
{
	struct pusher p = { arena, left_fn, arg };

	return push(&p, cond, false, 0, out);
}
