// SPDX-License-Identifier: BSD-2-Clause
/* A plan made into the tables that the kernel side evaluates. */
#include "filter.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "filter_group.h"

struct builder {
	struct filter_tables *t;
	struct filter_group group[FILTER_SELECTORS];
	void *comms, *names, *paths; /* tsearch trees over the rows of t */
	size_t comms_room, names_room, paths_room;
	bool failed;
};

static void set_bit(struct filter_set *set, unsigned int bit)
{
	set->w[bit / 64] |= 1ULL << bit % 64;
}

/* ---- rows, found again by their keys; an index, since the arrays move when they grow */

static void *row(struct builder *b, void **rows, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t more = *room ? 2 * *room : 64;
		void *moved = reallocarray(*rows, more, size);

		if (!moved) {
			b->failed = true;
			return NULL;
		}
		*rows = moved;
		*room = more;
	}
	memset((char *)*rows + *n * size, 0, size);
	return (char *)*rows + (*n)++ * size;
}

struct known {
	uint32_t node;
	char name[FILTER_NAME];
	size_t index;
};

static int known_compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct known, index));
}

/* what is known of a key; *fresh if it was not there */
static struct known *known(struct builder *b, void **tree, uint32_t node, const char *name,
			   bool *fresh)
{
	struct known *e = calloc(1, sizeof(*e)), **found;

	*fresh = false;
	if (!e)
		goto fail;
	e->node = node;
	memcpy(e->name, name, FILTER_NAME);
	found = tsearch(e, tree, known_compare);
	if (!found)
		goto fail;
	*fresh = *found == e;
	if (!*fresh)
		free(e);
	return *found;
fail:
	free(e);
	b->failed = true;
	return NULL;
}

static struct filter_name_row *name_row(struct builder *b, enum filter_where where,
					const char *name)
{
	struct filter_tables *t = b->t;
	bool fresh;
	struct known *e = known(b, &b->names, where, name, &fresh);

	if (!e)
		return NULL;
	if (fresh) {
		struct filter_name_row *r =
			row(b, (void **)&t->names, &t->nnames, &b->names_room, sizeof(*r));

		if (!r)
			return NULL;
		r->where = where;
		memcpy(r->name, name, FILTER_NAME);
		e->index = t->nnames - 1;
	}
	return &t->names[e->index];
}

static struct filter_path_row *path_row(struct builder *b, uint32_t parent, const char *name)
{
	struct filter_tables *t = b->t;
	bool fresh;
	struct known *e = known(b, &b->paths, parent, name, &fresh);

	if (!e)
		return NULL;
	if (fresh) {
		struct filter_path_row *r =
			row(b, (void **)&t->paths, &t->npaths, &b->paths_room, sizeof(*r));

		if (!r)
			return NULL;
		r->parent = parent;
		memcpy(r->name, name, FILTER_NAME);
		r->step.node = (uint32_t)t->npaths;
		e->index = t->npaths - 1;
	}
	return &t->paths[e->index];
}

/* ---- paths */

/* as much of a component as the kernel side looks at */
static void component(char out[FILTER_NAME], const char *s, size_t len)
{
	memset(out, 0, FILTER_NAME);
	memcpy(out, s, len < FILTER_NAME - 1 ? len : FILTER_NAME - 1);
}

/* Whether the kernel side compares parts of names of that length, or has room for one more. */
static bool has_length(struct filter_defaults *d, uint32_t len)
{
	for (size_t i = 0; i < FILTER_PARTIALS; i++) {
		struct filter_partial *p = &d->partial[i];

		if (p->len == len)
			return true;
		if (p->len)
			continue;
		p->len = len;
		memset(p->mask, 0xff, len);
		return true;
	}
	return false;
}

/* A name at this place that begins with the len bytes at s. False: there is no room for that. */
static bool add_part(struct builder *b, uint32_t node, const char *s, size_t len, unsigned int bit)
{
	struct filter_path_row *r;
	char name[FILTER_NAME];

	if (!len || len >= FILTER_NAME - 1 || !has_length(&b->t->defaults, (uint32_t)len))
		return false;
	component(name, s, len);
	r = path_row(b, node | FILTER_PARTIAL, name);
	if (r)
		set_bit(&r->step.here, bit);
	return true;
}

/*
 * The path of text, as far as the last slash that stands behind a component; the
 * rest of a prefix is not looked at. False: any path may begin so.
 */
