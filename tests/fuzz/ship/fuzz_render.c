// SPDX-License-Identifier: BSD-2-Clause
/* Any object of a stream through every format: whatever it holds, JSON comes out whole. */
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/dump.h"
#include "cmd/secmon-ship/jsonscan.h"
#include "cmd/secmon-ship/loss.h"
#include "cmd/secmon-ship/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const formats[] = { "text",	     "json",	     "msgpack", "elasticsearch",
				       "loki",	     "alertmanager", "splunk",	"otlp",
				       "clickhouse", "webhook" };

static void nothing(void *arg, const char *key, size_t key_len, const char *value, size_t len)
{
}

static void check(const struct buf *b, const char *format)
{
	bool json = strcmp(format, "json") == 0 || strcmp(format, "webhook") == 0;

	if (!b->full && json && !jsonscan(b->p, b->len, nothing, NULL))
		abort();
	if (strcmp(format, "text") == 0 && memchr(b->p, '\033', b->len))
		abort();
}

static void render(struct buf *b, const struct event *e)
{
	static struct sink_conf conf;
	const struct format_context c = { .conf = &conf };
	struct alert a;

	alert_read(&a, e, "host");
	for (size_t i = 0; i < nitems(formats); i++) {
		const struct format *f = format_by_name(formats[i]);

		buf_clear(b);
		f->add(b, &a, &c);
		check(b, formats[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct format_context c;
	static struct event e;
	static struct loss loss;
	static struct buf b;
	struct object o;
	bool indexed;

	if (!b.p && buf_init(&b, 1 << 20) == -1)
		abort();
	if (size > WIRE_OBJECT_MAX || object_view(&o, data, size) == -1)
		return 0;
	indexed = (o.kind == KIND_EVENT || o.kind == KIND_ALERT) && event_index(&e, &o) == 0;
	if (indexed)
		render(&b, &e);
	if (o.kind == KIND_LOSS)
		loss_read(&loss, &o);
	if (!indexed && (o.kind == KIND_EVENT || o.kind == KIND_ALERT))
		return 0;
	buf_clear(&b);
	dump_object(&b, &o, indexed ? &e : NULL, &format_json, &c);
	check(&b, "json");
	buf_clear(&b);
	dump_object(&b, &o, indexed ? &e : NULL, &format_text, &c);
	check(&b, "text");
	return 0;
}
