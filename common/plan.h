/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: which events anyone downstream can want, as secmon-plan(5) writes
 * it. match derives one from its rules, capture from policies and options;
 * capture (in the kernel) and replay (here) drop what no selector wants.
 *
 * An event is wanted if a selector of its type holds; a selector holds if each
 * of its predicates holds. A predicate on a field that the event does not have
 * holds: a plan may let too much through, never too little.
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

/* The field has a value that one of the terms describes; or, negated, that none does. */
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
	uint32_t rate_count; /* at most so many ... */
	uint32_t rate_ms;    /* ... in this time; 0: no limit */
	uint32_t sample;     /* one of so many; 0 and 1: all */
};

struct plan {
	size_t nselectors;
	struct plan_selector *selectors;
	bool need_all;		       /* of fields; else: */
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
void plan_add_need(struct plan *p, unsigned int field);

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
 * plan_wants(p, e): the first selector from index *from on that wants the
 * event (*from is then set behind it), or NULL. Rates and samples are not
 * applied here. Start with *from = 0.
 */
const struct plan_selector *plan_wants(const struct plan *p, const struct event *e, size_t *from);

#endif
