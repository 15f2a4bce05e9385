// SPDX-License-Identifier: BSD-2-Clause
/* The kinds of sinks that there are: by how they are written. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/secmon-ship/kinds.h"

struct prefix {
	const char *text;
	const struct sink_kind *kind; /* NULL: what follows says */
	const struct format *format;
	bool keep; /* the prefix is part of the target */
	const char *help;
};

static const struct prefix prefixes[] = {
	{ "text:", NULL, &format_text, false, "OUT  a readable line per alert" },
	{ "json:", NULL, &format_json, false, "OUT  Falco's JSON, an object per line" },
	{ "msgpack:", NULL, &format_msgpack, false, "OUT  the stream itself, secmon-wire(7)" },
	{ "unix:", &sink_unix, NULL, false, "PATH  JSON to a Unix stream socket" },
	{ "exec:", &sink_exec, NULL, false, "COMMAND  JSON to a program's standard input" },
	{ "http://", &sink_http, NULL, true, "HOST[:PORT][/PATH]  POST; shapes: --list-formats" },
	{ "https://", &sink_http, NULL, true, "HOST[:PORT][/PATH]  the same with TLS" },
	{ "syslog:tcp:", &sink_syslog_tcp, NULL, true, "HOST:PORT" },
	{ "syslog:tls:", &sink_syslog_tcp, NULL, true, "HOST:PORT" },
	{ "syslog:", &sink_syslog_dgram, NULL, false, "[unix:PATH | udp:HOST:PORT]  (/dev/log)" },
#ifdef HAVE_NATS
	{ "nats://", &sink_nats, NULL, false, "HOST[:PORT][,HOST...]/SUBJECT  JetStream" },
#endif
#ifdef HAVE_KAFKA
	{ "kafka://", &sink_kafka, NULL, false, "BROKER[:PORT][,BROKER...]/TOPIC" },
#endif
	{ "journald:", &sink_journal, NULL, false, "[SOCKET]  systemd's journal" },
};

static const struct prefix *find(const char *to)
{
	for (size_t i = 0; i < nitems(prefixes); i++)
		if (strncasecmp(to, prefixes[i].text, strlen(prefixes[i].text)) == 0)
			return &prefixes[i];
	return NULL;
}

/* OUT: - | FILE | unix:PATH | exec:COMMAND */
static const struct sink_kind *output(const char **target)
{
	if (strcmp(*target, "-") == 0)
		return &sink_stdout;
	if (strncmp(*target, "unix:", 5) == 0 || strncmp(*target, "exec:", 5) == 0) {
		*target += 5;
		return (*target)[-5] == 'u' ? &sink_unix : &sink_exec;
	}
	return &sink_file;
}

const struct sink_kind *sink_kind_of(const char *to, const char **target,
				     const struct format **format)
{
	const struct prefix *p = find(to);

	if (!p)
		return NULL;
	*target = p->keep ? to : to + strlen(p->text);
	if (p->kind == &sink_syslog_tcp)
		*target = to + strlen("syslog:");
	*format = p->format;
	if (p->kind == &sink_syslog_dgram || p->kind == &sink_journal)
		return p->kind;
	if (!**target)
		return NULL;
	return p->kind ? p->kind : output(target);
}

void kinds_list(void *fp)
{
	for (size_t i = 0; i < nitems(prefixes); i++)
		fprintf(fp, "  %s%s\n", prefixes[i].text, prefixes[i].help);
	fprintf(fp, "OUT is - | FILE | unix:PATH | exec:COMMAND\n");
}
