// SPDX-License-Identifier: BSD-2-Clause
/*
 * The engine without rules files, for tests/match/corpus.py: one request a line
 * (with \t, \n, \r and \\ escaped), one answer a line.
 *
 *	corpus compile		CONDITION -> "ok" or "error TEXT"
 *	corpus types		CONDITION -> the event types it can match, or "error TEXT"
 *	corpus eval STREAM	EVT.NUM filter CONDITION -> true, false or error TEXT
 *				EVT.NUM field NAME -> "=VALUE" or "none" or error TEXT
 *				EVT.NUM format TEXT -> "=VALUE", "part VALUE" or error TEXT
 *	corpus grep STREAM	CONDITION -> the evt.num of each event that matches
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-match/eval.h"
#include "cmd/secmon-match/format.h"
#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/render.h"
#include "common/hello.h"

enum request_kind { ASK_FILTER, ASK_FIELD, ASK_FORMAT };

struct request {
	char *text;
	uint64_t num;
	enum request_kind kind;
	char *answer; /* an error found at once */
	long node;
	struct expr *expr;
	struct format *format;
	FILE *out; /* where the answer is collected */
	char *said;
	size_t said_len;
};

static struct request *all;
static size_t n_all;
static struct arena arena;
static struct program *program;

static char *unescape(char *s)
{
	char *to = s;

	for (const char *p = s; *p; p++) {
		if (*p != '\\' || !p[1]) {
			*to++ = *p;
			continue;
		}
		p++;
		*to++ = *p == 't' ? '\t' : *p == 'n' ? '\n' : *p == 'r' ? '\r' : *p;
	}
	*to = '\0';
	return s;
}

static void put_escaped(FILE *f, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n')
			fputs("\\n", f);
		else if (s[i] == '\t')
			fputs("\\t", f);
		else if (s[i] == '\r')
			fputs("\\r", f);
		else if (s[i] == '\\')
			fputs("\\\\", f);
		else
			putc(s[i], f);
	}
}

static char *failed(const char *text)
{
	char *s;

	if (asprintf(&s, "error %s", text) < 0)
		err(1, NULL);
	for (char *p = s; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return s;
}

static void compile_filter(struct request *r)
{
	struct parse_error pe;
	struct check_error ce = { .text = "out of memory" };
	struct ast *tree = parse_condition(r->text, strlen(r->text), &arena, NULL, 0, NULL, &pe);

	if (!tree) {
		r->answer = failed(pe.text);
		return;
	}
	r->node = program_add(program, tree, &ce);
	if (r->node < 0)
		r->answer = failed(ce.text);
}

static void compile_field(struct request *r)
{
	struct parse_error pe;
	struct check_error ce = { .text = "out of memory" };
	size_t used = 0;
	struct operand *o = parse_operand(r->text, strlen(r->text), &arena, &used, &pe);

	if (!o || used != strlen(r->text)) {
		r->answer = failed(o ? "more follows" : pe.text);
		return;
	}
	r->expr = expr_compile(&arena, o, &ce);
	if (r->expr)
		r->expr->ref.printed = true;
	else
		r->answer = failed(ce.text);
}

static void compile_request(struct request *r)
{
	struct check_error ce = { .text = "out of memory" };

	switch (r->kind) {
	case ASK_FILTER:
		compile_filter(r);
		break;
	case ASK_FIELD:
		compile_field(r);
		break;
	case ASK_FORMAT:
		r->format = format_compile(r->text, &arena, &ce);
		if (!r->format)
			r->answer = failed(ce.text);
	}
}

static void read_requests(int numbered)
{
	char *line = NULL, *kind, *text;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		struct request *r;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		all = reallocarray(all, n_all + 1, sizeof(*all));
		if (!all)
			err(1, NULL);
		r = &all[n_all++];
		memset(r, 0, sizeof(*r));
		text = line;
		if (numbered) {
			kind = strchr(line, '\t');
			text = kind ? strchr(kind + 1, '\t') : NULL;
			if (!text)
				errx(2, "a request is NUM, KIND, TEXT");
			r->num = strtoull(line, NULL, 10);
			text++;
			r->kind = strncmp(kind + 1, "field", 5) == 0	? ASK_FIELD
				  : strncmp(kind + 1, "format", 6) == 0 ? ASK_FORMAT
									: ASK_FILTER;
		}
		r->text = unescape(strdup(text));
		compile_request(r);
	}
	free(line);
}

static void answer_filter(struct request *r, struct eval *e)
{
	fputs(eval_node(e, (uint32_t)r->node) ? "true" : "false", r->out);
}

