// SPDX-License-Identifier: BSD-2-Clause
/*
 * The grammar of conditions, by recursive descent:
 *
 *	or     = and { "or" ( BLANK and | "(" or ")" ) }
 *	and    = not { "and" ( BLANK not | "(" or ")" ) }
 *	not    = { "not" BLANK } ( "not(" or ")" | check )
 *	check  = "(" or ")" | operand operator right | IDENTIFIER
 *
 * What stands left and right of an operator is in parse_operand.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/parse_impl.h"

static struct ast *parse_or(struct parser *p);

/* From 1; CR and LF each end a line. */
static void position(const char *text, size_t index, unsigned int *line, unsigned int *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < index; i++) {
		if (text[i] == '\r' || text[i] == '\n') {
			(*line)++;
			*column = 1;
		} else {
			(*column)++;
		}
	}
}

void parser_fail(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return;
	p->failed = EINVAL;
	p->err->index = p->lex.at;
	position(p->lex.text, p->lex.at, &p->err->line, &p->err->column);
	va_start(ap, fmt);
	vsnprintf(p->err->text, sizeof(p->err->text), fmt, ap);
	va_end(ap);
}

void parser_no_memory(struct parser *p)
{
	if (p->failed)
		return;
	parser_fail(p, "out of memory");
	p->failed = ENOMEM;
}

int parser_push(struct parser *p, struct stack *s, void *item)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		void **items = reallocarray(s->items, room, sizeof(*items));

		if (!items) {
			parser_no_memory(p);
			return -1;
		}
		s->items = items;
		s->room = room;
	}
	s->items[s->n++] = item;
	return 0;
}

void *parser_pop(struct parser *p, struct stack *s, size_t base)
{
	size_t n = s->n - base;
	void *copy = arena_calloc(p->lex.arena, n, sizeof(void *));

	s->n = base;
	if (!copy)
		parser_no_memory(p);
	else if (n)
		memcpy(copy, s->items + base, n * sizeof(void *));
	return copy;
}

int parser_deeper(struct parser *p)
{
	if (p->depth == p->max_depth) {
		parser_fail(p, "exceeded max depth limit of %u", p->max_depth);
		return -1;
	}
	p->depth++;
	return 0;
}

static struct ast *new_node(struct parser *p, enum ast_kind kind, size_t start)
{
	struct ast *a = arena_new(p->lex.arena, struct ast);

	if (!a) {
		parser_no_memory(p);
		return NULL;
	}
	a->kind = kind;
	a->depth = 1;
	a->weight = 1;
	a->pos = (struct ast_pos){ p->src, start, p->lex.at };
	return a;
}

static struct ast *new_parent(struct parser *p, enum ast_kind kind, size_t start, size_t base)
{
	struct ast *a = new_node(p, kind, start);

	if (!a)
		return NULL;
	a->nchildren = p->nodes.n - base;
	a->children = parser_pop(p, &p->nodes, base);
	if (!a->children)
		return NULL;
	for (uint32_t i = 0; i < a->nchildren; i++) {
		const struct ast *child = a->children[i];

		a->weight += child->weight;
		if (a->depth <= child->depth)
			a->depth = child->depth + 1;
	}
	a->pos.end = a->children[a->nchildren - 1]->pos.end;
	return a;
}

/* after "(": an expression and its ")" */
static struct ast *parse_group(struct parser *p)
{
	struct ast *a;

	if (parser_deeper(p))
		return NULL;
	lex_blank(&p->lex);
	a = parse_or(p);
	if (!a)
		return NULL;
	lex_blank(&p->lex);
	if (!lex_word(&p->lex, ")")) {
		parser_fail(p, "expected a ')' token");
		return NULL;
	}
	p->depth--;
	return a;
}

static struct ast *parse_check(struct parser *p)
{
	struct ast *a = NULL;
	struct operand *left;
	struct text name;
	size_t start;

	if (parser_deeper(p))
		return NULL;
	lex_blank(&p->lex);
	start = p->lex.at;
	if (lex_word(&p->lex, "(")) {
		a = parse_group(p);
	} else if ((left = parser_operand(p))) {
		a = new_node(p, AST_CHECK, start);
		if (a)
			a->check.left = left;
		if (!a || parser_right_side(p, &a->check))
			return NULL;
		a->pos.end = a->check.rhs_end;
	} else if (!p->failed && lex_identifier(&p->lex, &name)) {
		a = new_node(p, AST_MACRO, start);
		if (a && !(a->macro.s = arena_copy(p->lex.arena, name.s, name.len)))
			parser_no_memory(p);
		if (a)
			a->macro.len = name.len;
	} else if (!p->failed) {
		parser_fail(p, "expected a '(' token, a field check, or an identifier");
	}
	p->depth--;
	return p->failed ? NULL : a;
}

