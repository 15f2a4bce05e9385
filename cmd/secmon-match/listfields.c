// SPDX-License-Identifier: BSD-2-Clause
/* The fields that rules may use, listed. */
#include "cmd/secmon-match/listfields.h"

#include <stdbool.h>
#include <string.h>

#include "common/fields.h"

static const char *const filled_by[] = {
	[FILLED_NOBODY] = "nobody", [FILLED_CAPTURE] = "capture", [FILLED_ENRICH] = "enrich",
	[FILLED_MATCH] = "match",   [FILLED_ALERT] = "alert",
};

/* The words for the flags of a field, with blanks between. */
static const char *words(const struct field *f, char *buf, size_t len)
{
	snprintf(buf, len, "%s%s%s%s%s%s%s", f->flags & FIELD_LIST ? " list" : "",
		 f->flags & FIELD_ARG_REQUIRED ? " argument"
		 : f->flags & FIELD_ARG_OK     ? " [argument]"
					       : "",
		 f->flags & FIELD_FILTER_ONLY ? " filter-only" : "",
		 f->flags & FIELD_PRINT_ONLY ? " print-only" : "",
		 f->flags & FIELD_DEPRECATED ? " deprecated" : "",
		 f->flags & FIELD_NO_RHS ? " no-right-side" : "",
		 f->flags & FIELD_NO_TRANSFORM ? " no-transformer" : "");
	return buf[0] ? buf + 1 : buf;
}

static void json_string(FILE *out, const char *s)
{
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putc('\\', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void one(enum list_format format, const struct field *f, bool first, FILE *out)
{
	char buf[128];
	const char *flags = words(f, buf, sizeof(buf));

	switch (format) {
	case LIST_JSON:
		fprintf(out,
			"%s\n{\"name\":\"%s\",\"type\":\"%s\",\"filled_by\":\"%s\",\"flags\":"
			"\"%s\",\"help\":",
			first ? "" : ",", f->name, type_name(f->type), filled_by[f->filled], flags);
		json_string(out, f->help);
		putc('}', out);
		break;
	case LIST_MDOC:
		fprintf(out, ".It Sy %s Pq %s%s%s\n%s.\n", f->name, type_name(f->type),
			*flags ? ", " : "", flags, f->help);
		break;
	default:
		fprintf(out, "%-44s %-9s %-8s %s%s%s%s\n", f->name, type_name(f->type),
			filled_by[f->filled], *flags ? "(" : "", flags, *flags ? ") " : "",
			f->help);
	}
}

int listfields(enum list_format format, FILE *out)
{
	size_t n;
	const struct field *f = field_table(&n);
	bool first = true;

	if (format == LIST_JSON)
		putc('[', out);
	if (format == LIST_MDOC)
		fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < n; i++) {
		if (f[i].flags & FIELD_WIRE_ONLY)
			continue;
		one(format, &f[i], first, out);
		first = false;
	}
	if (format == LIST_JSON)
		fputs("\n]\n", out);
	if (format == LIST_MDOC)
		fputs(".El\n", out);
	return fflush(out) == 0 ? 0 : 1;
}
