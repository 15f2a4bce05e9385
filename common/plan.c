// SPDX-License-Identifier: BSD-2-Clause
/* Building a plan, and asking it about an event. Its text: plan_read.c and plan_print.c. */
#include "common/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

/* Texts and arrays of a plan: chunks that are freed together. */
struct plan_arena {
	struct plan_arena *next;
	size_t used, size;
	size_t nterms; /* of the plan; in the first chunk only */
	unsigned char bytes[];
};

enum { CHUNK = 64 * 1024 };

static struct plan_arena *chunk_new(size_t size)
{
	struct plan_arena *a = malloc(sizeof(*a) + size);

	if (a)
		*a = (struct plan_arena){ .size = size };
	return a;
}

static void *take(struct plan *p, size_t len)
{
	struct plan_arena *a = p->arena;
	void *mem;

	len = (len + 15) & ~(size_t)15;
	if (a->size - a->used < len) {
		struct plan_arena *more = chunk_new(len > CHUNK ? len : CHUNK);

		if (!more)
			return NULL;
		more->nterms = a->nterms;
		more->next = a;
		p->arena = a = more;
	}
	mem = a->bytes + a->used;
	a->used += len;
	return mem;
}

struct plan *plan_new(void)
{
	struct plan *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->arena = chunk_new(CHUNK);
	if (!p->arena) {
		free(p);
		return NULL;
	}
	return p;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	while (p->arena) {
		struct plan_arena *next = p->arena->next;

		free(p->arena);
		p->arena = next;
	}
	free(p->selectors);
	free(p);
}

/* Room for one more in an array that doubles inside the arena when n is a power of two. */
static void *grow(struct plan *p, void *old, size_t n, size_t size)
{
	void *mem;

	if (n & (n - 1) || (n == 0 && old))
		return old;
	mem = take(p, (n ? 2 * n : 1) * size);
	if (mem && n)
		memcpy(mem, old, n * size);
	return mem;
}

struct plan_selector *plan_add_selector(struct plan *p, const char *name)
{
	struct plan_selector *s;
	char *copy;