static bool add_path(struct builder *b, const struct plan_term *t, unsigned int bit)
{
	const char *s = t->text, *end = s + t->len;
	struct filter_path_row *r = NULL;
	uint32_t node = 0;
	char name[FILTER_NAME];
	int depth = 0;

	if (t->len == 0 || *s != '/')
		return false;
	for (s++; s < end && depth < FILTER_DEPTH; depth++) {
		const char *slash = memchr(s, '/', (size_t)(end - s));

		if (!slash && t->kind == PLAN_PREFIX) {
			if (add_part(b, node, s, (size_t)(end - s), bit))
				return true;
			break;
		}
		component(name, s, (size_t)((slash ? slash : end) - s));
		r = path_row(b, node, name);
		if (!r)
			return true;
		node = r->step.node;
		s = slash ? slash + 1 : end;
	}
	if (!r)
		return false;
	if (t->kind == PLAN_PREFIX || depth == FILTER_DEPTH)
		set_bit(&r->step.below, bit);
	if (t->kind == PLAN_EQUAL || depth == FILTER_DEPTH)
		set_bit(&r->step.here, bit);
	return true;
}

/* A suffix with a slash names the last component; without one it is no help. */
static bool add_suffix(struct builder *b, const struct plan_term *t, unsigned int bit)
{
	const char *slash = memrchr(t->text, '/', t->len);
	struct filter_name_row *r;
	char name[FILTER_NAME];

	if (!slash || slash + 1 == t->text + t->len)
		return false;
	component(name, slash + 1, (size_t)(t->text + t->len - (slash + 1)));
	r = name_row(b, WHERE_LAST, name);
	if (r)
		set_bit(&r->set, bit);
	return true;
}

/* Of a text inside the path the longest component that stands in it whole. */
static bool add_inside(struct builder *b, const struct plan_term *t, unsigned int bit)
{
	const char *end = t->text + t->len, *best = NULL;
	const char *s = memchr(t->text, '/', t->len), *slash;
	struct filter_name_row *r;
	char name[FILTER_NAME];
	size_t len = 0;

	for (; s && (slash = memchr(s + 1, '/', (size_t)(end - s - 1))); s = slash) {
		if ((size_t)(slash - s - 1) > len) {
			best = s + 1;
			len = (size_t)(slash - best);
		}
	}
	if (!best)
		return false;
	component(name, best, len);
	r = name_row(b, WHERE_ANY, name);
	if (r)
		set_bit(&r->set, bit);
	set_bit(&b->t->defaults.directory, bit);
	return true;
}

static bool add_paths(struct builder *b, const struct plan_pred *pred, unsigned int bit)
{
	for (size_t i = 0; i < pred->nterms; i++) {
		const struct plan_term *t = &pred->terms[i];
		bool ok = t->kind == PLAN_SUFFIX     ? add_suffix(b, t, bit)
			  : t->kind == PLAN_CONTAINS ? add_inside(b, t, bit)
						     : add_path(b, t, bit);

		if (!ok)
			return false;
	}
	return true;
}

/* ---- paths asked for */

/* A text of two dots, or that begins with a whole first component; else any path may do. */
static bool add_asked(struct builder *b, const struct plan_term *t, unsigned int bit)
{
	const char *slash;
	struct filter_name_row *r;
	char name[FILTER_NAME];

	if (t->kind == PLAN_CONTAINS && memmem(t->text, t->len, "..", 2)) {
		set_bit(&b->t->defaults.dots, bit);
		return true;
	}
	if (t->kind > PLAN_PREFIX || t->len < 2 || *t->text != '/')
		return false;
	slash = memchr(t->text + 1, '/', t->len - 1);
	if (!slash && t->kind == PLAN_PREFIX)
		return false;
	component(name, t->text + 1, (size_t)((slash ? slash : t->text + t->len) - (t->text + 1)));
	r = name_row(b, WHERE_ASKED, name);
	if (r)
		set_bit(&r->set, bit);
	set_bit(&b->t->defaults.named, bit);
	return true;
}

static void add_raws(struct builder *b)
{
	for (unsigned int bit = 0; bit < b->t->groups; bit++) {
		const struct plan_pred *pred;
		bool narrowed = false;
		size_t from = 0;

		while (!narrowed &&
		       (pred = filter_next_on(b->group[bit].like, F_FD_NAMERAW, &from))) {
			narrowed = !pred->negated;
			for (size_t i = 0; narrowed && i < pred->nterms; i++)
				narrowed = add_asked(b, &pred->terms[i], bit);
		}
		if (!narrowed)
			set_bit(&b->t->defaults.raw, bit);
	}
}

/* whether the event may be about a file that is in no directory: its name has no '/' in front */
static bool may_be_nameless(const struct plan_selector *s)
{
	const struct plan_pred *pred;
	size_t from = 0;

	while (s->policy && (pred = filter_next_on(s, F_FD_NAME, &from))) {
		bool absolute = !pred->negated;

		for (size_t i = 0; absolute && i < pred->nterms; i++)
			absolute = pred->terms[i].kind <= PLAN_PREFIX && pred->terms[i].len &&
				   *pred->terms[i].text == '/';
		if (absolute)
			return false;
	}
	return true;
}

