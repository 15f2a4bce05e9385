// SPDX-License-Identifier: BSD-2-Clause
/* append_output: texts and fields for the alerts of some rules, or of all. */
#include "cmd/secmon-match/append.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/ydoc.h"
#include "common/compat.h"

enum { FILE_MAX = 1 << 20 };

/* What Falco's container plugin suggests. */
static const char suggested[] =
	"container_id=%container.id container_name=%container.name "
	"container_image_repository=%container.image.repository "
	"container_image_tag=%container.image.tag k8s_pod_name=%k8s.pod.name "
	"k8s_ns_name=%k8s.ns.name";

struct extra_field {
	const char *key, *text; /* text NULL: the value of the field key */
};

struct append_entry {
	const char *rule, *source; /* NULL: any */
	const struct ynode *tags;  /* all of them, or NULL */
	const char *output;
	bool suggested;
	struct extra_field *fields;
	size_t nfields;
};

struct parser {
	struct appends *a;
	const char *path;
	char *err;
	size_t errlen;
};

static int wrong(struct parser *p, const struct ynode *at, const char *fmt, ...) printf_like(3, 4);
static int wrong(struct parser *p, const struct ynode *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(p->err, p->errlen, "%s:%u:%u: %s", p->path, at->line, at->column, text);
	errno = EINVAL;
	return -1;
}

static int scalar(struct parser *p, const struct ynode *v, const char *key, const char **out)
{
	if (v->kind != YNODE_SCALAR || !v->len)
		return wrong(p, v, "'%s' is a text", key);
	*out = v->text;
	return 0;
}

static int read_match(struct parser *p, const struct ynode *map, struct append_entry *e)
{
	if (map->kind != YNODE_MAP)
		return wrong(p, map, "'match' is a map of rule, source and tags");
	for (uint32_t i = 0; i < map->n; i++) {
		const char *key = map->pairs[i].key->text;
		const struct ynode *v = map->pairs[i].value;
		int failed = 0;

		if (key && strcmp(key, "rule") == 0)
			failed = scalar(p, v, key, &e->rule);
		else if (key && strcmp(key, "source") == 0)
			failed = scalar(p, v, key, &e->source);
		else if (key && strcmp(key, "tags") == 0 && v->kind == YNODE_SEQ)
			e->tags = v;
		else
			failed = wrong(p, map->pairs[i].key,
				       "'match' is a map of rule, source and a sequence of tags");
		if (failed)
			return -1;
	}
	for (uint32_t i = 0; e->tags && i < e->tags->n; i++)
		if (e->tags->items[i]->kind != YNODE_SCALAR)
			return wrong(p, e->tags->items[i], "a tag is a text");
	return 0;
}

static bool has_key(const struct append_entry *e, const char *key)
{
	for (size_t i = 0; i < e->nfields; i++)
		if (strcmp(e->fields[i].key, key) == 0)
			return true;
	return false;
}

static int one_field(struct parser *p, const struct ynode *v, struct append_entry *e)
{
	struct extra_field *f = &e->fields[e->nfields];
	const struct ynode *key = v;

	if (v->kind == YNODE_MAP && v->n == 1) {
		key = v->pairs[0].key;
		if (scalar(p, v->pairs[0].value, "the value of a field", &f->text) < 0)
			return -1;
	}
	if (scalar(p, key, "an extra field", &f->key) < 0)
		return -1;
	for (size_t i = 0; i <= p->a->n; i++)
		if (has_key(&p->a->v[i], f->key))
			return wrong(p, key, "there is a field '%s' already", f->key);
	e->nfields++;
	return 0;
}

static int read_fields(struct parser *p, const struct ynode *seq, struct append_entry *e)
{
	if (seq->kind != YNODE_SEQ)
		return wrong(p, seq, "'extra_fields' is a sequence of fields and 'name: text'");
	e->fields = arena_array(&p->a->arena, struct extra_field, seq->n + 1);
	if (!e->fields)
		return -1;
	for (uint32_t i = 0; i < seq->n; i++)
		if (one_field(p, seq->items[i], e) < 0)
			return -1;
	return 0;
}

static int read_key(struct parser *p, const struct ypair *pair, struct append_entry *e)
{
	const char *key = pair->key->text ? pair->key->text : "";
	const struct ynode *v = pair->value;

	if (strcmp(key, "match") == 0)
		return read_match(p, v, e);
	if (strcmp(key, "extra_output") == 0)
		return scalar(p, v, key, &e->output);
	if (strcmp(key, "extra_fields") == 0)
		return read_fields(p, v, e);
	if (strcmp(key, "suggested_output") != 0)
		return wrong(p, pair->key,
			     "'%s': an entry has match, extra_output, extra_fields and "
			     "suggested_output",
			     key);
	if (v->kind != YNODE_SCALAR ||
	    (strcmp(v->text, "true") != 0 && strcmp(v->text, "false") != 0))
		return wrong(p, v, "'suggested_output' is true or false");
	e->suggested = *v->text == 't';
	return 0;
}

