// SPDX-License-Identifier: BSD-2-Clause
/* Files and directories to a ruleset. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/secmon-match/define.h"
#include "cmd/secmon-match/loader.h"
#include "cmd/secmon-match/schema.h"
#include "cmd/secmon-match/select.h"
#include "common/compat.h"

static int find_va(struct loader *l, enum load_code code, const struct subject *s,
		   const struct place *place, unsigned int width, const char *hint, const char *fmt,
		   va_list ap)
{
	char text[1024];
	struct finding f = {
		.code = code,
		.text = text,
		.hint = hint && *hint ? hint : NULL,
		.item = s ? s->item : "",
		.name = s && s->name ? s->name : "",
		.place = *place,
		.width = width,
	};

	vsnprintf(text, sizeof(text), fmt, ap);
	if (load_code_is_error(code))
		l->file_failed = true;
	report_add(l->report, &f);
	return -1;
}

static int find_node(struct loader *l, enum load_code code, const struct subject *s,
		     const struct ynode *node, const char *hint, const char *fmt, va_list ap)
{
	struct place place = { 0 };
	unsigned int width = 1;

	if (!node && s)
		node = s->node;
	if (node) {
		place = (struct place){ node->file, node->start, node->line, node->column };
		/* of a map or sequence its beginning says enough */
		if (node->kind == YNODE_SCALAR)
			width = node->end - node->start;
	}
	return find_va(l, code, s, &place, width, hint, fmt, ap);
}

int load_find(struct loader *l, enum load_code code, const struct subject *s,
	      const struct ynode *node, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	find_node(l, code, s, node, NULL, fmt, ap);
	va_end(ap);
	return -1;
}

int load_find_hint(struct loader *l, enum load_code code, const struct subject *s,
		   const struct ynode *node, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	find_node(l, code, s, node, hint, fmt, ap);
	va_end(ap);
	return -1;
}

static int find_place(struct loader *l, enum load_code code, const struct subject *s,
		      const struct place *place, unsigned int width, const char *hint,
		      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	find_va(l, code, s, place, width, hint, fmt, ap);
	va_end(ap);
	return -1;
}

int load_find_at(struct loader *l, enum load_code code, const struct subject *s,
		 const struct ast_pos *pos, const char *hint, const char *text)
{
	struct place place;

	if (!source_place(pos->src, pos->start, &place))
		return load_find_hint(l, code, s, NULL, hint, "%s", text);
	return find_place(l, code, s, &place, pos->end > pos->start ? pos->end - pos->start : 1,
			  hint, "%s", text);
}

int load_no_memory(struct loader *l)
{
	struct subject s = { .item = "rules content", .name = "" };

	if (!l->out_of_memory)
		load_find(l, LOAD_ERR_VALIDATE, &s, NULL,
			  "the rules need more memory than they may take");
	l->out_of_memory = true;
	return -1;
}

static void read_document(struct loader *l, const struct ynode *doc)
{
	struct subject s = { .item = "rules content", .name = "", .node = doc };

	if (doc->kind == YNODE_NULL)
		return;
	if (doc->kind == YNODE_SCALAR) {
		load_find(l, LOAD_ERR_YAML_VALIDATE, &s, doc, "Rules content is not yaml");
		return;
	}
	if (doc->kind == YNODE_MAP) {
		load_find_hint(l, LOAD_ERR_YAML_VALIDATE, &s, doc, "begin each item with \"- \"",
			       "Rules content is not yaml array of objects");
		return;
	}
	for (uint32_t i = 0; i < doc->n && !l->out_of_memory; i++)
		item_read(l, doc->items[i]);
}

/* a file that holds no YAML has nothing to say about the others' rules */
static void load_content(struct loader *l, const struct rulefile *file)
{
	struct subject s = { .item = "rules content", .name = "" };
	const struct ynode **docs;
	struct ydoc_error err;
	size_t n;

	if (ydoc_parse(file, l->arena, &docs, &n, &err)) {
		if (errno == ENOMEM)
			l->out_of_memory = true;
		find_place(l, LOAD_ERR_YAML_PARSE, &s, &err.place, 1, NULL, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i == 0) /* Falco looks at the first only */
			report_shape(l->report, schema_check(docs[i], report_note, l->report));
		read_document(l, docs[i]);
	}
	if (!l->out_of_memory)
		compile_all(l);
}

