// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions of rules: read, check, join. exception_text.c writes them as conditions. */
#include <string.h>

#include "cmd/secmon-match/decode.h"
#include "cmd/secmon-match/exception.h"
#include "cmd/secmon-match/exception_impl.h"
#include "cmd/secmon-match/parse.h"

#define VISIT 256 /* what looking at a value costs of LOAD_WORK */

static int charge(struct loader *l, const struct subject *s, const struct ynode *node)
{
	l->work += VISIT;
	if (l->work <= LOAD_WORK)
		return 0;
	return load_find(l, LOAD_ERR_VALIDATE, s, node, "the exceptions have too many values");
}

/* scalars with something in them, lists of those; what is deeper counts as nothing */
static int check_value(struct loader *l, const struct subject *s, const struct ynode *v, int depth)
{
	if (charge(l, s, v))
		return -1;
	if (v->kind != YNODE_SEQ)
		return decode_scalar(l, s, "values", v);
	for (uint32_t i = 0; depth && i < v->n; i++)
		if (check_value(l, s, v->items[i], depth - 1))
			return -1;
	return 0;
}

/* "fields" and "comps": one scalar or a sequence of them */
static int read_names(struct loader *l, const struct subject *s, const struct ynode *map,
		      const char *key, const struct ynode **out)
{
	const struct ynode *v = ynode_get(map, key);

	*out = v;
	if (!v)
		return 0;
	if (v->kind != YNODE_SEQ)
		return decode_scalar(l, s, key, v) ? -1 : 1;
	for (uint32_t i = 0; i < v->n; i++)
		if (decode_scalar(l, s, key, v->items[i]))
			return -1;
	return 1;
}

static int read_values(struct loader *l, const struct subject *s, const struct ynode *map,
		       bool partial, struct exception *e)
{
	const struct ynode *values = ynode_get(map, "values");

	if (!values && partial)
		load_find(l, LOAD_APPEND_NO_VALUES, s, map,
			  "Overriding/appending exception with no values");
	if (!values)
		return 0;
	if (values->kind != YNODE_SEQ)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s,
				 values->kind == YNODE_NULL ? map : values,
				 "Rule exception values must be a sequence");
	for (uint32_t i = 0; i < values->n; i++)
		if (check_value(l, s, values->items[i], 2))
			return -1;
	e->values.v = values->items;
	e->values.n = e->values.room = values->n;
	return 0;
}

static struct exception *read_one(struct loader *l, const struct ynode *map, bool partial)
{
	struct subject s = { .item = "exception", .name = "", .node = map };
	struct exception *e = arena_new(l->arena, struct exception);
	const struct ynode *name;
	int rc;

	if (!e) {
		load_no_memory(l);
		return NULL;
	}
	if (decode_need_text(l, &s, map, "name", &name))
		return NULL;
	s.name = e->name = name->text;
	e->item = map;
	rc = read_names(l, &s, map, "fields", &e->fields);
	if (!rc && !partial)
		rc = decode_missing(l, &s, "fields");
	if (rc == -1 || read_names(l, &s, map, "comps", &e->comps) == -1 ||
	    read_values(l, &s, map, partial, e))
		return NULL;
	return e;
}

static int add(struct loader *l, struct exceptions *list, struct exception *e)
{
	struct exception **v = arena_grow(l->arena, list->v, list->n, &list->room, sizeof(*v));

	if (!v)
		return load_no_memory(l);
	list->v = v;
	list->v[list->n++] = e;
	return 0;
}

int exceptions_read(struct loader *l, const struct subject *s, const struct ynode *item,
		    bool partial, struct exceptions *out)
{
	const struct ynode *seq = ynode_get(item, "exceptions");
	struct names seen = { 0 };
	int rc = 1;

	if (!seq)
		return 0;
	if (seq->kind != YNODE_SEQ)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, seq->kind == YNODE_NULL ? NULL : seq,
				 "Rule exceptions must be a sequence");
	for (uint32_t i = 0; rc == 1 && i < seq->n; i++) {
		struct exception *e = read_one(l, seq->items[i], partial);
		struct subject es = { .item = "exception", .name = e ? e->name : "" };

		if (e && names_get(&seen, e->name, strlen(e->name)))
			load_find(l, LOAD_EXCEPTION_NAME_NOT_UNIQUE, &es, e->item,
				  "Multiple definitions of exception '%.100s' in the same rule",
				  e->name);
		if (!e || add(l, out, e))
			rc = -1;
		else if (names_put(&seen, e->name, strlen(e->name), e))
			rc = load_no_memory(l);
	}
	names_clear(&seen);
	return rc;
}

/* "startswith oneof" and the like; 0, or -1 if it is none. */
static int operator_of(const char *text, enum ast_op *op, bool *modifier)
{
	static const char *const modifiers[] = { " oneof", " anyof", " allof" };
	static const bool takes[] = {
#define OPERATOR(sym, text, arity, blank, modifier) modifier,
#include "cmd/secmon-match/operators.def"
#undef OPERATOR
	};
	size_t len = strlen(text);
	int found;

	*modifier = false;
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(modifiers[i]);

		if (len > n && !strcmp(text + len - n, modifiers[i])) {
			*modifier = true;
			len -= n;
			break;
		}
	}
	found = ast_op_by_name(text, len);
	if (found < 0 || (*modifier && !takes[found]))
		return -1;
	*op = found;
	return 0;
}

bool exception_op_wants_list(const char *text)
{
	enum ast_op op;
	bool modifier;

	if (operator_of(text, &op, &modifier))
		return false;
	return modifier || op == OP_IN || op == OP_PMATCH || op == OP_INTERSECTS;
}

