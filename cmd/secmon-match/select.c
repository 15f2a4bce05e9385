// SPDX-License-Identifier: BSD-2-Clause
/* Which of the loaded rules run. */
#include <string.h>

#include "cmd/secmon-match/select.h"

bool select_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	/* after a mismatch the last star takes one byte more */
	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool concerns(const struct selector *s, const struct rule *r)
{
	if (s->by == SELECT_RULE)
		return select_matches(s->pattern, r->name);
	for (size_t i = 0; i < r->ntags; i++)
		if (!strcmp(r->tags[i], s->pattern))
			return true;
	return false;
}

void select_rules(struct rule *rules, size_t n, const struct selection *sel)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sel->n; k++)
			if (concerns(&sel->selectors[k], &rules[i]))
				rules[i].enabled = sel->selectors[k].enable;
		if (rules[i].priority > sel->min_priority)
			rules[i].enabled = false;
	}
}
