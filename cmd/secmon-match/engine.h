/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules ready to run: programs by event type, outputs, limits, counts. */
#ifndef MATCH_ENGINE_H
#define MATCH_ENGINE_H

#include "cmd/secmon-match/append.h"
#include "cmd/secmon-match/block.h"
#include "cmd/secmon-match/format.h"
#include "cmd/secmon-match/limit.h"
#include "cmd/secmon-match/ruleset.h"
#include "cmd/secmon-match/tally.h"

/* A rule that runs. */
struct active {
	const struct rule *rule;
	struct format *format;
	struct limit limit;
	struct tally *tally;
	uint32_t node; /* of its whole condition */
};

/* The rules that may match events of some types, reduced to those types. */
struct bucket {
	uint32_t *active; /* which, in the order of evaluation */
	uint32_t *nodes;  /* the condition of each for such types */
	uint32_t n;
	struct block *blocks; /* of BLOCK_RULES of them each */
	uint64_t hash;
	struct bucket *next; /* all of them */
};

struct engine {
	struct program *program;
	struct eval *eval;
	struct active *active;
	uint32_t nactive;
	struct bucket *of_type[EVENT_ID_END]; /* types with the same rules share one */
	struct bucket *unknown;		      /* for types that our table does not have */
	struct bucket *buckets;
	struct bucket *bucket; /* of the event */
	uint32_t asked;	       /* block of it, from 1 */
	uint64_t left;	       /* rules of that block which may match */
	struct arena arena;
};

struct engine_options {
	struct limit limit;	       /* of rules that have none of their own */
	const struct appends *appends; /* to their outputs, or NULL */
};

/*
 * engine_new(rs, o, err): the enabled rules of rs, which must stay. NULL with
 * err and EINVAL (a rule that the checker would have refused), or ENOMEM.
 */
struct engine *engine_new(const struct ruleset *rs, const struct engine_options *o,
			  struct check_error *err);
void engine_free(struct engine *e);

/* engine_wants(e, type): whether any rule can match events of that type. */
static inline bool engine_wants(const struct engine *e, unsigned int type)
{
	return (type < EVENT_ID_END ? e->of_type[type] : e->unknown) != NULL;
}

/* engine_event(e, x): from now on about the event of x. */
void engine_event(struct engine *e, struct xctx *x);

/*
 * engine_next(e, at): the next rule from place *at on that matches the event, or
 * NULL; *at is then behind it. Start with *at = 0; a place is good for the same
 * event told once more, too.
 */
struct active *engine_next(struct engine *e, uint32_t *at);

#endif