/* a field exists if "FIELD exists" is a condition */
static int check_field(struct loader *l, const struct subject *s, const struct ynode *f)
{
	struct parse_error pe;
	struct check_error ce;
	struct operand *o;
	size_t used;
	struct ast a = { .kind = AST_CHECK, .depth = 1, .weight = 1 };

	o = parse_operand(f->text, f->len, l->arena, &used, &pe);
	if (!o || used != f->len)
		return load_find(l, LOAD_ERR_VALIDATE, s, f,
				 "'%.100s' is not a supported filter field", f->text);
	a.check.left = o;
	a.check.op = OP_EXISTS;
	memset(&ce, 0, sizeof(ce));
	if (!l->checker || !l->checker->condition ||
	    !l->checker->condition(l->checker->ctx, &a, &ce))
		return 0;
	return load_find_hint(l, LOAD_ERR_VALIDATE, s, f, ce.hint,
			      "'%.100s' is not a supported filter field", f->text);
}

static int check_tuples(struct loader *l, const struct subject *s, const struct exception *e)
{
	const struct ynode *fields = e->fields;
	enum ast_op op;
	bool modifier;

	if (e->comps && (e->comps->kind != YNODE_SEQ || e->comps->n != fields->n))
		return load_find(l, LOAD_ERR_VALIDATE, s, e->comps,
				 "Fields and comps lists must have equal length");
	for (uint32_t i = 0; e->comps && i < e->comps->n; i++)
		if (operator_of(e->comps->items[i]->text, &op, &modifier))
			return load_find(l, LOAD_ERR_VALIDATE, s, e->comps->items[i],
					 "'%.100s' is not a supported comparison operator",
					 e->comps->items[i]->text);
	for (uint32_t i = 0; i < fields->n; i++)
		if (check_field(l, s, fields->items[i]))
			return -1;
	for (uint32_t i = 0; i < e->values.n; i++)
		if (e->values.v[i]->kind != YNODE_SEQ || e->values.v[i]->n != fields->n)
			return load_find(l, LOAD_ERR_VALIDATE, s, e->values.v[i],
					 "Fields and values lists must have equal length");
	return 0;
}

static int check_flat(struct loader *l, const struct subject *s, const struct exception *e)
{
	if (e->comps && e->comps->kind != YNODE_SCALAR)
		return load_find(l, LOAD_ERR_VALIDATE, s, e->comps,
				 "Fields and comps must both be strings");
	if (e->comps && !exception_op_wants_list(e->comps->text))
		return load_find(l, LOAD_ERR_VALIDATE, s, e->comps,
				 "When fields is a single value, comps must be one of (in, pmatch, "
				 "intersects) or a modifier operator (e.g. startswith oneof)");
	if (check_field(l, s, e->fields))
		return -1;
	for (uint32_t i = 0; i < e->values.n; i++)
		if (e->values.v[i]->kind == YNODE_SEQ)
			return load_find(l, LOAD_ERR_VALIDATE, s, e->values.v[i],
					 "Expected values array to contain a list of strings");
	return 0;
}

static int check_one(struct loader *l, const struct exception *e)
{
	struct subject s = { .item = "exception", .name = e->name, .node = e->item };

	return e->fields->kind == YNODE_SEQ ? check_tuples(l, &s, e) : check_flat(l, &s, e);
}

int exceptions_check(struct loader *l, const struct exceptions *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < e->n; i++)
		if (check_one(l, e->v[i]))
			rc = -1;
	return rc;
}

static struct exception *find(const struct ruledef *r, const char *name)
{
	for (uint32_t i = 0; i < r->nexceptions; i++)
		if (!strcmp(r->exceptions[i]->name, name))
			return r->exceptions[i];
	return NULL;
}

static int append_values(struct loader *l, const struct subject *s, struct exception *e,
			 const struct exception *more)
{
	struct exception joined = *e;

	if (more->fields)
		return load_find(
			l, LOAD_ERR_VALIDATE, s, more->fields,
			"Can not append exception fields to existing exception, only values");
	if (more->comps)
		return load_find(
			l, LOAD_ERR_VALIDATE, s, more->comps,
			"Can not append exception comps to existing exception, only values");
	/* only what is new needs to be looked at */
	joined.values = more->values;
	joined.item = more->item;
	if (check_one(l, &joined))
		return -1;
	for (uint32_t i = 0; i < more->values.n; i++)
		if (nodes_add(l->arena, &e->values, more->values.v[i]))
			return load_no_memory(l);
	return 0;
}

static int append_new(struct loader *l, const struct subject *s, struct ruledef *r,
		      struct exception *e)
{
	struct exceptions all = { r->exceptions, r->nexceptions, r->exceptions_room };

	if (!e->fields)
		return load_find(l, LOAD_ERR_VALIDATE, s, e->item,
				 "Rule exception must have fields property with a list of fields");
	if (!e->values.n)
		return load_find(l, LOAD_ERR_VALIDATE, s, e->item,
				 "Rule exception must have values property with a list of values");
	if (check_one(l, e) || add(l, &all, e))
		return -1;
	r->exceptions = all.v;
	r->nexceptions = all.n;
	r->exceptions_room = all.room;
	return 0;
}

int exceptions_append(struct loader *l, struct ruledef *r, const struct exceptions *e)
{
	for (uint32_t i = 0; i < e->n; i++) {
		struct subject s = { .item = "exception",
				     .name = e->v[i]->name,
				     .node = e->v[i]->item };
		struct exception *old = find(r, e->v[i]->name);

		if (old ? append_values(l, &s, old, e->v[i]) : append_new(l, &s, r, e->v[i]))
			return -1;
	}
	return 0;
}
