// SPDX-License-Identifier: BSD-2-Clause
/* Fields and transformers: names resolved, types checked. */
#include "cmd/secmon-match/expr.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/printed.h"
#include "common/suggest.h"

int check_fail(struct check_error *err, const struct ast_pos *pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->hint[0] = '\0';
	err->unknown_name = false;
	if (pos)
		err->pos = *pos;
	errno = EINVAL;
	return -1;
}

/* The canonical text of an operand: its name in output, and what makes two of them equal. */
static char *operand_name(struct arena *arena, const struct operand *o)
{
	FILE *f = printed_begin();

	if (!f)
		return NULL;
	ast_print_operand(f, o);
	return printed_end(arena);
}

/* Fields that tell something of what the same check saw before. */
static bool remembers(unsigned int id)
{
	return id == F_UTIL_CNT || id == F_EVT_DELTATIME || id == F_EVT_DELTATIME_S ||
	       id == F_EVT_DELTATIME_NS;
}

static int compile_field(struct expr *e, const struct operand *o, struct arena *arena,
			 struct check_error *err)
{
	char text[256];

	if (fieldref_resolve(&e->ref, o->text.s, o->text.len, o->has_arg ? o->arg.s : NULL,
			     o->arg.len, text, sizeof(text)) < 0) {
		check_fail(err, &o->pos, "%s", text);
		err->unknown_name = strstr(text, "nonexistent field") != NULL;
		if (err->unknown_name)
			suggest_field(o->text.s, o->text.len, "", err->hint, sizeof(err->hint));
		return -1;
	}
	e->type = e->ref.type;
	e->list = fieldref_is_list(&e->ref);
	if (!remembers(e->ref.field->id))
		return 0;
	e->impure = true;
	e->ref.before = arena_alloc(arena, sizeof(*e->ref.before));
	if (!e->ref.before)
		return -1;
	*e->ref.before = 0;
	return 0;
}

static bool is_text(const struct expr *e)
{
	return e->type == TYPE_CHARBUF || e->type == TYPE_FSPATH || e->type == TYPE_FSRELPATH;
}

static int bad_type(const struct operand *o, const struct expr *arg, struct check_error *err)
{
	return check_fail(err, &o->pos,
			  "can't add field transformer: type '%s' is not supported "
			  "by '%s' transformer applied on field '%s'",
			  type_name(arg->type), ast_function_name(o->function), arg->name);
}

static int need_args(struct expr *e, const struct operand *o, uint32_t min, uint32_t max,
		     struct check_error *err)
{
	if (e->nargs >= min && e->nargs <= max)
		return 0;
	if (e->function == FN_GETOPT && e->nargs > 1)
		return check_fail(err, &o->pos,
				  "getopt() requires exactly 2 arguments: args list and optstring");
	if (e->function == FN_JOIN || e->function == FN_CONCAT)
		return check_fail(err, &o->pos, "%s() requires %s", ast_function_name(e->function),
				  max == 2 ? "a separator and a list" : "at least two arguments");
	return check_fail(err, &o->pos, "unknown field transfomer '%s'",
			  ast_function_name(e->function));
}

static int call_on_one(struct expr *e, const struct operand *o, struct check_error *err)
{
	struct expr *a;

	if (need_args(e, o, 1, 1, err) < 0)
		return -1;
	a = e->args[0];
	e->type = a->type;
	e->list = a->list;
	if (a->kind == EXPR_FIELD && (a->ref.field->flags & FIELD_NO_TRANSFORM))
		return check_fail(err, &o->pos, "field '%s' does not support transformers",
				  a->name);
	if (e->function == FN_LEN) {
		if (!a->list && !is_text(a) && a->type != TYPE_BYTEBUF)
			return bad_type(o, a, err);
		e->type = TYPE_UINT64;
		e->list = false;
		return 0;
	}
	if (!is_text(a) && !(e->function == FN_B64 && a->type == TYPE_BYTEBUF))
		return bad_type(o, a, err);
	return 0;
}

static int call_join(struct expr *e, const struct operand *o, struct check_error *err)
{
	e->type = TYPE_CHARBUF;
	if (need_args(e, o, 2, 2, err) < 0)
		return -1;
	if (!is_text(e->args[0]) || e->args[0]->list)
		return bad_type(o, e->args[0], err);
	if (!e->args[1]->list)
		return check_fail(err, &o->pos, "join() requires a list as its second argument");
	if (e->args[1]->kind != EXPR_LIST && !is_text(e->args[1]))
		return bad_type(o, e->args[1], err);
	return 0;
}

