// SPDX-License-Identifier: BSD-2-Clause
/* passwd(5) and group(5), sorted by number. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "common/parse.h"

enum { FIELDS_MAX = 7 };

struct names {
	char *users_text, *groups_text;
	struct user *users;
	struct group *groups;
	size_t nusers, ngroups;
};

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *n)
{
	if (!n)
		return;
	free(n->users_text);
	free(n->groups_text);
	free(n->users);
	free(n->groups);
	free(n);
}

/* Cut the line at its colons; how many fields it has. */
static size_t cut(char *line, char *field[FIELDS_MAX])
{
	size_t n = 0;

	while (line && n < FIELDS_MAX)
		field[n++] = strsep(&line, ":");
	return n;
}

static size_t lines(const char *text, size_t len)
{
	size_t n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* A copy of the text, cut to terminated lines; NUL bytes in it end a line too. */
static char *copy(const char *text, size_t len)
{
	char *s = malloc(len + 1);

	if (!s)
		return NULL;
	memcpy(s, text, len);
	s[len] = '\0';
	return s;
}

static int by_uid(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name; /* as in the file */
}

static int by_gid(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

int names_users(struct names *n, const char *text, size_t len)
{
	struct user *users = malloc(lines(text, len) * sizeof(*users));
	char *kept = copy(text, len), *rest = kept, *line, *f[FIELDS_MAX];
	size_t count = 0;
	uint64_t uid;

	if (!users || !kept) {
		free(users);
		free(kept);
		return -1;
	}
	while ((line = strsep(&rest, "\n")))
		if (cut(line, f) == 7 && *f[0] && parse_uint(f[2], 0, UINT32_MAX, &uid) == 0)
			users[count++] = (struct user){ (uint32_t)uid, f[0], f[5], f[6] };
	qsort(users, count, sizeof(*users), by_uid);
	free(n->users);
	free(n->users_text);
	n->users = users;
	n->users_text = kept;
	n->nusers = count;
	return 0;
}

int names_groups(struct names *n, const char *text, size_t len)
{
	struct group *groups = malloc(lines(text, len) * sizeof(*groups));
	char *kept = copy(text, len), *rest = kept, *line, *f[FIELDS_MAX];
	size_t count = 0;
	uint64_t gid;

	if (!groups || !kept) {
		free(groups);
		free(kept);
		return -1;
	}
	while ((line = strsep(&rest, "\n")))
		if (cut(line, f) >= 3 && *f[0] && parse_uint(f[2], 0, UINT32_MAX, &gid) == 0)
			groups[count++] = (struct group){ (uint32_t)gid, f[0] };
	qsort(groups, count, sizeof(*groups), by_gid);
	free(n->groups);
	free(n->groups_text);
	n->groups = groups;
	n->groups_text = kept;
	n->ngroups = count;
	return 0;
}

const struct user *names_user(const struct names *n, uint64_t uid)
{
	size_t lo = 0, hi = n->nusers;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (n->users[mid].uid < uid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n->nusers && n->users[lo].uid == uid ? &n->users[lo] : NULL;
}

const struct group *names_group(const struct names *n, uint64_t gid)
{
	size_t lo = 0, hi = n->ngroups;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (n->groups[mid].gid < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n->ngroups && n->groups[lo].gid == gid ? &n->groups[lo] : NULL;
}