static void answer_field(struct request *r, struct xctx *x)
{
	struct text_out t;
	struct xval v;
	const char *s;
	uint32_t len;
	bool there = expr_value(x, r->expr, &v);

	text_begin(&t, x->s);
	if (!there || !render_text(&t, &v) || !(s = text_end(&t, &len))) {
		fputs("none", r->out);
		return;
	}
	putc('=', r->out);
	put_escaped(r->out, s, len);
}

static void answer_format(struct request *r, struct xctx *x)
{
	uint32_t len;
	bool whole;
	const char *s = format_text(r->format, x, &len, &whole);

	fputs(whole ? "=" : "part ", r->out);
	put_escaped(r->out, s ? s : "", s ? len : 0);
}

/* The answers about one event: to those who asked for it, or all who match it. */
static void answer(struct xctx *x, struct eval *e, uint64_t num, bool grep)
{
	for (size_t i = 0; i < n_all; i++) {
		struct request *r = &all[i];

		if (r->answer || (!grep && r->num != num))
			continue;
		if (!r->out)
			r->out = open_memstream(&r->said, &r->said_len);
		if (!r->out)
			err(1, NULL);
		if (grep) {
			if (eval_node(e, (uint32_t)r->node))
				fprintf(r->out, "%s%" PRIu64, ftell(r->out) ? "," : "", num);
			continue;
		}
		if (r->kind == ASK_FILTER)
			answer_filter(r, e);
		else if (r->kind == ASK_FIELD)
			answer_field(r, x);
		else
			answer_format(r, x);
	}
}

static void look(struct inq *in, struct event *e, struct xctx *x, struct eval *ev, bool grep)
{
	static struct hello h;
	struct object o;
	uint64_t num = 0;

	for (;;) {
		int got = inq_next(in, &o);

		if (got < 0)
			errx(1, "%s", inq_error(in));
		if (got == 0) {
			if (inq_read(in) <= 0)
				return;
			continue;
		}
		if (o.kind == KIND_HELLO && hello_read(&h, &o) == 0)
			snprintf(x->hostname, sizeof(x->hostname), "%s", h.hostname);
		if (o.kind != KIND_EVENT || o.type == EV_SNAPSHOT)
			continue;
		if (event_index(e, &o) < 0)
			errx(1, "%s", e->error);
		xctx_event(x, e);
		eval_event(ev, x);
		event_u64(e, F_EVT_NUM, &num);
		answer(x, ev, num, grep);
	}
}

static void about_stream(const char *path, bool grep)
{
	static struct event event;
	static struct scratch scratch;
	static struct xctx x = { .s = &scratch };
	struct eval *ev = eval_new(program);
	int fd = open(path, O_RDONLY);
	struct inq *in = fd < 0 ? NULL : inq_new(fd, path);

	if (!in || !ev || scratch_init(&scratch, 1 << 22) < 0)
		err(1, "%s", path);
	event_init(&event);
	look(in, &event, &x, ev, grep);
	inq_free(in);
	eval_free(ev);
	scratch_fini(&scratch);
	close(fd);
}

/* A program of its own: whether its types are known is asked of the whole of one. */
static void print_types(struct request *r)
{
	struct check_error ce;
	size_t n;
	const struct event_type *t = event_table(&n);
	const char *sep = "";

	program_free(program);
	program = program_new();
	compile_filter(r);
	if (!r->answer && program_types_known(program, &ce) < 0)
		r->answer = failed(ce.text);
	if (r->answer) {
		puts(r->answer);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!evset_has(&program->nodes[r->node].when, t[i].id))
			continue;
		printf("%s%s", sep, t[i].name);
		sep = ",";
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	bool stream = strcmp(mode, "eval") == 0 || strcmp(mode, "grep") == 0;

	setenv("TZ", "UTC", 0);
	arena_init(&arena, 0);
	program = program_new();
	if (!program || argc < (stream ? 3 : 2))
		errx(2, "usage: corpus compile|types | corpus eval|grep STREAM");
	read_requests(strcmp(mode, "eval") == 0);
	if (stream)
		about_stream(argv[2], *mode == 'g');
	for (size_t i = 0; i < n_all; i++) {
		struct request *r = &all[i];

		if (r->out)
			fclose(r->out);
		if (r->answer)
			puts(r->answer);
		else if (stream)
			puts(r->said ? r->said : *mode == 'g' ? "" : "no event");
		else if (*mode == 't')
			print_types(r);
		else
			puts("ok");
	}
	program_free(program);
	return 0;
}
