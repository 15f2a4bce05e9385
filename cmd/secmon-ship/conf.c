// SPDX-License-Identifier: BSD-2-Clause
/* What the user said about sinks: options by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/alert.h"
#include "cmd/secmon-ship/conf.h"
#include "cmd/secmon-ship/format.h"
#include "common/compat.h"
#include "common/parse.h"

enum option_type {
	OPT_TEXT,
	OPT_LIST,
	OPT_SIZE,
	OPT_DURATION,
	OPT_COUNT,
	OPT_BOOL,
	OPT_FORMAT,
	OPT_OVERFLOW,
	OPT_PRIORITY,
	OPT_COMPRESS,
	OPT_FSYNC
};

struct option_desc {
	enum option_type type;
	const char *name;
	size_t offset;
	uint64_t least, most;
	const char *help;
};

static const struct option_desc table[] = {
#define OPTION(type, name, member, least, most, help)                                              \
	{ OPT_##type, name, offsetof(struct sink_conf, member), least, most, help },
#include "cmd/secmon-ship/options.def"
#undef OPTION
};

struct choice {
	const char *name;
	int value;
};

static const struct choice overflows[] = { { "drop-oldest", OVERFLOW_OLDEST },
					   { "drop-newest", OVERFLOW_NEWEST },
					   { "block", OVERFLOW_BLOCK },
					   { "spool", OVERFLOW_SPOOL },
					   { NULL, 0 } };
static const struct choice compressions[] = {
	{ "none", COMPRESS_NONE }, { "gzip", COMPRESS_GZIP }, { "zstd", COMPRESS_ZSTD }, { NULL, 0 }
};
static const struct choice fsyncs[] = { { "never", FSYNC_NEVER },
					{ "always", FSYNC_ALWAYS },
					{ NULL, 0 } };
static const struct choice booleans[] = { { "yes", 1 },	  { "true", 1 }, { "on", 1 }, { "no", 0 },
					  { "false", 0 }, { "off", 0 },	 { NULL, 0 } };

void conf_init(struct conf *c)
{
	*c = (struct conf){ .grace_ms = 5000, .loss_ms = 10000 };
}

static void list_free(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static void sink_conf_free(struct sink_conf *s)
{
	for (size_t i = 0; i < nitems(table); i++) {
		void *member = (char *)s + table[i].offset;

		if (table[i].type == OPT_TEXT)
			free(*(char **)member);
		else if (table[i].type == OPT_LIST)
			list_free(member);
	}
	free(s->to);
	free(s->where);
	free(s);
}

void conf_fini(struct conf *c)
{
	for (size_t i = 0; i < c->nsinks; i++)
		sink_conf_free(c->sinks[i]);
	free(c->metrics);
	free(c->metrics_file);
	memset(c, 0, sizeof(*c));
}

struct sink_conf *conf_sink(struct conf *c, const char *to)
{
	struct sink_conf *s;

	if (c->nsinks == SINKS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->to = strdup(to);
	if (!s->to) {
		free(s);
		return NULL;
	}
	s->priority = PRIORITY_DEBUG;
	c->sinks[c->nsinks++] = s;
	return s;
}

static const struct option_desc *find(const char *name)
{
	for (size_t i = 0; i < nitems(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

bool conf_is_option(const char *name)
{
	return find(name) != NULL;
}

bool conf_is_list(const char *name)
{
	const struct option_desc *o = find(name);

	return o && o->type == OPT_LIST;
}

static int list_add(struct list *l, const char *value)
{
	char **v = realloc(l->v, (l->n + 1) * sizeof(*v));

	if (!v)
		return -1;
	l->v = v;
	l->v[l->n] = strdup(value);
	return l->v[l->n] ? (l->n++, 0) : -1;
}

static int wrong(char *err, size_t len, const char *name, const char *value, const char *why)
{
	snprintf(err, len, "%s: '%s' %s", name, value, why);
	errno = EINVAL;
	return -1;
}

static int choose(const struct choice *c, const char *value, int *to)
{
	for (; c->name; c++) {
		if (strcmp(c->name, value) == 0) {
			*to = c->value;
			return 0;
		}
	}
	return -1;
}

static int set_text(const struct option_desc *o, char **to, const char *value)
{
	size_t len = strlen(value);
	char *copy;

	if (len < o->least || len > o->most)
		return -1;
	copy = strdup(value);
	if (!copy)
		return -1;
	free(*to);
	*to = copy;
	return 0;
}

static int set_format(const struct format **to, const char *value)
{
	*to = format_by_name(value);
	return *to ? 0 : -1;
}

static int set_priority(int *to, const char *value)
{
	*to = priority_parse(value);
	return *to == -1 ? -1 : 0;
}

static int set_bool(bool *to, const char *value)
{
	int v;

	if (choose(booleans, value, &v) == -1)
		return -1;
	*to = v;
	return 0;
}

static const char *expectation(enum option_type type)
{
	switch (type) {
	case OPT_SIZE:
		return "is no size that may stand here (64K, 8M, 1G ...)";
	case OPT_DURATION:
		return "is no time that may stand here (250ms, 5s, 2m ...)";
	case OPT_COUNT:
		return "is no number that may stand here";
	case OPT_BOOL:
		return "is neither yes nor no";
	case OPT_FORMAT:
		return "is no format; see --list-formats";
	case OPT_OVERFLOW:
		return "is none of drop-oldest, drop-newest, block, spool";
	case OPT_PRIORITY:
		return "is no priority (emergency ... debug)";
	case OPT_COMPRESS:
		return "is none of none, gzip, zstd";
	case OPT_FSYNC:
		return "is none of never, always";
	default:
		return "is too long or empty";
	}
}

static int set(struct sink_conf *s, const struct option_desc *o, const char *value)
{
	void *to = (char *)s + o->offset;

	switch (o->type) {
	case OPT_TEXT:
		return set_text(o, to, value);
	case OPT_LIST:
		return list_add(to, value);
	case OPT_SIZE:
		return parse_size(value, o->least, o->most, to);
	case OPT_DURATION:
		return parse_duration(value, o->least, o->most, to);
	case OPT_COUNT:
		return parse_uint(value, o->least, o->most, to);
	case OPT_BOOL:
		return set_bool(to, value);
	case OPT_FORMAT:
		return set_format(to, value);
	case OPT_OVERFLOW:
		return choose(overflows, value, to);
	case OPT_PRIORITY:
		return set_priority(to, value);
	case OPT_COMPRESS:
		return choose(compressions, value, to);
	case OPT_FSYNC:
		return choose(fsyncs, value, to);
	}
	return -1;
}

int conf_set(struct sink_conf *s, const char *name, const char *value, char *err, size_t errlen)
{
	const struct option_desc *o = find(name);

	if (!o)
		return wrong(err, errlen, "sink option", name, "is not known");
	if (set(s, o, value) == -1)
		return wrong(err, errlen, name, value, expectation(o->type));
	/* those for which zero means something */
	s->retries_set |= o->offset == offsetof(struct sink_conf, retries);
	s->breaker_set |= o->offset == offsetof(struct sink_conf, breaker);
	s->linger_set |= o->offset == offsetof(struct sink_conf, linger_ms);
	return 0;
}

void conf_describe(void *fp)
{
	for (size_t i = 0; i < nitems(table); i++)
		fprintf(fp, "  %-16s %s\n", table[i].name, table[i].help);
}
