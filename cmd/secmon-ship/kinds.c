// SPDX-License-Identifier: BSD-2-Clause
/* The kinds of sinks that there are: by how they are written. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/secmon-ship/kinds.h"

struct prefix {
	const char *text;
	const struct sink_kind *kind;	/* NULL: what follows says */
	const struct format *format;
	bool keep;	/* the prefix is part of the target */
	const char *help;
};

static const struct prefix prefixes[] = {
	{ "text:", NULL, &format_text, false, "-|FILE  a readable line per alert" },
	{ "json:", NULL, &format_json, false, "-|FILE  Falco's JSON, an object per line" },
	{ "msgpack:", NULL, &format_msgpack, false, "-|FILE  the stream itself, secmon-wire(7)" },
	{ "http://", &sink_http, NULL, true, "HOST[:PORT][/PATH]  POST; shapes: --list-formats" },
	{ "https://", &sink_http, NULL, true, "the same with TLS" },
};

static const struct prefix *find(const char *to)
{
	for (size_t i = 0; i < nitems(prefixes); i++)
		if (strncasecmp(to, prefixes[i].text, strlen(prefixes[i].text)) == 0)
			return &prefixes[i];
	return NULL;
}

const struct sink_kind *sink_kind_of(const char *to, const char **target,
				     const struct format **format)
{
	const struct prefix *p = find(to);

	if (!p)
		return NULL;
	*target = p->keep ? to : to + strlen(p->text);
	*format = p->format;
	if (!**target)
		return NULL;
	if (p->kind)
		return p->kind;
	return strcmp(*target, "-") == 0 ? &sink_stdout : &sink_file;
}

void kinds_list(void *fp)
{
	for (size_t i = 0; i < nitems(prefixes); i++)
		fprintf(fp, "  %s%s\n", prefixes[i].text, prefixes[i].help);
}
