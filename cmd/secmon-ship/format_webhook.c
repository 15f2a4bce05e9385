// SPDX-License-Identifier: BSD-2-Clause
/* Format webhook: a body made from a template, for Slack and its like. */
#include <string.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/format.h"
#include "cmd/secmon-ship/json.h"
#include "cmd/secmon-ship/timefmt.h"

static const char slack[] = "{\"text\":\"*{{priority}}* {{rule}} on {{hostname}}\\n{{output}}\"}";

/* The parts of an alert that have names of their own here. */
static bool part(struct buf *b, const struct alert *a, const char *name, size_t len)
{
	const struct {
		const char *name;
		struct span value;
	} parts[] = {
		{ "rule", a->rule },
		{ "source", a->source },
		{ "hostname", a->hostname },
		{ "output", a->message },
		{ "uuid", a->id },
		{ "priority", { priority_name(a->priority), strlen(priority_name(a->priority)) } },
	};
	struct span tags[32];

	for (size_t i = 0; i < nitems(parts); i++) {
		if (strlen(parts[i].name) == len && memcmp(parts[i].name, name, len) == 0) {
			buf_put(b, parts[i].value.s, parts[i].value.len);
			return true;
		}
	}
	if (len == 4 && memcmp(name, "time", 4) == 0) {
		time_utc(b, a->time_ns);
		return true;
	}
	if (len != 4 || memcmp(name, "tags", 4) != 0)
		return false;
	for (size_t i = 0, n = alert_sorted_tags(a, tags, nitems(tags)); i < n; i++) {
		if (i)
			buf_c(b, ' ');
		buf_put(b, tags[i].s, tags[i].len);
	}
	return true;
}

/* {{NAME}}: the value, escaped as it must be inside a JSON string. {{json}}: the whole alert. */
static void placeholder(struct buf *b, const struct alert *a, const char *name, size_t len)
{
	static char text[64 * 1024];
	struct buf t = buf_wrap(text, sizeof(text));
	struct pull p;

	if (len == 4 && memcmp(name, "json", 4) == 0) {
		falco_json(b, a);
		return;
	}
	if (!part(&t, a, name, len)) {
		if (alert_field(a, name, len, &p))
			value_text(&t, &p);
		else
			buf_str(&t, "<NA>");
	}
	json_chars(b, t.p, t.len);
}

static void add_webhook(struct buf *b, const struct alert *a, const struct format_context *c)
{
	const char *t = c->conf->template ? c->conf->template : slack;

	while (*t) {
		const char *open = strstr(t, "{{"), *close = open ? strstr(open, "}}") : NULL;

		if (!close) {
			buf_str(b, t);
			return;
		}
		buf_put(b, t, (size_t)(open - t));
		placeholder(b, a, open + 2, (size_t)(close - open - 2));
		t = close + 2;
	}
}

static const char *check_webhook(const struct sink_conf *conf)
{
	if (conf->batch_max > 1)
		return "a webhook takes one alert at a time: no batch:";
	return NULL;
}

const struct format format_webhook = {
	.name = "webhook",
	.help = "one alert through template:, a JSON text with {{FIELD}} in it; Slack's by default",
	.content_type = "application/json",
	.batch = 1,
	.add = add_webhook,
	.check = check_webhook,
};
