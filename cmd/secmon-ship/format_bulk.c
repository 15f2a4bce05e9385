// SPDX-License-Identifier: BSD-2-Clause
/* Formats of stores that take many alerts in one request: elasticsearch, splunk, clickhouse. */
#include <string.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/format.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/jsonscan.h"
#include "cmd/secmon-ship/timefmt.h"

static const char *index_of(const struct format_context *c, const char *otherwise)
{
	return c->conf->index ? c->conf->index : otherwise;
}

static bool is(const char *key, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(key, name, len) == 0;
}

/* ---- Elasticsearch, OpenSearch: create with our id, so that a second try changes nothing */

static void add_elasticsearch(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"create\":{\"_index\":");
	json_cstr(b, index_of(c, "secmon"));
	buf_str(b, ",\"_id\":");
	json_string(b, a->id.s, a->id.len);
	buf_str(b, "}}\n{\"@timestamp\":\"");
	time_utc(b, a->time_ns);
	buf_c(b, '"');
	falco_members(b, a);
	buf_str(b, "}\n");
}

struct bulk_answer {
	unsigned int refused, again;
	bool errors;
};

static void on_bulk_member(void *arg, const char *key, size_t key_len, const char *value,
			   size_t value_len)
{
	struct bulk_answer *r = arg;

	if (is(key, key_len, "errors") && value[0] == 't')
		r->errors = true;
	if (!is(key, key_len, "status") || value_len != 3)
		return;
	if (value[0] == '2' || memcmp(value, "409", 3) == 0)
		return; /* taken, or it was there already */
	if (value[0] == '5' || memcmp(value, "429", 3) == 0)
		r->again++;
	else
		r->refused++;
}

static enum answer elasticsearch_answer(const char *body, size_t len, unsigned int *failed)
{
	struct bulk_answer r = { 0 };

	/* half an answer: what was taken is known by its id when it comes again */
	if (!jsonscan(body, len, on_bulk_member, &r) || r.again)
		return ANSWER_AGAIN;
	*failed = r.refused;
	return ANSWER_OK;
}

const struct format format_elasticsearch = {
	.name = "elasticsearch",
	.help = "bulk requests of Elasticsearch and OpenSearch; index: names the index",
	.content_type = "application/x-ndjson",
	.path = "/_bulk?filter_path=errors,items.*.status",
	.batch = 500,
	.add = add_elasticsearch,
	.answer = elasticsearch_answer,
};

/* ---- Splunk's HTTP event collector */

static void add_splunk(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"time\":");
	buf_u64(b, a->time_ns / NS_PER_S);
	buf_c(b, '.');
	buf_pad(b, a->time_ns % NS_PER_S, 9);
	buf_str(b, ",\"host\":");
	json_string(b, a->hostname.s, a->hostname.len);
	buf_str(b, ",\"source\":\"secmon\",\"sourcetype\":\"_json\"");
	if (c->conf->index) {
		buf_str(b, ",\"index\":");
		json_cstr(b, c->conf->index);
	}
	buf_str(b, ",\"event\":");
	falco_json(b, a);
	buf_str(b, "}\n");
}

static void on_splunk_member(void *arg, const char *key, size_t key_len, const char *value,
			     size_t value_len)
{
	int *code = arg;

	if (is(key, key_len, "code"))
		*code = value_len == 1 && value[0] == '0' ? 0 : 1;
}

static enum answer splunk_answer(const char *body, size_t len, unsigned int *failed)
{
	int code = -1;

	return jsonscan(body, len, on_splunk_member, &code) && code == 0 ? ANSWER_OK : ANSWER_AGAIN;
}

const struct format format_splunk = {
	.name = "splunk",
	.help = "Splunk's HTTP event collector; token-file or token-env is its token",
	.content_type = "application/json",
	.path = "/services/collector/event",
	.auth = "Splunk",
	.batch = 500,
	.add = add_splunk,
	.answer = splunk_answer,
};

/* ---- ClickHouse */

static void add_clickhouse(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_str(b, "{\"time\":\"");
	time_utc(b, a->time_ns);
	buf_str(b, "\",\"id\":");
	json_string(b, a->id.s, a->id.len);
	buf_str(b, ",\"hostname\":");
	json_string(b, a->hostname.s, a->hostname.len);
	buf_str(b, ",\"rule\":");
	json_string(b, a->rule.s, a->rule.len);
	buf_str(b, ",\"priority\":");
	json_cstr(b, priority_name(a->priority));
	buf_str(b, ",\"alert\":");
	falco_quoted(b, a);
	buf_str(b, "}\n");
}

const struct format format_clickhouse = {
	.name = "clickhouse",
	.help = "ClickHouse: rows (time, id, hostname, rule, priority, alert) into table index:",
	.content_type = "application/x-ndjson",
	.path = "/?date_time_input_format=best_effort&"
		"query=INSERT%20INTO%20%s%20FORMAT%20JSONEachRow",
	.batch = 1000,
	.add = add_clickhouse,
};
