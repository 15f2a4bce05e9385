// SPDX-License-Identifier: BSD-2-Clause
/*
 * Any bytes as the input of enrich. Whatever comes in: each event comes out
 * once, whole, and with all the fields it came with.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-enrich/enrich.h"
#include "common/compat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const uint8_t *pos;
	size_t left;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static long from_source(void *arg, void *buf, size_t len)
{
	struct source *s = arg;

	len = len < s->left ? len : s->left;
	memcpy(buf, s->pos, len);
	s->pos += len;
	s->left -= len;
	return (long)len;
}

/* What was written for o begins with o's own fields, and can be read. */
static void check(struct outq *q, const struct object *o)
{
	static struct event e;
	const uint8_t *out;
	struct object got = *o;
	size_t len = outq_pending(q);

	must(outq_flush(q) == 0);
	out = outq_room(q, 1); /* flushed to nowhere: the bytes still lie at the front */
	must(len >= o->len);
	must(memcmp(out + WIRE_HEADER, o->buf + WIRE_HEADER, o->len - WIRE_HEADER) == 0);
	got.buf = out;
	got.len = len;
	got.map = out + 7;
	got.pairs =
		(uint32_t)out[3] << 24 | (uint32_t)out[4] << 16 | (uint32_t)out[5] << 8 | out[6];
	must(event_index(&e, &got) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outq *q = outq_new(-1, "nowhere", OUTQ_MIN);
	struct source s = { data, size };
	struct stats stats = { .stage = STAGE_ENRICH };
	struct inq *in = inq_new_from(from_source, &s, "fuzz");
	static struct enrich e;
	struct object o;
	int n = 1;

	must(q && in && enrich_init(&e, PROCTAB_MIN, true, q, &stats) == 0);
	e.world.local = true;
	must(names_users(e.world.names, "root:x:0:0::/root:/bin/sh\n", 26) == 0);
	while (n != -1 && inq_read(in) > 0) {
		while ((n = inq_next(in, &o)) == 1) {
			if (o.kind != KIND_EVENT)
				continue;
			if (enrich_event(&e, &o) == -1)
				break;
			check(q, &o);
		}
	}
	must(stats_balance(&stats) == 0);
	enrich_fini(&e);
	inq_free(in);
	outq_free(q);
	return 0;
}
