/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the loader share: everything that the files defined so far.
 * Readers of rules want ruleset.h.
 *
 * A file goes through three steps: items are read one by one (item*.c) into
 * definitions (define.c); then all definitions of all files so far are compiled
 * anew (expand.c: lists into texts; resolve.c: texts into trees, macros into
 * trees); then the trees are checked (check.c).
 */
#ifndef MATCH_LOADER_H
#define MATCH_LOADER_H

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"
#include "cmd/secmon-match/names.h"
#include "cmd/secmon-match/parse.h"
#include "cmd/secmon-match/report.h"
#include "cmd/secmon-match/ruleset.h"
#include "cmd/secmon-match/source.h"
#include "cmd/secmon-match/ydoc.h"
#include "common/compat.h"

#define ENGINE_VERSION "0.62.0" /* of Falco 0.44.1, whose language this is */

/* Bounds of one load. */
enum {
	LOAD_FILES = 1024,
	LOAD_FILE_BYTES = 64 << 20,
	LOAD_TEXT_BYTES = 64 << 20, /* one condition, lists substituted */
	LOAD_NODES = 1 << 20,	    /* one condition, macros grafted */
	LOAD_DEPTH = 1000,	    /* one condition, macros grafted */
};
#define LOAD_BYTES     ((size_t)512 << 20)  /* of memory for definitions, and again for trees */
#define LOAD_WORK      ((size_t)8 << 30)    /* bytes copied to substitute lists */
#define LOAD_ALL_NODES ((uint64_t)16 << 20) /* all conditions, macros grafted */

/* A growing array of nodes, in an arena. */
struct nodes {
	const struct ynode **v;
	uint32_t n, room;
};

/* A growing array of definitions. */
struct defs {
	void **v;
	uint32_t n, room;
	struct names names;
};

struct list {
	const char *name;
	uint32_t len;
	uint32_t order;		  /* place in struct defs */
	uint32_t index;		  /* when it was first defined */
	uint32_t visibility;	  /* when it was last defined or appended to */
	const struct ynode *item; /* its (last) definition */
	struct nodes items;
	bool used;
	/* made by expand.c, for one compilation */
	bool compiled;
	const char *text; /* items joined by ", " */
	uint32_t text_len;
	uint32_t nflat;
	const struct ynode **flat; /* items, those of earlier lists in their place */
	uint32_t *starts;	   /* of each in text */
	struct list **inner;	   /* the earlier lists among the items */
	uint32_t ninner;
	uint32_t *later; /* order of later lists named in text */
	uint32_t nlater;
};

/* Whom a condition uses, for unused names and for -L. */
struct uses {
	struct list **lists;
	uint32_t nlists, lists_room;
	struct macro **macros;
	uint32_t nmacros, macros_room;
};

struct macro {
	const char *name;
	uint32_t len;
	uint32_t index, visibility;
	const struct ynode *item;
	struct nodes cond;
	bool used;
	/* made by resolve.c, for one compilation */
	enum { MACRO_NEW, MACRO_BUSY, MACRO_DONE, MACRO_FAILED } state;
	struct source *source;
	struct ast *parsed;
	const struct ast *tree;
	struct uses uses;
};

struct exception {
	const char *name;
	const struct ynode *item;	    /* its first definition */
	const struct ynode *fields, *comps; /* comps may be NULL */
	struct nodes values;		    /* nodes of the values lists' elements */
};

struct ruledef {
	const char *name;
	uint32_t len;
	uint32_t index, visibility;
	const struct ynode *item; /* its definition */
	struct nodes cond, output, desc;
	const char *source;
	enum priority priority;
	struct nodes tags;
	bool enabled, warn_evttypes, skip_unknown, capture;
	uint32_t capture_duration;
	const struct ynode *examples;
	uint64_t rate_count, rate_ms;
	struct exception **exceptions;
	uint32_t nexceptions, exceptions_room;
	bool unknown_source;
	/* made by resolve.c, for one compilation */
	bool ok; /* compiled and not skipped */
	struct source *text;
	const struct ast *tree;
	const char *output_text;
	struct uses uses;
};

struct plugin_need {
	const char *name, *version;
	uint32_t v[3];
};

