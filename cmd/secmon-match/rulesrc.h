/* SPDX-License-Identifier: BSD-2-Clause */
/* Where rules come from: paths kept open, so that they can be read again in the sandbox. */
#ifndef MATCH_RULESRC_H
#define MATCH_RULESRC_H

#include "cmd/secmon-match/engine.h"
#include "cmd/secmon-match/options.h"
#include "cmd/secmon-match/report.h"

struct rulesrc {
	const struct options *o;
	struct appends appends;		    /* to outputs; read once */
	bool loaded;			    /* once at least */
	int fds[RULES_MAX];		    /* the directory that holds paths[i] */
	const char *paths[RULES_MAX];	    /* relative to it */
	const char *folders[RULES_MAX + 4]; /* for the sandbox: what must stay readable */
};

/* Rules as they run; swapped as a whole. */
struct running {
	struct ruleset *rs;
	struct engine *engine;
};

/* rulesrc_open(s, o): keep the directories open. -1 with errno, *which is the path. */
int rulesrc_open(struct rulesrc *s, const struct options *o, const char **which);

/*
 * rulesrc_load(s, r, report): read and compile the rules. 0, or -1 with the
 * reasons in report (errno 0), or ENOMEM; r is untouched then.
 */
int rulesrc_load(struct rulesrc *s, struct running *r, struct report *report);

void running_free(struct running *r);

#endif
