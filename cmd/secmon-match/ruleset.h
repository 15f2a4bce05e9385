/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules files to checked rules: what the loader gives and what it asks. */
#ifndef MATCH_RULESET_H
#define MATCH_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"
#include "cmd/secmon-match/report.h"
#include "cmd/secmon-match/source.h"

enum priority {
	PRIORITY_EMERGENCY,
	PRIORITY_ALERT,
	PRIORITY_CRITICAL,
	PRIORITY_ERROR,
	PRIORITY_WARNING,
	PRIORITY_NOTICE,
	PRIORITY_INFORMATIONAL,
	PRIORITY_DEBUG,
	PRIORITY_END
};

/* priority_name(p): "Informational"; priority_parse(s): any case, "info" too; -1 if none. */
const char *priority_name(enum priority p);
int priority_parse(const char *s);

struct rule {
	const char *name, *desc;
	const char *output; /* as the user gave it, after appends, trimmed */
	const char *source; /* "syscall": rules of other sources are not in a ruleset */
	enum priority priority;
	const char **tags; /* sorted, no duplicates */
	size_t ntags;
	bool enabled; /* by the file, then by struct selection */
	bool warn_evttypes, skip_unknown;
	bool capture;
	uint32_t capture_duration;    /* ms, 0: default */
	const struct ast *condition;  /* no AST_MACRO in it; shared with other rules */
	const char *condition_text;   /* as written, with appends, before lists and exceptions */
	uint64_t rate_count, rate_ms; /* rate-limit: N/DURATION; rate_count 0: none given */
	const struct ynode *examples; /* the value of "examples:" or NULL; see ydoc.h */
	struct place place;	      /* of its definition */
	struct place output_place;    /* of the text of its output */
};

struct ruleset {
	struct rule *rules; /* in the order of evaluation */
	size_t nrules;
	const char *unmet_plugin; /* what the rules require and is not there, in words; or NULL */
	struct arena arena;	  /* all of it */
	struct loader *loader;	  /* what -L tells besides */
};

/*
 * What a check of a condition or an output says. pos is where the fault is:
 * in a condition the span of the node (or of the value: src, value->start);
 * in an output start and end are bytes of the output text and src is NULL.
 */
struct check_error {
	char text[384]; /* Falco's words where they are known */
	char hint[192]; /* "did you mean proc.name?", or "" */
	struct ast_pos pos;
	bool unknown_name; /* for skip-if-unknown-filter: a field or event that is none */
};

/* What required_plugin_versions may ask for. */
struct plugin {
	const char *name, *version;
};

/* The part of match that knows fields and types; every function may be NULL. */
struct checker {
	void *ctx;

	/* what there is, up to a NULL name; NULL: what is built into secmon */
	const struct plugin *plugins;

	/*
	 * condition(ctx, cond, err): 0, or -1 with *err filled. Called for each
	 * rule after each file; cond is gone when the next file is read, so
	 * nothing of it may be kept. cond shares branches with other rules.
	 */
	int (*condition)(void *ctx, const struct ast *cond, struct check_error *err);

	/* output(ctx, text, err): the same for an output format. */
	int (*output)(void *ctx, const char *text, struct check_error *err);

	/*
	 * event_codes(ctx, cond): how many of Falco's event codes cond can
	 * match (more than 100 is LOAD_NO_EVTTYPE).
	 */
	unsigned int (*event_codes)(void *ctx, const struct ast *cond);

	/* event_names(ctx, cond, add, arg): add(arg, "open") for each event name, sorted. */
	void (*event_names)(void *ctx, const struct ast *cond,
			    void (*add)(void *arg, const char *name), void *arg);
};

/* Which rules run; applied in order. */
struct selector {
	enum { SELECT_RULE, SELECT_TAG } by;
	bool enable;
	const char *pattern; /* of a rule: * matches anything; of a tag: the tag */
};

struct selection {
	const struct selector *selectors;
	size_t n;
	enum priority min_priority; /* less urgent rules are disabled; PRIORITY_DEBUG: none */
	const char *first;	    /* text of rules in no file, before the others; or NULL */
};

/*
 * ruleset_load(paths, n, checker, selection, report): the files and directories
 * (their *.yaml and *.yml by name) in order. The ruleset if nothing was wrong,
 * else NULL; report holds all errors and warnings either way. errno is 0
 * if the rules are wrong, ENOMEM if memory ran out. selection may be NULL.
 */
struct ruleset *ruleset_load(const char *const *paths, size_t n, const struct checker *checker,
			     const struct selection *selection, struct report *report);

/*
 * ruleset_load_dirfd: the same with paths opened relative to descriptors kept
 * open, for a reload inside the sandbox; dirfds[i] is AT_FDCWD or the
 * directory that holds paths[i].
 */
struct ruleset *ruleset_load_at(const int *dirfds, const char *const *paths, size_t n,
				const struct checker *checker, const struct selection *selection,
				struct report *report);

void ruleset_free(struct ruleset *rs);

#endif
