// SPDX-License-Identifier: BSD-2-Clause
/* The literal paths of a plan. */
#include "watch_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "common/fields.h"

static bool is_path_field(unsigned int field)
{
	return field == F_FD_NAME || field == F_FS_PATH_NAME || field == F_FS_PATH_SOURCE ||
	       field == F_FS_PATH_TARGET;
}

/* what each process has of its own, under the same name */
static bool means_many(const char *path, size_t len)
{
	static const char *const own[] = { "/proc/self", "/proc/thread-self" };

	for (size_t i = 0; i < nitems(own); i++) {
		size_t n = strlen(own[i]);

		if (len >= n && memcmp(path, own[i], n) == 0 && (len == n || path[n] == '/'))
			return true;
	}
	return false;
}

static bool is_literal(const struct plan_term *t)
{
	return t->kind == PLAN_EQUAL && t->len > 0 && t->text[0] == '/' &&
	       t->len < RECORD_PATH_MAX && !memchr(t->text, '\0', t->len) &&
	       !means_many(t->text, t->len);
}

/*
 * The literal paths of all predicates: written to out, if that is not NULL. Of a
 * negated or quiet one none: a name that excludes an event must not be had by a link.
 */
static size_t literals(const struct plan *plan, const struct plan_term **out)
{
	size_t n = 0;

	for (size_t s = 0; s < plan->nselectors; s++) {
		const struct plan_selector *selector = &plan->selectors[s];

		for (size_t p = 0; p < selector->npreds; p++) {
			const struct plan_pred *pred = &selector->preds[p];

			if (selector->quiet || pred->negated || !is_path_field(pred->field))
				continue;
			for (size_t i = 0; i < pred->nterms; i++) {
				if (!is_literal(&pred->terms[i]))
					continue;
				if (out)
					out[n] = &pred->terms[i];
				n++;
			}
		}
	}
	return n;
}

static int compare(const char *a, size_t alen, const char *b, size_t blen)
{
	int r = memcmp(a, b, alen < blen ? alen : blen);

	return r ? r : (alen > blen) - (alen < blen);
}

static int by_text(const void *a, const void *b)
{
	const struct plan_term *const *x = a, *const *y = b;

	return compare((*x)->text, (*x)->len, (*y)->text, (*y)->len);
}

static bool add(struct watch_list *l, const struct plan_term *t)
{
	struct watch_path *p = &l->path[l->n];

	p->path = strndup(t->text, t->len);
	p->len = t->len;
	l->n += p->path != NULL;
	return p->path;
}

static bool fill(struct watch_list *l, const struct plan_term **terms, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i && by_text(&terms[i - 1], &terms[i]) == 0)
			continue;
		if (l->n == WATCH_MAX)
			l->left_out++;
		else if (!add(l, terms[i]))
			return false;
	}
	return true;
}

struct watch_list *watch_list_new(const struct plan *plan, uint32_t turn)
{
	size_t n = literals(plan, NULL);
	const struct plan_term **terms = calloc(n + 1, sizeof(const struct plan_term *));
	struct watch_list *l =
		calloc(1, sizeof(*l) + (n < WATCH_MAX ? n : WATCH_MAX) * sizeof(l->path[0]));

	if (terms && l) {
		l->turn = turn;
		literals(plan, terms);
		qsort(terms, n, sizeof(const struct plan_term *), by_text);
	}
	if (!terms || !l || !fill(l, terms, n)) {
		watch_list_free(l);
		l = NULL;
		errno = ENOMEM;
	}
	free(terms);
	return l;
}

void watch_list_free(struct watch_list *l)
{
	for (size_t i = 0; l && i < l->n; i++)
		free(l->path[i].path);
	free(l);
}

const struct watch_path *watch_list_find(const struct watch_list *l, const char *path, size_t len)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int r = compare(path, len, l->path[mid].path, l->path[mid].len);

		if (r == 0)
			return &l->path[mid];
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct watch_path *watch_list_path(const struct watch_list *l, uint32_t id)
{
	size_t i = id & (WATCH_MAX - 1);

	return l && i < l->n && watch_list_id(l, i) == id ? &l->path[i] : NULL;
}