static int read_entries(struct parser *p, const struct ynode *seq)
{
	if (seq->kind == YNODE_MAP)
		seq = ynode_get(seq, "append_output");
	if (!seq || seq->kind == YNODE_NULL)
		return 0;
	if (seq->kind != YNODE_SEQ)
		return wrong(p, seq, "'append_output' is a sequence of maps");
	p->a->v = arena_array(&p->a->arena, struct append_entry, seq->n + 1);
	if (!p->a->v)
		return -1;
	for (uint32_t i = 0; i < seq->n; i++) {
		const struct ynode *map = seq->items[i];

		if (map->kind != YNODE_MAP)
			return wrong(p, map, "an entry of append_output is a map");
		for (uint32_t k = 0; k < map->n; k++)
			if (read_key(p, &map->pairs[k], &p->a->v[p->a->n]) < 0)
				return -1;
		p->a->n++;
	}
	return 0;
}

static int read_file(struct arena *arena, struct rulefile *f)
{
	FILE *in = fopen(f->path, "re");
	char *text = malloc(FILE_MAX + 1);
	bool failed = !in || !text;

	if (!failed) {
		f->len = fread(text, 1, FILE_MAX + 1, in);
		failed = ferror(in);
		if (!failed && f->len > FILE_MAX) {
			errno = EFBIG;
			failed = true;
		}
	}
	if (!failed)
		f->content = arena_copy(arena, text, f->len);
	free(text);
	if (in)
		fclose(in);
	return f->content ? 0 : -1;
}

int appends_load(struct appends *a, const char *path, char *err, size_t errlen)
{
	struct parser p = { a, path, err, errlen };
	struct ydoc_error ye = { .text = "" };
	const struct ynode **docs;
	struct rulefile *f;
	size_t n;

	*a = (struct appends){ .n = 0 };
	arena_init(&a->arena, 16 * FILE_MAX);
	f = arena_new(&a->arena, struct rulefile);
	if (!f)
		return -1;
	f->path = path;
	if (read_file(&a->arena, f) < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		errno = EINVAL;
		return -1;
	}
	if (ydoc_parse(f, &a->arena, &docs, &n, &ye) < 0) {
		if (errno == EINVAL)
			snprintf(err, errlen, "%s:%u:%u: %s", path, ye.place.line, ye.place.column,
				 ye.text);
		return -1;
	}
	return n ? read_entries(&p, docs[0]) : 0;
}

static bool has_tag(const struct rule *r, const char *tag)
{
	for (size_t i = 0; i < r->ntags; i++)
		if (strcmp(r->tags[i], tag) == 0)
			return true;
	return false;
}

static bool is_for(const struct append_entry *e, const struct rule *r)
{
	if (e->rule && strcmp(e->rule, r->name) != 0)
		return false;
	if (e->source && strcmp(e->source, r->source) != 0)
		return false;
	for (uint32_t i = 0; e->tags && i < e->tags->n; i++)
		if (!has_tag(r, e->tags->items[i]->text))
			return false;
	return true;
}

static char *longer(struct arena *arena, const char *text, const char *more)
{
	size_t n = strlen(text), m = strlen(more);
	char *s = arena_alloc(arena, n + m + 2);

	if (s) {
		memcpy(s, text, n);
		s[n] = ' ';
		memcpy(s + n + 1, more, m);
	}
	return s;
}

struct format *appends_format(const struct appends *a, const struct rule *rule, struct arena *arena,
			      struct check_error *err)
{
	const char *text = rule->output;
	struct format *f;

	for (size_t i = 0; a && i < a->n && text; i++) {
		if (!is_for(&a->v[i], rule))
			continue;
		if (a->v[i].output)
			text = longer(arena, text, a->v[i].output);
		if (a->v[i].suggested && text)
			text = longer(arena, text, suggested);
	}
	f = text ? format_compile(text, arena, err) : NULL;
	for (size_t i = 0; a && i < a->n && f; i++) {
		const struct append_entry *e = &a->v[i];

		for (size_t k = 0; is_for(e, rule) && k < e->nfields; k++)
			if (format_extra(f, e->fields[k].key, e->fields[k].text, arena, err) < 0)
				return NULL;
	}
	return f;
}

void appends_each(const struct appends *a, void (*fn)(void *arg, const char *text), void *arg)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct append_entry *e = &a->v[i];

		if (e->output)
			fn(arg, e->output);
		for (size_t k = 0; k < e->nfields; k++)
			fn(arg, e->fields[k].text ? e->fields[k].text : e->fields[k].key);
	}
}
