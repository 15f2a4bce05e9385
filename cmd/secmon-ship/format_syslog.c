// SPDX-License-Identifier: BSD-2-Clause
/* Messages of syslog (RFC 5424, RFC 3164) and of the journal, each behind its length. */
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/framed.h"
#include "cmd/secmon-ship/timefmt.h"
#include "common/wire.h"

/* 32473 is the number that RFC 5612 sets apart for examples: secmon has none of its own. */
#define SD_ID "secmon@32473"

static const char *const facilities[] = { "kern",     "user",	"mail",	  "daemon", "auth",
					  "syslog",   "lpr",	"news",	  "uucp",   "cron",
					  "authpriv", "ftp",	"ntp",	  "audit",  "alert",
					  "clock",    "local0", "local1", "local2", "local3",
					  "local4",   "local5", "local6", "local7" };

int syslog_facility(const char *name)
{
	if (!name)
		name = "auth";
	for (size_t i = 0; i < nitems(facilities); i++)
		if (strcmp(facilities[i], name) == 0)
			return (int)i;
	return -1;
}

static void begin_priority(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_c(b, '<');
	buf_u64(b, (uint64_t)syslog_facility(c->conf->facility) * 8 + a->priority);
	buf_c(b, '>');
}

/* A value between quotes: the three characters that RFC 5424 section 6.3.3 escapes. */
static void sd_param(struct buf *b, const char *name, const struct span *v)
{
	buf_c(b, ' ');
	buf_str(b, name);
	buf_str(b, "=\"");
	for (size_t i = 0; i < v->len; i++) {
		if (v->s[i] == '"' || v->s[i] == '\\' || v->s[i] == ']')
			buf_c(b, '\\');
		buf_c(b, (uint8_t)v->s[i] < 0x20 ? ' ' : v->s[i]);
	}
	buf_c(b, '"');
}

static void hostname(struct buf *b, const struct alert *a)
{
	for (size_t i = 0; i < a->hostname.len && i < 255; i++) {
		char c = a->hostname.s[i];

		buf_c(b, c > ' ' && c < 0x7f ? c : '_');
	}
	if (!a->hostname.len)
		buf_c(b, '-');
}

static void content(struct buf *b, const struct alert *a, const struct format_context *c)
{
	if (c->json)
		falco_json(b, a);
	else
		text_safe(b, a->message.s, a->message.len);
}

static void rfc5424(struct buf *b, const struct alert *a, const struct format_context *c)
{
	begin_priority(b, a, c);
	buf_str(b, "1 ");
	time_utc(b, a->time_ns - a->time_ns % 1000);
	b->len -= strlen("000Z"); /* microseconds are all that the RFC allows */
	buf_str(b, "Z ");
	hostname(b, a);
	buf_str(b, " secmon ");
	buf_u64(b, (uint64_t)getpid());
	buf_str(b, " alert [" SD_ID);
	sd_param(b, "uuid", &a->id);
	sd_param(b, "rule", &a->rule);
	sd_param(b, "source", &a->source);
	buf_str(b, "] ");
	content(b, a, c);
}

static void rfc3164(struct buf *b, const struct alert *a, const struct format_context *c)
{
	begin_priority(b, a, c);
	time_syslog(b, a->time_ns);
	buf_c(b, ' ');
	if (!c->local) {
		hostname(b, a);
		buf_c(b, ' ');
	}
	buf_str(b, "secmon[");
	buf_u64(b, (uint64_t)getpid());
	buf_str(b, "]: ");
	content(b, a, c);
}

static void frame(struct buf *b, const struct buf *message)
{
	buf_u64(b, message->len);
	buf_c(b, ' ');
	buf_put(b, message->p, message->len);
}

static struct buf *scratch(struct buf *b)
{
	static struct buf message;

	if (!message.p && buf_init(&message, 8 * WIRE_OBJECT_MAX) == -1) {
		b->full = true;
		return NULL;
	}
	buf_clear(&message);
	return &message;
}

/* Cut between characters, and say so. */
static void cut(struct buf *message, size_t most)
{
	static const char mark[] = "[...]";
	size_t len = most - strlen(mark);

	if (message->len <= most)
		return;
	while (len && ((uint8_t)message->p[len] & 0xc0) == 0x80)
		len--;
	message->len = len;
	buf_str(message, mark);
}

static void add_syslog(struct buf *b, const struct alert *a, const struct format_context *c)
{
	struct buf *message = scratch(b);

	if (!message)
		return;
	(c->conf->rfc3164 ? rfc3164 : rfc5424)(message, a, c);
	if (c->datagram)
		cut(message, c->conf->max_message);
	b->full |= message->full;
	frame(b, message);
}

const struct format format_syslog = {
	.name = "syslog",
	.batch = 100,
	.lines = true,
	.add = add_syslog,
};

/* ---- systemd's journal: FIELD=text, or FIELD, length and bytes where a newline may be */

static void journal_field(struct buf *b, const char *name, const char *s, size_t len)
{
	uint64_t size = htole64(len);

	buf_str(b, name);
	if (!memchr(s, '\n', len)) {
		buf_c(b, '=');
	} else {
		buf_c(b, '\n');
		buf_put(b, &size, sizeof(size));
	}
	buf_put(b, s, len);
	buf_c(b, '\n');
}

static void add_journal(struct buf *b, const struct alert *a, const struct format_context *c)
{
	struct buf *message = scratch(b);
	char number[4], facility[8];
	size_t json;

	if (!message)
		return;
	snprintf(number, sizeof(number), "%u", a->priority);
	snprintf(facility, sizeof(facility), "%d", syslog_facility(c->conf->facility));
	journal_field(message, "MESSAGE", a->message.s, a->message.len);
	journal_field(message, "PRIORITY", number, strlen(number));
	journal_field(message, "SYSLOG_IDENTIFIER", "secmon", strlen("secmon"));
	journal_field(message, "SYSLOG_FACILITY", facility, strlen(facility));
	journal_field(message, "SECMON_RULE", a->rule.s, a->rule.len);
	journal_field(message, "SECMON_SOURCE", a->source.s, a->source.len);
	journal_field(message, "SECMON_UUID", a->id.s, a->id.len);
	buf_str(message, "SECMON_ALERT=");
	json = message->len;
	falco_json(message, a); /* has no newlines */
	if (message->len > json)
		buf_c(message, '\n');
	b->full |= message->full;
	frame(b, message);
}

const struct format format_journal = {
	.name = "journal",
	.batch = 100,
	.lines = true,
	.add = add_journal,
};
