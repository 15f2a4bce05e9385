/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a load of rules has to say: errors, warnings, and where. */
#ifndef MATCH_REPORT_H
#define MATCH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/source.h"
#include "common/compat.h"

enum load_code {
#define LOAD_CODE(sym, error, text) sym,
#include "cmd/secmon-match/loadcodes.def"
#undef LOAD_CODE
	LOAD_CODE_END
};

/* load_code_name(c): "LOAD_ERR_VALIDATE"; load_code_text(c): a sentence; load_code_is_error(c). */
const char *load_code_name(enum load_code c);
const char *load_code_text(enum load_code c);
bool load_code_is_error(enum load_code c);

struct finding {
	struct finding *next;
	enum load_code code;
	unsigned int file;	/* index of the file whose loading found it */
	const char *text;	/* what is wrong */
	const char *hint;	/* what to do, or NULL */
	const char *item, *name;	/* "rule", its name; "" if none */
	struct place place;	/* the first byte at fault; place.file NULL if none */
	unsigned int width;	/* bytes to underline, at least 1 */
	struct place used;	/* "used here": where a list item or macro came in; file NULL if not */
};

struct report_file {
	const char *path;
	unsigned int errors, warnings;
};

struct report {
	struct arena arena;	/* keeps copies of all texts and of the lines quoted */
	struct finding *first, **last;
	struct report_file *files;
	unsigned int nfiles, files_room;
	unsigned int errors, warnings, suppressed;
};

void report_init(struct report *r);
void report_free(struct report *r);

/*
 * report_add(r, f, fmt, ...): keep a finding; all texts are copied. f->next and
 * f->text are ignored. Returns the finding kept, NULL if it is a repetition of
 * one or memory is out (counted in suppressed).
 */
struct finding *report_add(struct report *r, const struct finding *f, const char *fmt, ...) printf_like(3, 4);

/* report_text(r, out, verbose): for people. Errors always, warnings if verbose. */
void report_text(const struct report *r, FILE *out, bool verbose);

/* report_json(r, out): {"falco_load_results":[...]} and a newline. */
void report_json(const struct report *r, FILE *out);

#endif