/* the first predicate on the path that helps; the others may only narrow further */
static void add_selector(struct builder *b, const struct plan_selector *s)
{
	unsigned int bit = filter_group_of(b->group, &b->t->groups, s);
	const struct plan_pred *pred;
	size_t from = 0;

	if (may_be_nameless(s))
		set_bit(&b->t->defaults.nameless, bit);
	while ((pred = filter_next_on(s, F_FD_NAME, &from)))
		if (!pred->negated && add_paths(b, pred, bit))
			return;
	set_bit(&b->t->defaults.path, bit);
}

/* ---- comms */

/* what the predicates of a group say of a comm; NULL: of one that no term lists */
static bool comm_possible(const struct filter_group *g, const char *comm)
{
	const struct plan_pred *pred;
	size_t from = 0;

	while ((pred = filter_next_on(g->like, F_PROC_NAME, &from))) {
		bool listed = false, unsure = false;

		for (size_t i = 0; i < pred->nterms; i++) {
			const struct plan_term *t = &pred->terms[i];

			if (t->kind != PLAN_EQUAL)
				unsure = true;
			else if (comm && strlen(comm) == t->len && !memcmp(comm, t->text, t->len))
				listed = true;
		}
		if (!unsure && listed == pred->negated)
			return false;
	}
	return true;
}

static void add_comm(struct builder *b, const struct plan_term *t)
{
	struct filter_tables *tables = b->t;
	struct filter_comm_row *r;
	char key[FILTER_NAME];
	bool fresh;

	if (t->kind != PLAN_EQUAL || t->len >= sizeof(r->comm) || memchr(t->text, 0, t->len))
		return;
	component(key, t->text, t->len);
	if (!known(b, &b->comms, 0, key, &fresh) || !fresh)
		return;
	r = row(b, (void **)&tables->comms, &tables->ncomms, &b->comms_room, sizeof(*r));
	if (!r)
		return;
	memcpy(r->comm, t->text, t->len);
	for (unsigned int bit = 0; bit < tables->groups; bit++)
		if (comm_possible(&b->group[bit], r->comm))
			set_bit(&r->set, bit);
}

static void add_comms(struct builder *b)
{
	for (unsigned int bit = 0; bit < b->t->groups; bit++) {
		const struct plan_pred *pred;
		size_t from = 0;

		if (comm_possible(&b->group[bit], NULL))
			set_bit(&b->t->defaults.comm, bit);
		if (!filter_next_on(b->group[bit].like, F_PROC_NAME, &from))
			set_bit(&b->t->defaults.any_comm, bit);
		from = 0;
		while ((pred = filter_next_on(b->group[bit].like, F_PROC_NAME, &from)))
			for (size_t i = 0; i < pred->nterms; i++)
				add_comm(b, &pred->terms[i]);
	}
}

static void add_types_and_facts(struct builder *b)
{
	for (unsigned int bit = 0; bit < b->t->groups; bit++) {
		const struct filter_group *g = &b->group[bit];

		b->t->priority[bit] = g->priority;
		for (unsigned int id = 0; id < EVENT_ID_END; id++)
			if (g->events[id / 64] >> id % 64 & 1)
				set_bit(&b->t->types[id], bit);
		for (unsigned int facts = 0; facts < FACT_COUNT; facts++)
			if (g->facts >> facts & 1)
				set_bit(&b->t->facts[facts], bit);
	}
}

struct filter_tables *filter_compile(const struct plan *plan)
{
	struct builder *b = calloc(1, sizeof(*b));
	struct filter_tables *t = calloc(1, sizeof(*t));
	bool failed = true;

	if (!b || !t)
		goto out;
	b->t = t;
	for (size_t i = 0; i < plan->nselectors && !b->failed; i++)
		add_selector(b, &plan->selectors[i]);
	add_comms(b);
	add_raws(b);
	add_types_and_facts(b);
	filter_quicken(t);
	failed = b->failed;
	tdestroy(b->comms, free);
	tdestroy(b->names, free);
	tdestroy(b->paths, free);
out:
	free(b);
	if (!failed)
		return t;
	filter_free(t);
	errno = ENOMEM;
	return NULL;
}

struct filter_set filter_shed(const struct filter_tables *t, unsigned int priority)
{
	struct filter_set set = { { 0 } };

	for (unsigned int bit = 0; bit < t->groups; bit++)
		if (t->priority[bit] != PLAN_PRIORITY_UNSAID && t->priority[bit] >= priority)
			set_bit(&set, bit);
	return set;
}

void filter_free(struct filter_tables *t)
{
	if (!t)
		return;
	free(t->comms);
	free(t->names);
	free(t->paths);
	free(t);
}