	if (p->nselectors >= PLAN_SELECTORS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	s = reallocarray(p->selectors, p->nselectors + 1, sizeof(*s));
	if (!s)
		return NULL;
	p->selectors = s;
	copy = take(p, strlen(name) + 1);
	if (!copy)
		return NULL;
	strcpy(copy, name);
	s = &p->selectors[p->nselectors++];
	memset(s, 0, sizeof(*s));
	s->name = copy;
	s->priority = PLAN_PRIORITY_UNSAID;
	return s;
}

struct plan_pred *plan_add_pred(struct plan *p, struct plan_selector *s, unsigned int field,
				bool negated)
{
	struct plan_pred *preds = grow(p, s->preds, s->npreds, sizeof(*preds));

	if (!preds)
		return NULL;
	s->preds = preds;
	preds = &preds[s->npreds++];
	*preds = (struct plan_pred){ .field = (uint16_t)field, .negated = negated };
	return preds;
}

static bool has_text(const struct plan_term *t)
{
	return t->kind <= PLAN_CONTAINS;
}

int plan_add_term(struct plan *p, struct plan_pred *pred, const struct plan_term *term)
{
	struct plan_term *terms;
	char *copy = NULL;

	if (p->arena->nterms >= PLAN_TERMS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (has_text(term)) {
		copy = take(p, term->len + 1);
		if (!copy)
			return -1;
		memcpy(copy, term->text, term->len);
		copy[term->len] = '\0';
	}
	terms = grow(p, pred->terms, pred->nterms, sizeof(*terms));
	if (!terms)
		return -1;
	pred->terms = terms;
	terms[pred->nterms] = *term;
	if (copy)
		terms[pred->nterms].text = copy;
	pred->nterms++;
	p->arena->nterms++;
	return 0;
}

void plan_add_event(struct plan_selector *s, unsigned int event)
{
	if (event < EVENT_ID_END)
		s->events[event / 64] |= 1ULL << event % 64;
}

void plan_need(struct plan *p, unsigned int field)
{
	if (field < FIELD_END)
		p->need[field / 64] |= 1ULL << field % 64;
}

void plan_need_all(struct plan *p)
{
	memset(p->need, 0xff, sizeof(p->need));
}

bool plan_needs(const struct plan *p, unsigned int field)
{
	return field < FIELD_END && p->need[field / 64] >> field % 64 & 1;
}

bool plan_wants_type(const struct plan *p, unsigned int event)
{
	for (size_t i = 0; i < p->nselectors; i++)
		if (!p->selectors[i].quiet && plan_has_event(&p->selectors[i], event))
			return true;
	return false;
}

static bool text_is(const struct plan_term *t, const struct value *v)
{
	const uint8_t *p;

	if (!value_is_text(v) || v->len < t->len || (t->kind == PLAN_EQUAL && v->len != t->len))
		return false;
	if (t->kind == PLAN_CONTAINS)
		return memmem(v->p, v->len, t->text, t->len) != NULL;
	p = t->kind == PLAN_SUFFIX ? v->p + v->len - t->len : v->p;
	/* nearly all of them differ at once */
	return !t->len ||
	       (p[t->len - 1] == (uint8_t)t->text[t->len - 1] && !memcmp(p, t->text, t->len));
}

static bool integer_is(const struct plan_term *t, const struct value *v)
{
	int64_t i;

	if (v->type == VALUE_BOOL)
		i = v->b;
	else if (!value_i64(v, &i))
		return false;
	return t->kind == PLAN_BITS ? (i & t->lo) != 0 : i >= t->lo && i <= t->hi;
}

static bool address_is(const struct plan_term *t, const struct value *v)
{
	unsigned int whole = t->bits / 8, rest = t->bits % 8;

	if (v->type != VALUE_BIN || v->len != t->addr_len || memcmp(v->p, t->addr, whole))
		return false;
	return !rest || (v->p[whole] ^ t->addr[whole]) >> (8 - rest) == 0;
}

static bool term_is(const struct plan_term *t, const struct value *v)
{
	switch (t->kind) {
	case PLAN_RANGE:
	case PLAN_BITS:
		return integer_is(t, v);
	case PLAN_NET:
		return address_is(t, v);
	default:
		return text_is(t, v);
	}
}

static unsigned int list_values(const struct event *e, unsigned int field, struct value *v,
				bool *more)
{
	unsigned int i;
	struct pull p;
	size_t n;

	*more = !event_list(e, field, &p, &n);
	for (i = 0; !*more && i < n; i++)
		*more = i == PLAN_VALUES_MAX || pull_next(&p, &v[i]) != PULL_OK ||
			v[i].type == VALUE_ARRAY || v[i].type == VALUE_MAP;
	return *more && i ? i - 1 : i;
}

unsigned int plan_values(const struct event *e, const struct plan_facts *facts, unsigned int field,
			 struct value *v, bool *more)
{
	static const uint16_t parents[][2] = { { F_PROC_PNAME, F_PROC_ANAME },
					       { F_PROC_PEXE, F_PROC_AEXE },
					       { F_PROC_PEXEPATH, F_PROC_AEXEPATH } };
	unsigned int n = 0;

	*more = false;
	if (event_get(e, field, v))
		return v->type == VALUE_ARRAY ? list_values(e, field, v, more) : 1;
	*more = true;
	if (facts)
		n = facts->get(facts->arg, e, field, v, more);
	for (size_t i = 0; n == 0 && *more && i < nitems(parents); i++) {
		if (parents[i][0] != field)
			continue;
		n = plan_values(e, facts, parents[i][1], v, more);
		if (n) {
			*more = false;
			n = 1;
		}
	}
	return n;
}

bool plan_pred_says(const struct plan_pred *pred, const struct value *v, unsigned int n, bool more,
		    bool unknown)
{
	for (unsigned int k = 0; k < n; k++)
		for (size_t i = 0; i < pred->nterms; i++)
			if (term_is(&pred->terms[i], &v[k]))
				return !pred->negated;
	return more ? unknown : pred->negated;
}

static bool pred_holds(const struct plan_pred *pred, const struct event *e,
		       const struct plan_facts *facts, bool unknown)
{
	struct value v[PLAN_VALUES_MAX];
	bool more;
	unsigned int n = plan_values(e, facts, pred->field, v, &more);

	return plan_pred_says(pred, v, n, more, unknown);
}

bool plan_of_actor(unsigned int field)
{
	switch (field) {
	case F_PROC_EXEPATH:
	case F_PROC_EXEPATH_BEFORE:
	case F_PROC_PEXEPATH:
	case F_PROC_AEXEPATH:
	case F_PROC_APID:
	case F_PROC_AVPID:
		return true;
	default:
		return false;
	}
}

/*
 * Whether a predicate holds without knowledge. Policies are no guesses of what others
 * may want: what the event itself would say, and does not, is not there. Else only what
 * makes an event wanted holds: not what makes it unwanted.
 */
bool plan_unknown_holds(const struct plan_selector *s, const struct plan_pred *pred)
{
	return s->policy && !plan_of_actor(pred->field) ? pred->negated : !s->quiet;
}

static bool selector_holds(const struct plan_selector *s, const struct event *e,
			   const struct plan_facts *facts)
{
	if (!plan_has_event(s, e->type))
		return false;
	for (size_t i = 0; i < s->npreds; i++)
		if (!pred_holds(&s->preds[i], e, facts, plan_unknown_holds(s, &s->preds[i])))
			return false;
	return true;
}

/* whether one of the chain that selector i ends holds before it */
static bool taken_before(const struct plan *p, size_t i, const struct event *e,
			 const struct plan_facts *facts)
{
	while (i > 0 && p->selectors[i].otherwise)
		if (selector_holds(&p->selectors[--i], e, facts))
			return true;
	return false;
}

const struct plan_selector *plan_wants(const struct plan *p, const struct event *e,
				       const struct plan_facts *facts, size_t *from)
{
	while (*from < p->nselectors) {
		size_t i = (*from)++;
		const struct plan_selector *s = &p->selectors[i];

		if (!s->quiet && selector_holds(s, e, facts) && !taken_before(p, i, e, facts))
			return s;
	}
	return NULL;
}

static const char *const priorities[] = { "emergency", "alert",	 "critical",	  "error",
					  "warning",   "notice", "informational", "debug" };

int plan_priority(const char *name)
{
	for (size_t i = 0; i < nitems(priorities); i++)
		if (!strcmp(priorities[i], name))
			return (int)i;
	return -1;
}

const char *plan_priority_name(unsigned int n)
{
	return n < nitems(priorities) ? priorities[n] : NULL;
}
