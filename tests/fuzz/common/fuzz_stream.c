// SPDX-License-Identifier: BSD-2-Clause
/*
 * Any bytes as a stream, through all that reads one. The first byte says in
 * which pieces they come: whatever that is, the objects must be the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "common/event.h"
#include "common/hello.h"
#include "common/inq.h"
#include "common/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const uint8_t *pos;
	size_t left, piece;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static long from_source(void *arg, void *buf, size_t len)
{
	struct source *s = arg;

	len = len < s->piece ? len : s->piece;
	len = len < s->left ? len : s->left;
	memcpy(buf, s->pos, len);
	s->pos += len;
	s->left -= len;
	return (long)len;
}

static struct outq *out;

static void copy(const struct object *o)
{
	struct wire w;
	size_t len;

	must(wire_copy(&w, out, KIND_ALERT, o->buf, o->len) == 0);
	wire_cstr(&w, F_RULE_NAME, "r");
	if (wire_end(&w) == 0) {
		len = outq_pending(out);
		must(len > o->len && len <= WIRE_OBJECT_MAX);
		/* as it was, but for kind, count and size */
		must(!memcmp(w.start + 7, o->buf + 7, 6));
		must(!memcmp(w.start + WIRE_HEADER, o->buf + WIRE_HEADER, o->len - WIRE_HEADER));
	} else {
		must(errno == EMSGSIZE && outq_pending(out) == 0);
	}
	outq_flush(out);
}

static void on_event(const struct object *o)
{
	static struct event e;
	struct value v;
	struct pull p;
	const char *s;
	uint64_t u;
	size_t n;

	must(o->has_header && o->len >= WIRE_HEADER);
	if (event_index(&e, o) == -1) {
		must(e.error != NULL);
		return;
	}
	for (unsigned int f = 0; f < FIELD_END; f++) {
		must(event_get(&e, f, &v) == event_has(&e, f));
		if (event_text(&e, f, &s, &n))
			utf8_valid(s, n);
		if (event_list(&e, f, &p, &n))
			while (n--)
				must(pull_skip(&p, WIRE_DEPTH_MAX) == PULL_OK);
	}
	must(event_u64(&e, F_WIRE_SIZE, &u) && u == o->len);
	must(event_u64(&e, F_EVT_TYPE, &u) && u == o->type);
	copy(o);
}

static void on_hello(const struct object *o)
{
	static struct hello h, back;
	struct object again = { .kind = KIND_HELLO };
	const uint8_t *start;

	if (hello_read(&h, o) == -1)
		return;
	start = outq_room(out, WIRE_OBJECT_MAX);
	must(hello_write(&h, out) == 0);
	/* 92 01 df nnnn, what the writer always begins with */
	again.buf = start;
	again.len = outq_pending(out);
	again.map = start + 7;
	again.pairs = start[6];
	must(hello_read(&back, &again) == 0);
	must(back.nextra == h.nextra && back.extra_len == h.extra_len);
	must(!memcmp(back.extra, h.extra, h.extra_len));
	must(!strcmp(back.hostname, h.hostname) && back.boot_offset_ns == h.boot_offset_ns);
	outq_flush(out);
}

static void on_stats(const struct object *o)
{
	struct stats_view view;
	struct value v;

	if (stats_read(&view, o) == -1)
		return;
	must(memchr(view.stage, '\0', sizeof(view.stage)) != NULL);
	for (size_t i = 0; i < view.nlabelled; i++)
		if (pull_next(&view.labelled, &v) != PULL_OK)
			break;
}

static void on_object(const struct object *o)
{
	struct pull p = { o->buf, o->buf + o->len };

	must(o->len <= WIRE_OBJECT_MAX && o->map > o->buf && o->map <= o->buf + o->len);
	if (o->kind == KIND_EVENT || o->kind == KIND_ALERT) {
		on_event(o);
		return;
	}
	must(pull_skip(&p, WIRE_DEPTH_MAX) == PULL_OK && p.pos == p.end);
	if (o->kind == KIND_HELLO)
		on_hello(o);
	if (o->kind == KIND_STATS)
		on_stats(o);
	end_complete(o);
}

/* Read it all; returns a sum over the objects that came. look: look into them, too */
static uint64_t read_all(const uint8_t *data, size_t size, size_t piece, bool look)
{
	struct source s = { data, size, piece };
	struct inq *q = inq_new_from(from_source, &s, "fuzz");
	struct object o;
	uint64_t sum = 0, at = 0;
	int r = 0;

	must(q != NULL);
	do {
		while ((r = inq_next(q, &o)) == 1) {
			must(o.offset == at && inq_offset(q) == at + o.len);
			must(o.len <= size - at && !memcmp(o.buf, data + at, o.len));
			at += o.len;
			sum = sum * 31 + o.len * 7 + o.kind;
			if (look)
				on_object(&o);
		}
	} while (r == 0 && inq_read(q) > 0);
	if (r == -1)
		must(!strncmp(inq_error(q), "byte ", 5) && inq_next(q, &o) == -1);
	else
		must(inq_torn(q) == size - at);
	inq_free(q);
	return sum * 2 + (r == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!out)
		out = outq_new(-1, "nowhere", OUTQ_MIN);
	must(out != NULL);
	if (!size)
		return 0;
	must(read_all(data + 1, size - 1, SIZE_MAX, true) ==
	     read_all(data + 1, size - 1, data[0] + 1u, false));
	return 0;
}
