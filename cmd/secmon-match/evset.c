// SPDX-License-Identifier: BSD-2-Clause
/* Which event types a check leaves possible. */
#include "cmd/secmon-match/evset.h"

#include <string.h>

#include "cmd/secmon-match/pred.h"

void evset_all(struct evset *s)
{
	static struct evset all;
	size_t n;
	const struct event_type *t = event_table(&n);

	if (!evset_has(&all, t[0].id))
		for (size_t i = 0; i < n; i++)
			evset_add(&all, t[i].id);
	*s = all;
}

void evset_and(struct evset *s, const struct evset *t)
{
	for (int i = 0; i < EVSET_WORDS; i++)
		s->w[i] &= t->w[i];
}

void evset_or(struct evset *s, const struct evset *t)
{
	for (int i = 0; i < EVSET_WORDS; i++)
		s->w[i] |= t->w[i];
}

static bool names_types(const struct pred *p)
{
	const struct expr *e = p->left;

	return e->kind == EXPR_FIELD && !p->right &&
	       (e->ref.field->id == F_EVT_TYPE || e->ref.field->id == F_SYSCALL_TYPE);
}

/* Events are numbered from 1; "evt.num = 0" is how rules say "never". */
static void number_bounds(const struct pred *p, bool *may_hold, bool *may_fail)
{
	uint64_t n = p->nlits ? p->lits[0].v.u : 0;
	bool zero = true;

	*may_hold = *may_fail = true;
	if (p->right || p->modifier != MODIFIER_NONE)
		return;
	for (uint32_t i = 0; i < p->nlits; i++)
		zero &= p->lits[i].v.u == 0;
	switch (p->op) {
	case OP_EQ:
	case OP_IN:
	case OP_INTERSECTS:
		*may_hold = !zero;
		break;
	case OP_NE:
		*may_fail = !zero;
		break;
	case OP_LT:
		*may_hold = n > 1;
		break;
	case OP_LE:
		*may_hold = n > 0;
		break;
	case OP_GE:
		*may_fail = n > 1;
		break;
	case OP_GT:
		*may_fail = n > 0;
		break;
	}
}

void evset_of_pred(const struct pred *p, struct evset *when, struct evset *unless)
{
	struct evset named = { 0 }, rest;
	bool generic = false, may_hold, may_fail;

	evset_all(when);
	evset_all(unless);
	if (p->left->kind == EXPR_FIELD && p->left->ref.field->id == F_EVT_NUM) {
		number_bounds(p, &may_hold, &may_fail);
		if (!may_hold)
			memset(when, 0, sizeof(*when));
		if (!may_fail)
			memset(unless, 0, sizeof(*unless));
		return;
	}
	if (!names_types(p) || (p->op != OP_EQ && p->op != OP_NE && p->op != OP_IN))
		return;
	if (p->modifier != MODIFIER_NONE && (p->op != OP_EQ || p->modifier != MODIFIER_ANYOF))
		return;
	for (uint32_t i = 0; i < p->nlits; i++) {
		const struct event_type *t = event_by_name(p->lits[i].v.s, p->lits[i].v.len);

		evset_add(&named, t ? t->id : EV_SYSCALL);
		generic |= !t;
	}
	evset_all(&rest);
	for (int i = 0; i < EVSET_WORDS; i++)
		rest.w[i] &= ~named.w[i];
	if (generic) /* the other calls without a type of their own */
		evset_add(&rest, EV_SYSCALL);
	*when = p->op == OP_NE ? rest : named;
	*unless = p->op == OP_NE ? named : rest;
	/* a check of syscall.type is false on what is no system call */
	if (p->left->ref.field->id == F_SYSCALL_TYPE)
		evset_all(unless);
}

unsigned int evset_codes(const struct evset *s)
{
	size_t n;
	const struct event_type *t = event_table(&n);
	unsigned int codes = 0;

	for (size_t i = 0; i < n; i++)
		if (evset_has(s, t[i].id))
			codes += t[i].flags & EVENT_ENTER ? 1 : 2;
	return codes;
}
