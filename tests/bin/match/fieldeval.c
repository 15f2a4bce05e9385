// SPDX-License-Identifier: BSD-2-Clause
/*
 * fieldeval FIELDS <stream: what match sees. FIELDS is a file with a field on each
 * line, "proc.name" or "proc.aname[2]". For each event a line of JSON: its number
 * and type, and the fields that have a value, as %field prints them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-match/extract.h"
#include "cmd/secmon-match/jsontext.h"
#include "cmd/secmon-match/render.h"
#include "common/hello.h"
#include "common/inq.h"

enum { FIELDS_MAX = 1024 };

static struct {
	char *name;
	struct fieldref ref;
	uint64_t before;
} fields[FIELDS_MAX];
static size_t nfields;

static int add_field(char *line)
{
	char err[256], *open = strchr(line, '['), *close = open ? strrchr(open, ']') : NULL;
	size_t len = open ? (size_t)(open - line) : strlen(line);

	if (nfields == FIELDS_MAX)
		return -1;
	if (open && !close)
		return -1;
	fields[nfields].name = line;
	if (fieldref_resolve(&fields[nfields].ref, line, len, open ? open + 1 : NULL,
			     open ? (size_t)(close - open - 1) : 0, err, sizeof(err)) == -1) {
		fprintf(stderr, "%s: %s\n", line, err);
		return 0;
	}
	fields[nfields].ref.before = &fields[nfields].before;
	fields[nfields].ref.printed = true;
	nfields++;
	return 0;
}

static int read_fields(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return -1;
	while ((n = getline(&line, &room, f)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (add_field(strdup(line)) == -1)
			return -1;
	}
	free(line);
	fclose(f);
	return 0;
}

static void show(struct xctx *x, struct event *e)
{
	uint64_t num = 0;
	struct xval v;
	const char *sep = "";

	xctx_event(x, e);
	event_u64(e, F_EVT_NUM, &num);
	printf("{\"num\": %llu, \"type\": %u, \"f\": {", (unsigned long long)num, e->type);
	for (size_t i = 0; i < nfields; i++) {
		struct text_out t;
		uint32_t len;
		const char *s;

		scratch_reset(x->s);
		if (!extract(x, &fields[i].ref, &v))
			continue;
		if (fields[i].ref.field->id == F_UTIL_CNT) /* the recorder asked twice */
			fields[i].before++;
		text_begin(&t, x->s);
		if (!render_text(&t, &v))
			continue;
		s = text_end(&t, &len);
		if (!s)
			continue;
		printf("%s", sep);
		json_str(stdout, fields[i].name);
		printf(": ");
		json_text(stdout, s, len);
		sep = ", ";
	}
	puts("}}");
}

int main(int argc, char **argv)
{
	struct inq *in = inq_new(STDIN_FILENO, "standard input");
	static struct scratch scratch;
	static struct event event;
	static struct hello hello;
	struct xctx x = { .s = &scratch };
	struct object o;
	int r = 0;

	if (argc != 2 || !in || read_fields(argv[1]) == -1 || scratch_init(&scratch, 1 << 20) == -1)
		return 2;
	event_init(&event);
	do {
		while ((r = inq_next(in, &o)) == 1) {
			if (o.kind == KIND_HELLO && hello_read(&hello, &o) == 0)
				memcpy(x.hostname, hello.hostname, sizeof(x.hostname));
			if (o.kind == KIND_EVENT && o.type != EV_SNAPSHOT &&
			    event_index(&event, &o) == 0)
				show(&x, &event);
		}
	} while (r == 0 && inq_read(in) > 0);
	if (r == -1)
		fprintf(stderr, "%s\n", inq_error(in));
	return r == -1;
}