static int read_fd(struct loader *l, int fd, struct rulefile *f)
{
	struct stat st;
	size_t room;
	char *text;
	ssize_t n;

	if (fstat(fd, &st))
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	room = st.st_size > 0 && st.st_size < LOAD_FILE_BYTES ? (size_t)st.st_size + 1 : 65536;
	text = malloc(room);
	while (text && (n = read(fd, text + f->len, room - f->len)) > 0) {
		f->len += n;
		if (f->len > LOAD_FILE_BYTES) {
			errno = EFBIG;
			n = -1;
			break;
		}
		if (f->len == room) {
			char *more = realloc(text, room *= 2);

			if (!more)
				free(text);
			text = more;
		}
	}
	if (text && !n)
		f->content = arena_copy(l->arena, text, f->len);
	free(text);
	return f->content ? 0 : -1;
}

static void unreadable(struct loader *l, const struct rulefile *f)
{
	struct subject s = { .item = "rules file", .name = f->path };
	struct place place = { .file = f };

	find_place(l, LOAD_ERR_FILE_READ, &s, &place, 0, NULL, "%s",
		   errno == EFBIG ? "a rules file may have at most 64 MB" : strerror(errno));
}

static void load_fd(struct loader *l, int fd, const char *path)
{
	struct rulefile *f = arena_new(l->arena, struct rulefile);

	if (!f || !(f->path = arena_str(l->arena, path)) || report_file(l->report, path)) {
		load_no_memory(l);
		return;
	}
	f->index = l->nfiles++;
	l->file_failed = false;
	if (fd == -1 || read_fd(l, fd, f))
		unreadable(l, f);
	else
		load_content(l, f);
}

/* rules of our own making: there is nothing wrong with them */
static void load_text(struct loader *l, const char *text)
{
	struct rulefile *f = arena_new(l->arena, struct rulefile);

	if (!f || report_file(l->report, "policies")) {
		load_no_memory(l);
		return;
	}
	*f = (struct rulefile){ .path = "policies", .content = text, .len = strlen(text) };
	f->index = l->nfiles++;
	l->file_failed = false;
	load_content(l, f);
}

