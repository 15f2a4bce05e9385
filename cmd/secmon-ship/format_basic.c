// SPDX-License-Identifier: BSD-2-Clause
/* Formats text, json, ndjson and msgpack: an alert by itself. */
#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/format.h"

static void add_text(struct buf *b, const struct alert *a, const struct format_context *c)
{
	falco_text(b, a, c->colour);
	buf_c(b, '\n');
}

static void add_json(struct buf *b, const struct alert *a, const struct format_context *c)
{
	falco_json(b, a);
	buf_c(b, '\n');
}

static void add_msgpack(struct buf *b, const struct alert *a, const struct format_context *c)
{
	buf_put(b, a->e->o.buf, a->e->o.len);
}

const struct format format_text = {
	.name = "text",
	.help = "one line for people: TIME: Priority message",
	.content_type = "text/plain; charset=utf-8",
	.batch = 1000,
	.lines = true,
	.add = add_text,
};

const struct format format_json = {
	.name = "json",
	.help = "Falco's JSON, one object per line (over HTTP one object per request)",
	.content_type = "application/json",
	.batch = 1000,
	.lines = true,
	.add = add_json,
};

const struct format format_ndjson = {
	.name = "ndjson",
	.help = "the same, many lines in one request",
	.content_type = "application/x-ndjson",
	.batch = 1000,
	.lines = true,
	.add = add_json,
};

const struct format format_msgpack = {
	.name = "msgpack",
	.help = "the alert as it travels in the stream, secmon-wire(7)",
	.content_type = "application/msgpack",
	.batch = 1000,
	.lines = true,
	.add = add_msgpack,
};
