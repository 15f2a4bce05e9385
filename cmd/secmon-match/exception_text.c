// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions as text of a condition: lists and macros in their values come to life later. */
#include <string.h>

#include "cmd/secmon-match/exception.h"
#include "cmd/secmon-match/exception_impl.h"
#include "cmd/secmon-match/textbuf.h"

bool exceptions_any(const struct ruledef *r)
{
	for (uint32_t i = 0; i < r->nexceptions; i++)
		if (r->exceptions[i]->values.n)
			return true;
	return false;
}

/* a value with a blank in it needs quotes, unless it brings them */
static void add_quoted(struct textbuf *b, const struct ynode *v)
{
	bool quote = v->kind == YNODE_SCALAR && memchr(v->text, ' ', v->len) && *v->text != '"' &&
		     *v->text != '\'';

	if (v->kind != YNODE_SCALAR)
		return;
	if (quote)
		textbuf_str(b, "\"");
	textbuf_node(b, v);
	if (quote)
		textbuf_str(b, "\"");
}

/* "(a, b)"; a list inside the list is nothing */
static void add_list(struct textbuf *b, const struct ynode *const *items, uint32_t n)
{
	size_t start;

	textbuf_str(b, "(");
	start = b->len;
	for (uint32_t i = 0; i < n; i++) {
		if (b->len > start)
			textbuf_str(b, ", ");
		add_quoted(b, items[i]);
	}
	textbuf_str(b, ")");
}

static void add_value(struct textbuf *b, const char *op, const struct ynode *v)
{
	if (v->kind == YNODE_SEQ) {
		add_list(b, v->items, v->n);
	} else if (exception_op_wants_list(op) && *v->text != '(') {
		textbuf_str(b, "(");
		textbuf_node(b, v);
		textbuf_str(b, ")");
	} else if (exception_op_wants_list(op)) {
		textbuf_node(b, v);
	} else {
		add_quoted(b, v);
	}
}

static void add_tuple(struct textbuf *b, const struct exception *e, const struct ynode *tuple)
{
	textbuf_str(b, "(");
	for (uint32_t i = 0; i < e->fields->n; i++) {
		const struct ynode *op = e->comps ? e->comps->items[i] : NULL;

		if (i)
			textbuf_str(b, " and ");
		textbuf_node(b, e->fields->items[i]);
		textbuf_str(b, " ");
		if (op)
			textbuf_node(b, op);
		else
			textbuf_str(b, "=");
		textbuf_str(b, " ");
		add_value(b, op ? op->text : "=", tuple->items[i]);
	}
	textbuf_str(b, ")");
}

static void add_tuples(struct textbuf *b, const struct exception *e)
{
	for (uint32_t i = 0; i < e->values.n && !b->failed; i++) {
		if (i)
			textbuf_str(b, " or ");
		add_tuple(b, e, e->values.v[i]);
	}
}

static void add_flat(struct textbuf *b, const struct exception *e)
{
	textbuf_node(b, e->fields);
	textbuf_str(b, " ");
	if (e->comps)
		textbuf_node(b, e->comps);
	else
		textbuf_str(b, "in");
	textbuf_str(b, " ");
	add_list(b, e->values.v, e->values.n);
}

int exceptions_text(struct loader *l, const struct ruledef *r, struct textbuf *b)
{
	for (uint32_t i = 0; i < r->nexceptions; i++) {
		const struct exception *e = r->exceptions[i];

		/* fields: [] has nothing to compare either */
		if (!e->values.n || (e->fields->kind == YNODE_SEQ && !e->fields->n))
			continue;
		textbuf_str(b, " and not (");
		if (e->fields->kind == YNODE_SEQ)
			add_tuples(b, e);
		else
			add_flat(b, e);
		textbuf_str(b, ")");
	}
	return b->failed ? -1 : 0;
}
