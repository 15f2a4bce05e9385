// SPDX-License-Identifier: BSD-2-Clause
/* A YAML file as a tree with positions, by libyaml's events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cmd/secmon-match/names.h"
#include "cmd/secmon-match/ydoc.h"
#include "common/compat.h"

#define MAX_DEPTH 64

/* libyaml counts characters, we count bytes; its marks only ever go forward */
struct cursor {
	size_t chars, offset;
	uint32_t line;
	size_t line_start;
};

struct frame {
	struct ynode *node;
	size_t base; /* where its children begin */
};

struct builder {
	yaml_parser_t parser;
	const struct rulefile *file;
	struct arena *arena;
	struct ydoc_error *err;
	struct cursor cursor;
	size_t skipped; /* a byte order mark: libyaml would count it as a column */
	struct frame frames[MAX_DEPTH];
	unsigned int depth;
	const struct ynode **pending; /* children of all open frames */
	size_t npending, pending_room;
	const struct ynode **docs;
	size_t ndocs, docs_room;
	struct names anchors;
};

static size_t char_bytes(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void cursor_move(struct builder *b, struct cursor *c, size_t chars)
{
	const char *s = b->file->content;

	while (c->chars < chars && c->offset < b->file->len) {
		size_t n = char_bytes(s[c->offset]);

		if (s[c->offset] == '\n') {
			c->line++;
			c->line_start = c->offset + 1;
		}
		c->offset += n;
		c->chars++;
	}
	if (c->offset > b->file->len)
		c->offset = b->file->len;
}

static void cursor_place(const struct cursor *c, const struct rulefile *file, struct place *p)
{
	*p = (struct place){ file, c->offset, c->line + 1, c->offset - c->line_start + 1 };
}

static int no_memory(struct builder *b)
{
	cursor_place(&b->cursor, b->file, &b->err->place);
	snprintf(b->err->text, sizeof(b->err->text),
		 "the file needs more memory than rules may take");
	errno = ENOMEM;
	return -1;
}

static int refuse(struct builder *b, const char *what)
{
	cursor_place(&b->cursor, b->file, &b->err->place);
	snprintf(b->err->text, sizeof(b->err->text), "%s", what);
	errno = EINVAL;
	return -1;
}

static int append(const struct ynode ***v, size_t *n, size_t *room, const struct ynode *node)
{
	if (*n == *room) {
		size_t more = *room ? *room * 2 : 256;
		const struct ynode **p = reallocarray(*v, more, sizeof(*p));

		if (!p)
			return -1;
		*v = p;
		*room = more;
	}
	(*v)[(*n)++] = node;
	return 0;
}

static int add(struct builder *b, const struct ynode *node)
{
	return append(&b->pending, &b->npending, &b->pending_room, node) ? no_memory(b) : 0;
}

static struct ynode *new_node(struct builder *b, enum ynode_kind kind, const yaml_event_t *e)
{
	struct ynode *n = arena_new(b->arena, struct ynode);

	cursor_move(b, &b->cursor, e->start_mark.index);
	if (!n) {
		no_memory(b);
		return NULL;
	}
	n->kind = kind;
	n->file = b->file;
	n->start = n->end = b->cursor.offset;
	n->line = b->cursor.line + 1;
	n->column = b->cursor.offset - b->cursor.line_start + 1;
	return n;
}

static bool is_null(const yaml_event_t *e)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || e->data.scalar.tag)
		return false;
	for (size_t i = 0; i < nitems(words); i++)
		if (!strcmp((const char *)e->data.scalar.value, words[i]))
			return e->data.scalar.length == strlen(words[i]);
	return false;
}

static struct ynode *on_scalar(struct builder *b, const yaml_event_t *e)
{
	struct ynode *n = new_node(b, is_null(e) ? YNODE_NULL : YNODE_SCALAR, e);
	struct cursor end;

	if (!n)
		return NULL;
	end = b->cursor;
	cursor_move(b, &end, e->end_mark.index);
	n->end = end.offset;
	n->style = e->data.scalar.style;
	n->quoted = n->style != YAML_PLAIN_SCALAR_STYLE;
	n->len = e->data.scalar.length;
	n->text = arena_copy(b->arena, (const char *)e->data.scalar.value, n->len);
	if (!n->text) {
		no_memory(b);
		return NULL;
	}
	return n;
}

static int anchor(struct builder *b, const yaml_char_t *name, struct ynode *node)
{
	char *copy;

	if (!name)
		return 0;
	copy = arena_str(b->arena, (const char *)name);
	return !copy || names_put(&b->anchors, copy, strlen(copy), node) ? no_memory(b) : 0;
}

static int on_alias(struct builder *b, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	const struct ynode *n = names_get(&b->anchors, name, strlen(name));

	cursor_move(b, &b->cursor, e->start_mark.index);
	if (!n)
		return refuse(b, "the alias names an anchor that is not defined");
	for (unsigned int i = 0; i < b->depth; i++)
		if (b->frames[i].node == n)
			return refuse(b, "the alias stands inside what it names");
	return add(b, n);
}

static int open_frame(struct builder *b, struct ynode *node)
{
	if (b->depth == MAX_DEPTH)
		return refuse(b, "sequences and maps are nested too deep");
	b->frames[b->depth++] = (struct frame){ .node = node, .base = b->npending };
	return 0;
}

