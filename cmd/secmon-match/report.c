// SPDX-License-Identifier: BSD-2-Clause
/* Everything a load of rules has to say, kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/report.h"
#include "common/compat.h"

#define MAX_LINE 4096 /* bytes of a line that are quoted */

static const struct {
	const char *name, *text;
	bool error;
} codes[] = {
#define LOAD_CODE(sym, error, text) { #sym, text, error },
#include "cmd/secmon-match/loadcodes.def"
#undef LOAD_CODE
};

const char *load_code_name(enum load_code c)
{
	return codes[c].name;
}

const char *load_code_text(enum load_code c)
{
	return codes[c].text;
}

bool load_code_is_error(enum load_code c)
{
	return codes[c].error;
}

void report_init(struct report *r)
{
	memset(r, 0, sizeof(*r));
	arena_init(&r->arena, 0);
	r->last = &r->first;
}

void report_free(struct report *r)
{
	arena_free(&r->arena);
	free(r->files);
	report_init(r);
}

int report_file(struct report *r, const char *path)
{
	struct report_file *v;
	char *copy = arena_str(&r->arena, path);

	if (!copy)
		return -1;
	if (r->nfiles == r->files_room) {
		v = reallocarray(r->files, r->files_room + 16, sizeof(*v));
		if (!v)
			return -1;
		r->files = v;
		r->files_room += 16;
	}
	r->files[r->nfiles++] = (struct report_file){ .path = copy, .schema = -1 };
	return 0;
}

enum { NOTES_MAX = 64 }; /* about the shape of one file */

void report_shape(struct report *r, bool fits)
{
	struct report_file *f = &r->files[r->nfiles - 1];

	f->schema = f->schema != 0 && fits;
}

void report_note(void *report, const char *text)
{
	struct report *r = report;
	struct schema_note **end = &r->files[r->nfiles - 1].notes, *n;
	unsigned int kept = 0;

	for (; *end; end = &(*end)->next)
		kept++;
	n = kept < NOTES_MAX ? arena_new(&r->arena, struct schema_note) : NULL;
	if (!n || !(n->text = arena_str(&r->arena, text)))
		return;
	*end = n;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->code == b->code && a->place.offset == b->place.offset &&
	       a->place.line == b->place.line && !strcmp(a->text, b->text) &&
	       (a->place.line || !strcmp(a->name, b->name)) &&
	       !strcmp(a->place.file ? a->place.file->path : "",
		       b->place.file ? b->place.file->path : "");
}

/* the rules are compiled anew after each file: what was said stays said */
static bool is_known(const struct report *r, const struct finding *f)
{
	for (const struct finding *old = r->first; old; old = old->next)
		if (is_same(old, f))
			return true;
	return false;
}

/* the line that holds the place; a very long one around it, with the column moved along */
static char *quote_line(struct arena *a, struct place *p)
{
	const struct rulefile *f = p->file;
	size_t start = p->offset, end = p->offset;

	if (!f || !f->content || p->offset > f->len)
		return NULL;
	while (start && f->content[start - 1] != '\n' && p->offset - start < MAX_LINE / 2)
		start--;
	while (end < f->len && f->content[end] != '\n' && f->content[end] != '\r' &&
	       end - start < MAX_LINE)
		end++;
	return arena_copy(a, f->content + start, end > start ? end - start : 0);
}

static struct rulefile *copy_file(struct report *r, const struct place *p)
{
	struct rulefile *f;

	if (!p->file)
		return NULL;
	f = arena_new(&r->arena, struct rulefile);
	if (f)
		f->path = arena_str(&r->arena, p->file->path);
	return f && f->path ? f : NULL;
}

static void keep(struct report *r, const struct finding *f)
{
	struct finding *copy = arena_new(&r->arena, struct finding);

	if (!copy)
		goto lost;
	*copy = *f;
	copy->next = NULL;
	copy->file = r->nfiles ? r->nfiles - 1 : 0;
	copy->text = arena_str(&r->arena, f->text);
	copy->hint = f->hint ? arena_str(&r->arena, f->hint) : NULL;
	copy->item = arena_str(&r->arena, f->item);
	copy->name = arena_str(&r->arena, f->name);
	copy->line = quote_line(&r->arena, &copy->place);
	copy->place.file = copy_file(r, &f->place);
	if (!copy->text || !copy->item || !copy->name)
		goto lost;
	*r->last = copy;
	r->last = &copy->next;
	return;
lost:
	r->suppressed++;
}

void report_add(struct report *r, const struct finding *f)
{
	bool error = load_code_is_error(f->code);

	if (r->nfiles)
		*(error ? &r->files[r->nfiles - 1].errors : &r->files[r->nfiles - 1].warnings) += 1;
	if (r->errors + r->warnings >= REPORT_MAX) {
		r->suppressed++;
		if (error)
			r->errors++;
		return;
	}
	if (is_known(r, f))
		return;
	*(error ? &r->errors : &r->warnings) += 1;
	keep(r, f);
}
