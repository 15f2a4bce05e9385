// SPDX-License-Identifier: BSD-2-Clause
/* Formats of log and alert systems: loki, alertmanager, otlp. */
#include <string.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/format.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/jsonscan.h"
#include "cmd/secmon-ship/timefmt.h"

static void comma(struct buf *b)
{
	buf_c(b, ',');
}

/* A field's value as a JSON string. */
static void quoted_field(struct buf *b, const struct alert *a, const char *name)
{
	char text[1024];
	struct buf t = buf_wrap(text, sizeof(text));
	struct pull p;

	if (strcmp(name, "alert.id") == 0)
		buf_put(&t, a->id.s, a->id.len);
	else if (alert_field(a, name, strlen(name), &p))
		value_text(&t, &p);
	json_string(b, t.p, t.len);
}

/* Names of labels have no dots: proc.name is proc_name. */
static void label_name(struct buf *b, const char *name)
{
	buf_str(b, ",\"");
	for (; *name; name++)
		buf_c(b, (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
					 (*name >= '0' && *name <= '9')
				 ? *name
				 : '_');
	buf_str(b, "\":");
}

static void more_labels(struct buf *b, const struct alert *a, const struct format_context *c)
{
	for (size_t i = 0; i < c->conf->labels.n; i++) {
		label_name(b, c->conf->labels.v[i]);
		quoted_field(b, a, c->conf->labels.v[i]);
	}
}

/* ---- Loki: few labels, the rest in the line */

static void begin_loki(struct buf *b, const struct format_context *c)
{
	buf_str(b, "{\"streams\":[");
}

static void add_loki(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"stream\":{\"job\":");
	json_cstr(b, c->conf->index ? c->conf->index : "secmon");
	buf_str(b, ",\"hostname\":");
	json_string(b, a->hostname.s, a->hostname.len);
	buf_str(b, ",\"priority\":");
	json_cstr(b, priority_name(a->priority));
	buf_str(b, ",\"source\":");
	json_string(b, a->source.s, a->source.len);
	more_labels(b, a, c);
	buf_str(b, "},\"values\":[[\"");
	buf_u64(b, a->time_ns);
	buf_str(b, "\",");
	falco_quoted(b, a);
	buf_str(b, "]]}");
}

static void end_loki(struct buf *b, const struct format_context *c)
{
	buf_str(b, "]}");
}

const struct format format_loki = {
	.name = "loki",
	.help = "push requests of Grafana Loki; index: is the job label, labels: adds more",
	.content_type = "application/json",
	.path = "/loki/api/v1/push",
	.batch = 500,
	.begin = begin_loki,
	.add = add_loki,
	.between = comma,
	.end = end_loki,
};

/* ---- Alertmanager: the labels are the alert's identity; what repeats is one alert there */

static void begin_list(struct buf *b, const struct format_context *c)
{
	buf_c(b, '[');
}

static void end_list(struct buf *b, const struct format_context *c)
{
	buf_c(b, ']');
}

static const char *severity(unsigned int priority)
{
	return priority <= 2 ? "critical" : priority <= 4 ? "warning" : "info";
}

static void add_alertmanager(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"labels\":{\"alertname\":");
	json_string(b, a->rule.s, a->rule.len);
	buf_str(b, ",\"hostname\":");
	json_string(b, a->hostname.s, a->hostname.len);
	buf_str(b, ",\"priority\":");
	json_cstr(b, priority_name(a->priority));
	buf_str(b, ",\"severity\":");
	json_cstr(b, severity(a->priority));
	buf_str(b, ",\"source\":");
	json_string(b, a->source.s, a->source.len);
	more_labels(b, a, c);
	buf_str(b, "},\"annotations\":{\"summary\":");
	json_string(b, a->message.s, a->message.len);
	buf_str(b, ",\"uuid\":");
	json_string(b, a->id.s, a->id.len);
	buf_str(b, "},\"startsAt\":\"");
	time_utc(b, a->time_ns);
	buf_str(b, "\"}");
}

const struct format format_alertmanager = {
	.name = "alertmanager",
	.help = "Prometheus Alertmanager, API v2; labels: adds fields to an alert's identity",
	.content_type = "application/json",
	.path = "/api/v2/alerts",
	.batch = 500,
	.begin = begin_list,
	.add = add_alertmanager,
	.between = comma,
	.end = end_list,
};

/* ---- OpenTelemetry logs, OTLP/HTTP in JSON */

static void attribute(struct buf *b, const char *key, const struct span *value)
{
	buf_str(b, "{\"key\":");
	json_cstr(b, key);
	buf_str(b, ",\"value\":{\"stringValue\":");
	json_string(b, value->s, value->len);
	buf_str(b, "}}");
}

static void begin_otlp(struct buf *b, const struct format_context *c)
{
	buf_str(b, "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
		   "\"value\":{\"stringValue\":\"secmon\"}}]},\"scopeLogs\":[{\"scope\":{\"name\":"
		   "\"secmon\",\"version\":\"" SECMON_VERSION "\"},\"logRecords\":[");
}

/* Falco's eight steps on OpenTelemetry's scale of 24. */
static unsigned int otlp_severity(unsigned int priority)
{
	static const uint8_t number[] = { 24, 22, 21, 17, 13, 10, 9, 5 };

	return number[priority];
}

static void add_otlp(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"timeUnixNano\":\"");
	buf_u64(b, a->time_ns);
	buf_str(b, "\",\"severityNumber\":");
	buf_u64(b, otlp_severity(a->priority));
	buf_str(b, ",\"severityText\":");
	json_cstr(b, priority_name(a->priority));
	buf_str(b, ",\"body\":{\"stringValue\":");
	json_string(b, a->message.s, a->message.len);
	buf_str(b, "},\"attributes\":[");
	attribute(b, "rule", &a->rule);
	buf_c(b, ',');
	attribute(b, "source", &a->source);
	buf_c(b, ',');
	attribute(b, "host.name", &a->hostname);
	buf_c(b, ',');
	attribute(b, "uuid", &a->id);
	buf_str(b, ",{\"key\":\"alert\",\"value\":{\"stringValue\":");
	falco_quoted(b, a);
	buf_str(b, "}}]}");
}

static void end_otlp(struct buf *b, const struct format_context *c)
{
	buf_str(b, "]}]}]}");
}

static void on_otlp_member(void *arg, const char *key, size_t key_len, const char *value,
			   size_t value_len)
{
	unsigned int *refused = arg;

	if (key_len != strlen("rejectedLogRecords") ||
	    memcmp(key, "rejectedLogRecords", key_len) != 0)
		return;
	/* a number, or as 64-bit numbers are in this JSON, a string */
	for (size_t i = 0; i < value_len && *refused < 1000000; i++)
		if (value[i] >= '0' && value[i] <= '9')
			*refused = *refused * 10 + (unsigned int)(value[i] - '0');
}

static enum answer otlp_answer(const char *body, size_t len, unsigned int *failed)
{
	if (len && !jsonscan(body, len, on_otlp_member, failed))
		return ANSWER_AGAIN;
	return ANSWER_OK;
}

const struct format format_otlp = {
	.name = "otlp",
	.help = "OpenTelemetry logs over HTTP, as JSON",
	.content_type = "application/json",
	.path = "/v1/logs",
	.batch = 500,
	.begin = begin_otlp,
	.add = add_otlp,
	.between = comma,
	.end = end_otlp,
	.answer = otlp_answer,
};
