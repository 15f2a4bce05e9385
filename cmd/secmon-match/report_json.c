// SPDX-License-Identifier: BSD-2-Clause
/* A report for programs, in the shape that Falco's -V has. */
#include "cmd/secmon-match/jsontext.h"
#include "cmd/secmon-match/report.h"

static void print_context(FILE *out, const struct finding *f)
{
	const struct place *p = &f->place;

	fputs("{\"locations\":[{\"item_name\":", out);
	json_str(out, f->name);
	fputs(",\"item_type\":", out);
	json_str(out, f->item);
	fputs(",\"position\":{\"name\":", out);
	json_str(out, p->file ? p->file->path : "");
	/* Falco counts lines and columns from 0 */
	fprintf(out, ",\"line\":%u,\"column\":%u,\"offset\":%u}}],\"snippet\":",
		p->line ? p->line - 1 : 0, p->column ? p->column - 1 : 0, p->offset);
	json_str(out, f->line);
	putc('}', out);
}

static void print_finding(FILE *out, const struct finding *f)
{
	fprintf(out, "{\"code\":\"%s\",\"codedesc\":\"%s\",\"context\":", load_code_name(f->code),
		load_code_text(f->code));
	print_context(out, f);
	if (f->hint) {
		fputs(",\"hint\":", out);
		json_str(out, f->hint);
	}
	fputs(",\"message\":", out);
	json_str(out, f->text);
	putc('}', out);
}

static void print_findings(const struct report *r, FILE *out, unsigned int file, bool errors)
{
	const char *comma = "";

	for (const struct finding *f = r->first; f; f = f->next) {
		if (f->file != file || load_code_is_error(f->code) != errors)
			continue;
		fputs(comma, out);
		print_finding(out, f);
		comma = ",";
	}
}

static void print_shape(const struct report_file *f, FILE *out)
{
	const char *comma = "";

	fprintf(out, ",\"schema_valid\":%s,\"schema_warnings\":[",
		f->schema < 0 ? "null"
		: f->schema   ? "true"
			      : "false");
	for (const struct schema_note *n = f->notes; n; n = n->next, comma = ",") {
		fputs(comma, out);
		json_str(out, n->text);
	}
	putc(']', out);
}

void report_json(const struct report *r, FILE *out)
{
	fputs("{\"falco_load_results\":[", out);
	for (unsigned int i = 0; i < r->nfiles; i++) {
		fprintf(out, "%s{\"errors\":[", i ? "," : "");
		print_findings(r, out, i, true);
		fputs("],\"name\":", out);
		json_str(out, r->files[i].path);
		print_shape(&r->files[i], out);
		fprintf(out, ",\"successful\":%s,\"warnings\":[",
			r->files[i].errors ? "false" : "true");
		print_findings(r, out, i, false);
		fputs("]}", out);
	}
	fputs("]}\n", out);
}