struct loader {
	const struct checker *checker;
	const struct selection *selection;
	struct report *report;
	struct arena *arena;	      /* files and definitions: as long as the ruleset */
	struct arena trees;	      /* texts and trees of the last compilation */
	struct long_lists long_lists; /* in trees */
	struct rulefile **files;
	unsigned int nfiles;
	unsigned int file; /* the one being loaded */
	bool file_failed;  /* something in it was wrong */
	bool out_of_memory;
	uint32_t clock; /* definitions so far */
	struct defs lists, macros, rules;
	struct names broken;	    /* names of items that could not be read */
	const char *engine_version; /* the highest asked for, as written; or NULL */
	const char *unmet_plugin;
	struct plugin_need **plugins; /* for -L */
	uint32_t nplugins, plugins_room;
	/* bounds and scratch of one compilation */
	size_t work;
	uint64_t nodes;
	uint64_t *wanted;    /* bit per list: to be substituted in the text at hand */
	uint32_t *odd_lists; /* lists whose names hold blanks or the like */
	uint32_t nodd;
};

/* What a finding is about. */
struct subject {
	const char *item; /* "rule", "list", "macro", "exception", "" */
	const char *name;
	const struct ynode *node; /* where, if nothing nearer is known */
};

/* load_find(l, code, subject, node, fmt, ...): report it, at node (or the subject's). Always -1. */
int load_find(struct loader *l, enum load_code code, const struct subject *s,
	      const struct ynode *node, const char *fmt, ...) printf_like(5, 6);

/* load_find_hint: the same with a hint. */
int load_find_hint(struct loader *l, enum load_code code, const struct subject *s,
		   const struct ynode *node, const char *hint, const char *fmt, ...)
	printf_like(6, 7);

/* load_find_at(l, code, s, pos, hint, text): at a place in a condition's text. */
int load_find_at(struct loader *l, enum load_code code, const struct subject *s,
		 const struct ast_pos *pos, const char *hint, const char *text);

/* load_no_memory(l): remember and report that the load is too big. Always -1. */
int load_no_memory(struct loader *l);

/* nodes_add(a, v, node): 0, or -1 out of memory. */
int nodes_add(struct arena *a, struct nodes *v, const struct ynode *node);

/* item_read(l, node): one element of a document. 0 or -1 (reported). */
int item_read(struct loader *l, const struct ynode *node);

/* item_rule(l, node, s): an item with "rule". 0, -1 (reported), 1 right and its keys do not matter.
 */
int item_rule(struct loader *l, const struct ynode *node, struct subject *s);

/* forget_unused(l): what an earlier file did not use but a later one did is moot in the report. */
void forget_unused(struct loader *l);

/* compile_all(l): lists, macros, rules of everything read so far. What is wrong is reported. */
void compile_all(struct loader *l);

/* A use is noted unless one of so many last notes says so already: a rule may name very many. */
enum { USES_BACK = 64 };

struct textbuf;

/* expand_begin(l): forget what was made of lists before, find out which are in others. */
int expand_begin(struct loader *l);

/* expand_list(l, list): make list->flat and list->text; 0 or -1 (too big, reported). */
int expand_list(struct loader *l, struct list *list);

/* expand_lists(l, b, uses): substitute all lists in b; 0 or -1 with b->failed (too big). */
int expand_lists(struct loader *l, struct textbuf *b, struct uses *uses);

/* resolve_macros(l): parse and graft all macros. */
void resolve_macros(struct loader *l);

/* resolve_tree(l, s, tree, visibility, uses): tree with its macros grafted, or NULL (reported). */
const struct ast *resolve_tree(struct loader *l, const struct subject *s, struct ast *tree,
			       uint32_t visibility, struct uses *uses);

/* resolve_parse(l, s, b, uses, &src): b with its lists substituted, parsed; NULL (reported). */
struct ast *resolve_parse(struct loader *l, const struct subject *s, struct textbuf *b,
			  struct uses *uses, struct source **src);

/* lint_condition(l, s, tree): warnings about what is right and probably not meant. */
void lint_condition(struct loader *l, const struct subject *s, const struct ast *tree);

#endif