/* "not" that is a word of its own: 1 with blanks after it, 2 with "(", both taken */
static int take_not(struct parser *p)
{
	struct lexer before = p->lex;

	if (!lex_word(&p->lex, "not"))
		return 0;
	if (lex_blank(&p->lex))
		return 1;
	if (lex_word(&p->lex, "("))
		return 2;
	p->lex = before;
	return 0;
}

static struct ast *parse_not(struct parser *p)
{
	size_t start, base = p->nodes.n;
	struct ast *child;
	bool negated = false;
	int found;

	if (parser_deeper(p))
		return NULL;
	lex_blank(&p->lex);
	start = p->lex.at;
	while ((found = take_not(p))) {
		negated = !negated;
		if (found == 2)
			break;
	}
	child = found == 2 ? parse_group(p) : parse_check(p);
	if (!child)
		return NULL;
	p->depth--;
	if (!negated)
		return child;
	if (parser_push(p, &p->nodes, child))
		return NULL;
	return new_parent(p, AST_NOT, start, base);
}

typedef struct ast *(*parse_fn)(struct parser *p);

/* one operand after "and"/"or" was taken: blanks and next, or a group at once */
static struct ast *parse_next(struct parser *p, const char *word, parse_fn next)
{
	if (lex_blank(&p->lex))
		return next(p);
	if (lex_word(&p->lex, "("))
		return parse_group(p);
	parser_fail(p, "expected blank or '(' after '%s'", word);
	return NULL;
}

static struct ast *parse_chain(struct parser *p, enum ast_kind kind, const char *word,
			       parse_fn next)
{
	size_t start = p->lex.at, base = p->nodes.n;
	struct ast *a;

	if (parser_deeper(p))
		return NULL;
	lex_blank(&p->lex);
	a = next(p);
	if (!a)
		return NULL;
	lex_blank(&p->lex);
	while (lex_word(&p->lex, word)) {
		if (p->nodes.n == base && parser_push(p, &p->nodes, a))
			return NULL;
		a = parse_next(p, word, next);
		if (!a || parser_push(p, &p->nodes, a))
			return NULL;
		lex_blank(&p->lex);
	}
	p->depth--;
	return p->nodes.n > base ? new_parent(p, kind, start, base) : a;
}

static struct ast *parse_and(struct parser *p)
{
	return parse_chain(p, AST_AND, "and", parse_not);
}

static struct ast *parse_or(struct parser *p)
{
	return parse_chain(p, AST_OR, "or", parse_and);
}

static void parser_init(struct parser *p, const char *text, size_t len, struct arena *arena,
			struct parse_error *err)
{
	memset(p, 0, sizeof(*p));
	memset(err, 0, sizeof(*err));
	p->lex.text = text;
	p->lex.len = len;
	p->lex.arena = arena;
	p->max_depth = PARSE_DEPTH;
	p->err = err;
}

static void parser_fini(struct parser *p)
{
	free(p->nodes.items);
	free(p->operands.items);
	free(p->values);
	if (p->failed)
		errno = p->failed;
}

struct ast *parse_condition(const char *text, size_t len, struct arena *arena,
			    const struct source *src, unsigned int max_depth,
			    struct long_lists *lists, struct parse_error *err)
{
	struct parser p;
	struct ast *a;

	parser_init(&p, text, len, arena, err);
	p.src = src;
	p.lists = lists;
	if (max_depth)
		p.max_depth = max_depth;
	if (len > UINT32_MAX) {
		parser_fail(&p, "condition is longer than 4 GB");
		errno = EINVAL;
		return NULL;
	}
	a = parse_or(&p);
	if (a && p.lex.at < len) {
		parser_fail(&p, "unexpected token after '%.*s', expecting 'or', 'and'",
			    (int)(p.lex.last.len < 200 ? p.lex.last.len : 200), p.lex.last.s);
		a = NULL;
	}
	parser_fini(&p);
	return a;
}

struct operand *parse_operand(const char *text, size_t len, struct arena *arena, size_t *used,
			      struct parse_error *err)
{
	struct operand *o;
	struct parser p;

	parser_init(&p, text, len, arena, err);
	o = parser_operand(&p);
	if (!o && !p.failed)
		parser_fail(&p, "expected a field or a transformer");
	*used = p.lex.at;
	parser_fini(&p);
	return o;
}

int parse_is_identifier(const char *s, size_t len)
{
	struct lexer l = { .text = s, .len = len };
	struct text t;

	return lex_identifier(&l, &t) && l.at == len;
}

int parse_is_bare(const char *s, size_t len)
{
	struct lexer l = { .text = s, .len = len };
	struct text t;

	return lex_bare(&l, &t) && l.at == len;
}
