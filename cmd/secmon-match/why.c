// SPDX-License-Identifier: BSD-2-Clause
/* Why a rule matched. */
#include "cmd/secmon-match/why.h"

#include <string.h>

#include "cmd/secmon-match/render.h"

enum { CHECK_MAX = 200, VALUE_MAX = 200 };

static void cut(struct text_out *t, char *start, size_t max)
{
	if ((size_t)(t->pos - start) > max) {
		t->pos = start + max;
		text_str(t, "...");
	}
}

static void add(struct why *y, struct eval *e, struct xctx *x, const struct pred *p, bool holds)
{
	const struct xval *v = eval_value(e, p->slot);
	struct text_out t;
	char *start;

	if (y->n == WHY_MAX)
		return;
	text_begin(&t, x->s);
	if (!holds)
		text_str(&t, "not ");
	start = t.pos;
	text_str(&t, p->text);
	cut(&t, start, CHECK_MAX);
	text_str(&t, ": ");
	start = t.pos;
	if (!v || !render_text(&t, v))
		text_str(&t, "<NA>");
	cut(&t, start, VALUE_MAX);
	y->lines[y->n].s = text_end(&t, &y->lines[y->n].len);
	if (y->lines[y->n].s)
		y->n++;
}

/* Of an AND all kids made it true, of an OR one is enough; false is the mirror of it. */
static void explain(struct why *y, struct eval *e, const struct program *p, struct xctx *x,
		    uint32_t node, bool holds)
{
	const struct node *n = &p->nodes[node];
	bool all = (n->kind == NODE_AND) == holds;

	if (y->n == WHY_MAX)
		return;
	if (n->kind == NODE_PRED) {
		add(y, e, x, &p->preds[n->first], holds);
		return;
	}
	for (uint32_t i = 0; i < n->count; i++) {
		uint32_t kid = p->kids[n->first + i];

		if (n->kind == NODE_NOT) {
			explain(y, e, p, x, kid, !holds);
		} else if (all) {
			explain(y, e, p, x, kid, holds);
		} else if (eval_node(e, kid) == holds) {
			explain(y, e, p, x, kid, holds);
			return;
		}
	}
}

void why_explain(struct why *y, struct eval *e, struct xctx *x, uint32_t node)
{
	y->n = 0;
	explain(y, e, eval_program(e), x, node, true);
}

void why_write(const struct why *y, struct wire *w)
{
	wire_array(w, F_ALERT_WHY, y->n);
	for (size_t i = 0; i < y->n; i++)
		wire_item_text(w, y->lines[i].s, y->lines[i].len);
}
