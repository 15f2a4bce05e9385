/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of secmon-match. */
#ifndef MATCH_OPTIONS_H
#define MATCH_OPTIONS_H

#include <stdbool.h>

#include "cmd/secmon-match/limit.h"
#include "cmd/secmon-match/ruleset.h"
#include "common/usual.h"

enum { RULES_MAX = 256, SELECTORS_MAX = 256 };

enum mode { MODE_RUN, MODE_VALIDATE, MODE_DESCRIBE, MODE_TEST, MODE_PLAN, MODE_FIELDS };
enum list_format { LIST_TEXT, LIST_JSON, LIST_MDOC };

struct options {
	enum mode mode;
	enum list_format list;
	struct usual usual;
	const char *in, *out;
	const char *rules[RULES_MAX];
	size_t nrules;
	struct selector selectors[SELECTORS_MAX];
	struct selection selection;
	struct limit limit;
	const char *append;   /* --append-output: file, or NULL */
	const char *describe; /* -L: only what has this name; NULL: all */
	bool all;	      /* --rule-matching all */
	bool policy_alerts;
	int policy_priority; /* enum priority */
	bool pass, why, dns, json, explain;
};

/* options_parse(o, argc, argv): exits: 2 for a wrong one, 0 after --help and --version. */
void options_parse(struct options *o, int argc, char **argv);

#endif
