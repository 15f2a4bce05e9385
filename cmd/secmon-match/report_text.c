// SPDX-License-Identifier: BSD-2-Clause
/* A report for people. */
#include <string.h>

#include "cmd/secmon-match/report.h"

#define MAX_SHOWN 120 /* columns of a quoted line */

/* how many bytes of the line stand left of the place and are shown */
static size_t left_of(const struct finding *f)
{
	size_t len = strlen(f->line), left = f->place.column - 1;

	return left < len ? left : len;
}

static void print_bytes(FILE *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = s[i];

		/* nothing from a file may move the cursor; a tab is one column: the mark fits */
		putc(c == '\t' ? ' ' : c < ' ' || c == 0x7f ? '?' : c, out);
	}
}

/* columns, not bytes: the mark stands under characters */
static size_t columns(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (s[i] & 0xc0) != 0x80;
	return n;
}

static void print_mark(FILE *out, size_t before, size_t width)
{
	fprintf(out, "      | %*s^", (int)before, "");
	for (size_t i = 1; i < width; i++)
		putc('~', out);
	putc('\n', out);
}

static void print_line(FILE *out, const struct finding *f)
{
	size_t len = strlen(f->line), left = left_of(f), from = 0, shown, width;

	if (left > MAX_SHOWN * 2 / 3)
		from = left - MAX_SHOWN / 2;
	while (from && from < left && (f->line[from] & 0xc0) == 0x80)
		from++;
	shown = len - from < MAX_SHOWN ? len - from : MAX_SHOWN;
	fprintf(out, "%5u | ", f->place.line);
	print_bytes(out, f->line + from, shown);
	putc('\n', out);
	width = f->width < shown - (left - from) ? f->width : shown - (left - from);
	print_mark(out, columns(f->line + from, left - from), columns(f->line + left, width));
}

static void print_finding(FILE *out, const struct finding *f)
{
	if (f->place.file && f->place.line)
		fprintf(out, "%s:%u:%u: ", f->place.file->path, f->place.line, f->place.column);
	else if (f->place.file)
		fprintf(out, "%s: ", f->place.file->path);
	fputs(load_code_is_error(f->code) ? "error: " : "warning: ", out);
	print_bytes(out, f->text, strlen(f->text));
	if (*f->name && f->place.line) {
		fprintf(out, " (%s '", f->item);
		print_bytes(out, f->name, strlen(f->name));
		fputs("')", out);
	}
	fprintf(out, " [%s]\n", load_code_name(f->code));
	if (f->line && f->place.line)
		print_line(out, f);
	if (f->hint)
		fprintf(out, "      = %s\n", f->hint);
}

void report_text(const struct report *r, FILE *out, bool verbose)
{
	for (const struct finding *f = r->first; f; f = f->next)
		if (!f->moot && (verbose || load_code_is_error(f->code)))
			print_finding(out, f);
	if (r->suppressed)
		fprintf(out, "and %u more like these\n", r->suppressed);
}