static int fill_map(struct builder *b, struct ynode *n, const struct ynode **kids, size_t count)
{
	n->n = count / 2;
	n->pairs = arena_array(b->arena, struct ypair, n->n);
	if (!n->pairs)
		return no_memory(b);
	for (size_t i = 0; i < n->n; i++)
		n->pairs[i] = (struct ypair){ kids[2 * i], kids[2 * i + 1] };
	return 0;
}

static int close_frame(struct builder *b, const yaml_event_t *e)
{
	struct frame *f = &b->frames[--b->depth];
	size_t count = b->npending - f->base;
	const struct ynode **kids = count ? b->pending + f->base : NULL;
	struct ynode *n = f->node;

	cursor_move(b, &b->cursor, e->start_mark.index);
	n->end = b->cursor.offset;
	b->npending = f->base;
	if (n->kind == YNODE_MAP) {
		if (fill_map(b, n, kids, count))
			return -1;
	} else {
		n->n = count;
		n->items = arena_array(b->arena, const struct ynode *, count);
		if (!n->items)
			return no_memory(b);
		if (count)
			memcpy(n->items, kids, count * sizeof(*kids));
	}
	return add(b, n);
}

static int on_node(struct builder *b, const yaml_event_t *e)
{
	struct ynode *n;

	switch (e->type) {
	case YAML_SCALAR_EVENT:
		n = on_scalar(b, e);
		return n && !anchor(b, e->data.scalar.anchor, n) ? add(b, n) : -1;
	case YAML_SEQUENCE_START_EVENT:
		n = new_node(b, YNODE_SEQ, e);
		return n && !anchor(b, e->data.sequence_start.anchor, n) ? open_frame(b, n) : -1;
	case YAML_MAPPING_START_EVENT:
		n = new_node(b, YNODE_MAP, e);
		return n && !anchor(b, e->data.mapping_start.anchor, n) ? open_frame(b, n) : -1;
	case YAML_ALIAS_EVENT:
		return on_alias(b, e);
	default:
		return close_frame(b, e);
	}
}

static int end_document(struct builder *b)
{
	const struct ynode *root = b->npending ? b->pending[0] : NULL;

	b->npending = 0;
	names_clear(&b->anchors);
	if (root && append(&b->docs, &b->ndocs, &b->docs_room, root))
		return no_memory(b);
	return 0;
}

static int yaml_fault(struct builder *b)
{
	const yaml_parser_t *p = &b->parser;
	struct cursor at = { .offset = b->skipped };

	if (p->error == YAML_MEMORY_ERROR)
		return no_memory(b);
	if (p->error == YAML_READER_ERROR) {
		at.offset = b->skipped + p->problem_offset;
		if (at.offset > b->file->len)
			at.offset = b->file->len;
		for (size_t i = 0; i < at.offset; i++)
			if (b->file->content[i] == '\n') {
				at.line++;
				at.line_start = i + 1;
			}
	} else {
		cursor_move(b, &at, p->problem_mark.index);
	}
	cursor_place(&at, b->file, &b->err->place);
	snprintf(b->err->text, sizeof(b->err->text), "%s%s%s", p->context ? p->context : "",
		 p->context ? ": " : "", p->problem ? p->problem : "not YAML");
	errno = EINVAL;
	return -1;
}

static int read_events(struct builder *b)
{
	yaml_event_t e;
	int rc = 0;
	bool end = false;

	while (!rc && !end) {
		if (!yaml_parser_parse(&b->parser, &e))
			return yaml_fault(b);
		switch (e.type) {
		case YAML_STREAM_END_EVENT:
			end = true;
			break;
		case YAML_NO_EVENT:
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_START_EVENT:
			break;
		case YAML_DOCUMENT_END_EVENT:
			rc = end_document(b);
			break;
		default:
			rc = on_node(b, &e);
		}
		yaml_event_delete(&e);
	}
	return rc;
}

int ydoc_parse(const struct rulefile *file, struct arena *arena, const struct ynode ***docs,
	       size_t *n, struct ydoc_error *err)
{
	struct builder b = { .file = file, .arena = arena, .err = err };
	const unsigned char *text = (const unsigned char *)file->content;
	int rc, saved;

	memset(err, 0, sizeof(*err));
	*docs = NULL;
	*n = 0;
	if (!yaml_parser_initialize(&b.parser))
		return no_memory(&b);
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	if (file->len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		b.skipped = b.cursor.offset = 3;
	yaml_parser_set_input_string(&b.parser, text + b.skipped, file->len - b.skipped);
	rc = read_events(&b);
	saved = errno;
	yaml_parser_delete(&b.parser);
	names_clear(&b.anchors);
	free(b.pending);
	if (b.ndocs && (*docs = arena_array(arena, const struct ynode *, b.ndocs))) {
		memcpy(*docs, b.docs, b.ndocs * sizeof(*b.docs));
		*n = b.ndocs;
	}
	free(b.docs);
	errno = saved;
	return rc;
}

const struct ynode *ynode_get(const struct ynode *map, const char *key)
{
	size_t len = strlen(key);

	if (!map || map->kind != YNODE_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ynode *k = map->pairs[i].key;

		if (k->kind == YNODE_SCALAR && k->len == len && !memcmp(k->text, key, len))
			return map->pairs[i].value;
	}
	return NULL;
}
