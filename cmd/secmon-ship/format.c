// SPDX-License-Identifier: BSD-2-Clause
/* The shapes that alerts are sent in: by name. */
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-ship/format.h"

static const struct format *const table[] = {
	&format_text,	       &format_json,	   &format_ndjson,	 &format_msgpack,
	&format_elasticsearch, &format_loki,	   &format_alertmanager, &format_splunk,
	&format_otlp,	       &format_clickhouse, &format_webhook,
};

const struct format *format_by_name(const char *name)
{
	for (size_t i = 0; i < nitems(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}

void format_list(void *fp)
{
	for (size_t i = 0; i < nitems(table); i++)
		fprintf(fp, "%-14s %s\n", table[i]->name, table[i]->help);
}

const char *format_check(const struct format *f, const struct sink_conf *conf)
{
	const char *i = conf->index;

	/* it becomes part of a URL or a query */
	if (i && i[strspn(i, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")])
		return "index: letters, digits and . _ - only";
	return f->check ? f->check(conf) : NULL;
}

void format_path(const struct format *f, const struct sink_conf *conf, char *buf, size_t len)
{
	const char *at = strstr(f->path, "%s");
	const char *index = conf->index ? conf->index : "secmon";

	if (at)
		snprintf(buf, len, "%.*s%s%s", (int)(at - f->path), f->path, index, at + 2);
	else
		snprintf(buf, len, "%s", f->path);
}
