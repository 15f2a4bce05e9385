// SPDX-License-Identifier: BSD-2-Clause
/* Which alerts a sink wants. */
#include <fnmatch.h>
#include <stdio.h>

#include "cmd/secmon-ship/sink.h"

enum { NAME_MAX_BYTES = 512 };

static bool matches(const char *pattern, const struct span *text)
{
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%.*s", (int)text->len, text->s);
	return fnmatch(pattern, name, 0) == 0;
}

static bool any_matches(const char *pattern, const struct span *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (matches(pattern, &texts[i]))
			return true;
	return false;
}

/* A list of wanted and, with !, unwanted patterns: unwanted wins, none wanted means all. */
static bool passes(const struct list *l, const struct span *texts, size_t n)
{
	bool wanted = true, found = false;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i][0] == '!') {
			if (any_matches(l->v[i] + 1, texts, n))
				return false;
		} else {
			wanted = false;
			found |= any_matches(l->v[i], texts, n);
		}
	}
	return wanted || found;
}

bool sink_filter(const struct sink_conf *conf, const struct alert *a)
{
	struct span tags[64];

	if ((int)a->priority > conf->priority)
		return false;
	if (conf->rules.n && !passes(&conf->rules, &a->rule, 1))
		return false;
	if (conf->sources.n && !passes(&conf->sources, &a->source, 1))
		return false;
	return !conf->tags.n || passes(&conf->tags, tags, alert_sorted_tags(a, tags, nitems(tags)));
}