static int is_rules_name(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* its *.yaml and *.yml in the order of their names */
static void load_dir(struct loader *l, int fd, const char *path)
{
	struct dirent **names = NULL;
	int n = scandirat(fd, ".", &names, is_rules_name, by_name);

	if (n == -1)
		load_fd(l, -1, path);
	for (int i = 0; i < n; i++) {
		int file = openat(fd, names[i]->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		char *full;

		if (!l->out_of_memory && l->nfiles < LOAD_FILES &&
		    asprintf(&full, "%s/%s", path, names[i]->d_name) != -1) {
			load_fd(l, file, full);
			free(full);
		}
		if (file != -1)
			close(file);
		free(names[i]);
	}
	free(names);
}

static void load_path(struct loader *l, int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd != -1 && !fstat(fd, &st) && S_ISDIR(st.st_mode))
		load_dir(l, fd, path);
	else
		load_fd(l, fd, path);
	if (fd != -1)
		close(fd);
}

static void loader_free(struct loader *l)
{
	names_clear(&l->lists.names);
	names_clear(&l->macros.names);
	names_clear(&l->rules.names);
	names_clear(&l->broken);
	arena_free(&l->trees);
	free(l);
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	loader_free(rs->loader);
	arena_free(&rs->arena);
	free(rs);
}

static int compare_tags(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int fill_tags(struct ruleset *rs, struct rule *to, const struct ruledef *r)
{
	to->tags = arena_array(&rs->arena, const char *, r->tags.n);
	if (!to->tags)
		return -1;
	for (uint32_t i = 0; i < r->tags.n; i++)
		to->tags[i] = r->tags.v[i]->text;
	if (r->tags.n)
		qsort(to->tags, r->tags.n, sizeof(*to->tags), compare_tags);
	for (uint32_t i = 0; i < r->tags.n; i++)
		if (!to->ntags || strcmp(to->tags[to->ntags - 1], to->tags[i]))
			to->tags[to->ntags++] = to->tags[i];
	return 0;
}

static const char *joined(struct ruleset *rs, const struct nodes *v)
{
	char *text = NULL;
	const char *copy;
	size_t len = 0;
	FILE *f;

	if (v->n == 1)
		return v->v[0]->text;
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	for (uint32_t i = 0; i < v->n; i++)
		fprintf(f, "%s%s", i ? " " : "", v->v[i]->text);
	copy = fclose(f) ? NULL : arena_copy(&rs->arena, text, len);
	free(text);
	return copy;
}

static int fill_rule(struct ruleset *rs, struct rule *to, const struct ruledef *r)
{
	const struct ynode *output = r->output.v[0];

	*to = (struct rule){
		.name = r->name,
		.output = r->output_text,
		.source = r->source,
		.priority = r->priority,
		.enabled = r->enabled,
		.warn_evttypes = r->warn_evttypes,
		.skip_unknown = r->skip_unknown,
		.capture = r->capture,
		.capture_duration = r->capture_duration,
		.condition = r->tree,
		.rate_count = r->rate_count,
		.rate_ms = r->rate_ms,
		.examples = r->examples,
		.place = { r->item->file, r->item->start, r->item->line, r->item->column },
		.output_place = { output->file, output->start, output->line, output->column },
	};
	to->desc = joined(rs, &r->desc);
	to->condition_text = joined(rs, &r->cond);
	return to->desc && to->condition_text ? fill_tags(rs, to, r) : -1;
}

static int fill(struct ruleset *rs)
{
	struct loader *l = rs->loader;

	rs->unmet_plugin = l->unmet_plugin;
	rs->rules = arena_array(&rs->arena, struct rule, l->rules.n);
	if (!rs->rules)
		return -1;
	for (uint32_t i = 0; i < l->rules.n; i++) {
		const struct ruledef *r = l->rules.v[i];

		if (r->ok && fill_rule(rs, &rs->rules[rs->nrules++], r))
			return -1;
	}
	if (l->selection)
		select_rules(rs->rules, rs->nrules, l->selection);
	return 0;
}

struct ruleset *ruleset_load_at(const int *dirfds, const char *const *paths, size_t n,
				const struct checker *checker, const struct selection *selection,
				struct report *report)
{
	struct ruleset *rs = calloc(1, sizeof(*rs));
	struct loader *l = rs ? calloc(1, sizeof(*l)) : NULL;

	if (!l) {
		free(rs);
		errno = ENOMEM;
		return NULL;
	}
	arena_init(&rs->arena, LOAD_BYTES);
	arena_init(&l->trees, LOAD_BYTES);
	rs->loader = l;
	l->arena = &rs->arena;
	l->checker = checker;
	l->selection = selection;
	l->report = report;
	if (selection && selection->first)
		load_text(l, selection->first);
	for (size_t i = 0; i < n && !l->out_of_memory && l->nfiles < LOAD_FILES; i++)
		load_path(l, dirfds ? dirfds[i] : AT_FDCWD, paths[i]);
	forget_unused(l);
	if (l->out_of_memory || report->errors || fill(rs)) {
		errno = l->out_of_memory || !report->errors ? ENOMEM : 0;
		n = errno;
		ruleset_free(rs);
		errno = n;
		return NULL;
	}
	return rs;
}

struct ruleset *ruleset_load(const char *const *paths, size_t n, const struct checker *checker,
			     const struct selection *selection, struct report *report)
{
	return ruleset_load_at(NULL, paths, n, checker, selection, report);
}