static int call_concat(struct expr *e, const struct operand *o, struct check_error *err)
{
	e->type = TYPE_CHARBUF;
	if (need_args(e, o, 2, UINT32_MAX, err) < 0)
		return -1;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (!is_text(e->args[i]) || e->args[i]->list)
			return bad_type(o, e->args[i], err);
	return 0;
}

static int call_getopt(struct expr *e, const struct operand *o, struct check_error *err)
{
	e->type = TYPE_CHARBUF;
	if (need_args(e, o, 2, 2, err) < 0)
		return -1;
	if (!e->args[0]->list &&
	    !(e->args[0]->kind == EXPR_FIELD && (e->args[0]->ref.field->flags & FIELD_WIRE_LIST)))
		return check_fail(err, &o->pos, "getopt() requires a list as its first argument");
	if (e->args[1]->kind != EXPR_TEXT)
		return check_fail(err, &o->pos, "getopt() requires a quoted string of options");
	e->list = !o->has_arg;
	if (o->has_arg && o->arg.len != 1)
		return check_fail(err, &o->pos, "getopt() takes one option letter in its brackets");
	return 0;
}

static int check_call(struct expr *e, const struct operand *o, struct check_error *err)
{
	if (o->has_arg && o->function != FN_GETOPT)
		return check_fail(err, &o->pos,
				  "filter error: transformer '%s' does not support field arguments",
				  ast_function_name(o->function));
	switch (o->function) {
	case FN_JOIN:
		return call_join(e, o, err);
	case FN_CONCAT:
		return call_concat(e, o, err);
	case FN_GETOPT:
		return call_getopt(e, o, err);
	default:
		return call_on_one(e, o, err);
	}
}

struct expr *expr_compile(struct arena *arena, const struct operand *o, struct check_error *err)
{
	struct expr *e = arena_new(arena, struct expr);

	if (!e)
		return NULL;
	e->name = operand_name(arena, o);
	e->args = o->nargs ? arena_array(arena, struct expr *, o->nargs) : NULL;
	if (!e->name || (o->nargs && !e->args))
		return NULL;
	e->function = o->function;
	for (; e->nargs < o->nargs; e->nargs++) {
		struct expr *arg = expr_compile(arena, o->args[e->nargs], err);

		if (!arg)
			return NULL;
		e->args[e->nargs] = arg;
		e->impure |= arg->impure;
	}
	switch (o->kind) {
	case OPERAND_FIELD:
		e->kind = EXPR_FIELD;
		return compile_field(e, o, arena, err) < 0 ? NULL : e;
	case OPERAND_CALL:
		e->kind = EXPR_CALL;
		e->text = o->has_arg ? o->arg : (struct text){ NULL, 0 };
		return check_call(e, o, err) < 0 ? NULL : e;
	case OPERAND_LIST:
		e->kind = EXPR_LIST;
		e->type = TYPE_CHARBUF;
		e->list = true;
		return e;
	default: /* a text, or a number, which is one here */
		e->kind = EXPR_TEXT;
		e->type = TYPE_CHARBUF;
		e->text = o->text;
		return e;
	}
}

static bool list_value(struct xctx *x, const struct expr *e, struct xval *v)
{
	struct xval *items = scratch_alloc(x->s, (e->nargs + 1) * sizeof(*items));

	if (!items)
		return false;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (!expr_value(x, e->args[i], &items[i]))
			return false;
	v->kind = X_ITEMS;
	v->type = TYPE_CHARBUF;
	v->quant = Q_LIST;
	v->fmt = FMT_NA;
	v->items = items;
	v->len = e->nargs;
	return true;
}

bool expr_value(struct xctx *x, const struct expr *e, struct xval *v)
{
	v->quant = Q_ONE;
	v->fmt = FMT_NA;
	switch (e->kind) {
	case EXPR_FIELD:
		return extract(x, &e->ref, v);
	case EXPR_TEXT:
		return xval_text(v, e->text.s, e->text.len);
	case EXPR_LIST:
		return list_value(x, e, v);
	default:
		return transform(x, e, v);
	}
}
