// SPDX-License-Identifier: BSD-2-Clause
/*
 * A trie of path components. Children that hold glob characters stand in a list
 * and are tried each; the others are found by a sorted search.
 */
#include "cmd/secmon-match/pmatch.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COMPONENT_MAX = 4096 };

struct pmatch {
	char *name; /* of this component, NULL for the root */
	size_t len;
	bool end; /* a path ends here: all below matches */
	struct pmatch **plain, **globs;
	size_t nplain, nglobs;
};

struct pmatch *pmatch_new(void)
{
	return calloc(1, sizeof(struct pmatch));
}

void pmatch_free(struct pmatch *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nplain; i++)
		pmatch_free(p->plain[i]);
	for (size_t i = 0; i < p->nglobs; i++)
		pmatch_free(p->globs[i]);
	free(p->plain);
	free(p->globs);
	free(p->name);
	free(p);
}

static int compare(const char *a, size_t alen, const char *b, size_t blen)
{
	if (alen != blen)
		return alen < blen ? -1 : 1;
	return memcmp(a, b, alen);
}

/* Where name is, or would be, among the sorted children. */
static size_t place(const struct pmatch *p, const char *name, size_t len, bool *there)
{
	size_t lo = 0, hi = p->nplain;

	*there = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = compare(p->plain[mid]->name, p->plain[mid]->len, name, len);

		if (c == 0) {
			*there = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct pmatch *insert(struct pmatch ***list, size_t *n, size_t at, const char *name,
			     size_t len)
{
	struct pmatch *c = pmatch_new(), **grown;

	if (!c)
		return NULL;
	c->name = strndup(name, len);
	c->len = len;
	grown = c->name ? reallocarray(*list, *n + 1, sizeof(*grown)) : NULL;
	if (!grown) {
		pmatch_free(c);
		return NULL;
	}
	*list = grown;
	memmove(grown + at + 1, grown + at, (*n - at) * sizeof(*grown));
	grown[at] = c;
	(*n)++;
	return c;
}

static struct pmatch *child(struct pmatch *p, const char *name, size_t len)
{
	bool there, glob = false;
	size_t at;

	for (size_t i = 0; i < len; i++)
		glob |= name[i] == '*' || name[i] == '?' || name[i] == '[';
	if (glob) {
		for (size_t i = 0; i < p->nglobs; i++)
			if (compare(p->globs[i]->name, p->globs[i]->len, name, len) == 0)
				return p->globs[i];
		return insert(&p->globs, &p->nglobs, p->nglobs, name, len);
	}
	at = place(p, name, len, &there);
	return there ? p->plain[at] : insert(&p->plain, &p->nplain, at, name, len);
}

int pmatch_add(struct pmatch *p, const char *path, size_t len)
{
	const char *s = path, *end = path + len, *slash;

	while (s < end) {
		slash = memchr(s, '/', end - s);
		if (!slash)
			slash = end;
		if (slash > s) {
			p = child(p, s, slash - s);
			if (!p)
				return -1;
		}
		s = slash + 1;
	}
	p->end = true;
	return 0;
}

static bool globs(const char *pattern, const char *s, size_t len)
{
	char name[COMPONENT_MAX];

	if (len >= sizeof(name))
		return false;
	memcpy(name, s, len);
	name[len] = '\0';
	return fnmatch(pattern, name, 0) == 0;
}

bool pmatch_match(const struct pmatch *p, const char *path, size_t len)
{
	const char *s = path, *end = path + len, *slash;
	bool there;
	size_t at;

	if (p->end)
		return true;
	while (s < end && *s == '/')
		s++;
	if (s == end)
		return false;
	slash = memchr(s, '/', end - s);
	if (!slash)
		slash = end;
	at = place(p, s, slash - s, &there);
	if (there && pmatch_match(p->plain[at], slash, end - slash))
		return true;
	for (size_t i = 0; i < p->nglobs; i++)
		if (globs(p->globs[i]->name, s, slash - s) &&
		    pmatch_match(p->globs[i], slash, end - slash))
			return true;
	return false;
}
