/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a load of rules has to say: errors, warnings, and where. */
#ifndef MATCH_REPORT_H
#define MATCH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/source.h"

#define REPORT_MAX 10000 /* findings kept */

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
	unsigned int file;	 /* index of the file whose loading found it */
	const char *text;	 /* what is wrong */
	const char *hint;	 /* what to do, or NULL */
	const char *item, *name; /* "rule", its name; "" if none */
	struct place place;	 /* the first byte at fault; place.file NULL if none */
	unsigned int width;	 /* bytes to underline, at least 1 */
	const char *line;	 /* the line that holds place, without its end */
	bool moot;		 /* a file loaded later mended it: not for people any more */
};

struct report_file {
	const char *path;
	unsigned int errors, warnings;
	int schema; /* 1 it has the shape of a rules file, 0 not, -1 nobody looked */
	struct schema_note *notes;
};

/* What is wrong with the shape of a file. */
struct schema_note {
	const char *text;
	struct schema_note *next;
};

struct report {
	struct arena arena; /* keeps copies of all texts and of the lines quoted */
	struct finding *first, **last;
	struct report_file *files;
	unsigned int nfiles, files_room;
	unsigned int errors, warnings, suppressed;
};

/* report_init(r): no file and no finding yet. */
void report_init(struct report *r);
void report_free(struct report *r);

/* report_file(r, path): findings are about this file from now on; -1 with ENOMEM. */
int report_file(struct report *r, const char *path);

/* report_shape(r, fits): of the file that findings are about; report_note(r, text): why not. */
void report_shape(struct report *r, bool fits);
void report_note(void *r, const char *text);

/*
 * report_add(r, f): keep a copy of f, texts and quoted line too (f->next, f->file and
 * f->line are ignored), so that the files may go. A repetition of an earlier
 * finding counts for the file but is not kept; nor is anything past REPORT_MAX.
 */
void report_add(struct report *r, const struct finding *f);

/* report_text(r, out, verbose): for people. Errors always, warnings if verbose. */
void report_text(const struct report *r, FILE *out, bool verbose);

/* report_json(r, out): {"falco_load_results":[...]} and a newline. */
void report_json(const struct report *r, FILE *out);

#endif
