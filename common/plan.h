/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: which events anyone downstream can want, as secmon-plan(5) writes
 * it. match derives one from its rules, capture from policies and options;
 * capture (in the kernel) and replay (here) drop what no selector wants.
 *
 * An event is wanted if a selector of its type holds; a selector holds if each
 * of its predicates holds. A predicate on a field of which nothing is known
 * holds: a plan may let too much through, never too little; policies alone are
 * exact, see plan_unknown_holds(). Whether limits and samples let the event pass
 * then is for common/judge.h.
 */
#ifndef COMMON_PLAN_H
#define COMMON_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/event.h"

enum {
	PLAN_VERSION = 1,
	PLAN_SELECTORS_MAX = 4096,
	PLAN_BY_MAX = 16,     /* fields that a limit is kept apart by */
	PLAN_VALUES_MAX = 64, /* of a field that is a list; what more it has counts as unknown */
	PLAN_PRIORITY_UNSAID = 8,
	PLAN_TERMS_MAX = 1 << 20 /* over all predicates of a plan */
};

enum plan_term_kind {
	PLAN_EQUAL,    /* text: the whole value */
	PLAN_PREFIX,   /* text: how it begins */
	PLAN_SUFFIX,   /* text: how it ends */
	PLAN_CONTAINS, /* text: what is in it */
	PLAN_RANGE,    /* integer: lo..hi, both included */
	PLAN_BITS,     /* integer: any bit of lo is set */
	PLAN_NET       /* address: the first bits of addr */
};

struct plan_term {
	uint8_t kind;	  /* enum plan_term_kind */
	uint8_t bits;	  /* NET: prefix length */
	uint8_t addr_len; /* NET: 4 or 16 */
	uint32_t len;	  /* text: bytes */
	union {
		const char *text; /* not terminated; owned by the plan */
		int64_t lo;
		uint8_t addr[16];
	};
	int64_t hi;
};

/*
 * The field has a value that one of the terms describes; or, negated, that none
 * does. Of a list any of its values.
 */
struct plan_pred {
	uint16_t field; /* wire id */
	bool negated;
	size_t nterms;
	struct plan_term *terms;
};

struct plan_selector {
	const char *name;		    /* of the rule or policy that asks; owned by the plan */
	uint64_t events[EVENT_ID_END / 64]; /* bit set by event id */
	size_t npreds;
	struct plan_pred *preds;
	uint32_t rate_count;	  /* at most so many ... */
	uint32_t rate_ms;	  /* ... in this time; 0: no limit */
	uint16_t by[PLAN_BY_MAX]; /* ... of events that have the same values in these fields */
	uint8_t nby;
	uint8_t priority; /* 0 emergency .. 7 debug, or PLAN_PRIORITY_UNSAID */
	bool policy;	  /* an event that passes says the name (policy.name) */
	bool otherwise;	  /* holds only if none of its chain before it does */
	bool quiet;	  /* that it holds is no reason to want the event */
	uint32_t sample;  /* one of so many; 0 and 1: all */
};

/*
 * What is known of an event beside its fields: of its process, for instance.
 * get() puts at most PLAN_VALUES_MAX values into v and returns their number; *more
 * becomes whether the field may have others. No value and more: nothing is known.
 */
struct plan_facts {
	unsigned int (*get)(void *arg, const struct event *e, unsigned int field, struct value *v,
			    bool *more);
	void *arg;
};

struct plan {
	size_t nselectors;
	struct plan_selector *selectors;
	uint64_t need[FIELD_END / 64]; /* bit set by wire id */
	struct plan_arena *arena;
};

/* plan_new(): an empty plan, which wants nothing. NULL with ENOMEM. */
struct plan *plan_new(void);
void plan_free(struct plan *p);

/*
 * Building one. All texts are copied. The pointer that plan_add_selector()
 * returns is good until the next call of it. -1 or NULL with ENOMEM, or E2BIG
 * past the maxima above.
 */
struct plan_selector *plan_add_selector(struct plan *p, const char *name);
struct plan_pred *plan_add_pred(struct plan *p, struct plan_selector *s, unsigned int field,
				bool negated);
int plan_add_term(struct plan *p, struct plan_pred *pred, const struct plan_term *term);
void plan_add_event(struct plan_selector *s, unsigned int event);
void plan_need(struct plan *p, unsigned int field);
void plan_need_all(struct plan *p);

static inline bool plan_has_event(const struct plan_selector *s, unsigned int event)
{
	return event < EVENT_ID_END && s->events[event / 64] >> event % 64 & 1;
}

/* plan_needs(p, field): whether anyone downstream reads the field. */
bool plan_needs(const struct plan *p, unsigned int field);

/* plan_print(p, fp): as text that plan_read() takes. 0, or -1 with errno. */
int plan_print(const struct plan *p, FILE *fp);

/*
 * plan_read(fp, name, err, errlen): NULL with EINVAL and a text in err
 * ("name:12:5: no such field 'fd.nam'"), or ENOMEM, E2BIG.
 */
struct plan *plan_read(FILE *fp, const char *name, char *err, size_t errlen);

/* plan_wants_type(p, event): whether any selector is about events of this type. */
bool plan_wants_type(const struct plan *p, unsigned int event);

/*
 * plan_wants(p, e, facts, from): the first selector from index *from on that wants the
 * event (*from is then set behind it), or NULL. facts, which may be NULL, are asked
 * for what the event does not say. Limits and samples are not applied here. Start
 * with *from = 0. For every event of a stream common/plan_index.h is faster.
 */
const struct plan_selector *plan_wants(const struct plan *p, const struct event *e,
				       const struct plan_facts *facts, size_t *from);

/*
 * plan_values(e, facts, field, v, more): the values of a field of the event, as
 * plan_facts' get(); facts may be NULL. proc.pname, proc.pexe and proc.pexepath are the
 * first of the ancestors' where nobody says them.
 */
unsigned int plan_values(const struct event *e, const struct plan_facts *facts, unsigned int field,
			 struct value *v, bool *more);

/*
 * plan_of_actor(field): whether the field is about what the actor of an event executes or
 * descends from: events need not say it, whoever remembers processes (struct plan_facts) may.
 */
bool plan_of_actor(unsigned int field);

/* plan_priority(name): 0..7 for "emergency" .. "debug"; -1. plan_priority_name(n): back. */
int plan_priority(const char *name);
const char *plan_priority_name(unsigned int n);

/*
 * Parts of that. plan_pred_says(pred, v, n, more, unknown): whether the predicate holds
 * of what plan_values() gave; unknown is the answer where too little is known, for a
 * selector's predicate plan_unknown_holds(s, pred).
 */
bool plan_pred_says(const struct plan_pred *pred, const struct value *v, unsigned int n, bool more,
		    bool unknown);
bool plan_unknown_holds(const struct plan_selector *s, const struct plan_pred *pred);

#endif
