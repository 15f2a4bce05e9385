// SPDX-License-Identifier: BSD-2-Clause
/* Loss is loud: alerts of ship's own about what was lost, and the heartbeat. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-ship/loss.h"
#include "cmd/secmon-ship/timefmt.h"
#include "common/events.h"
#include "common/loop.h"
#include "common/wire.h"

enum { PRIORITY_CRITICAL = 2, PRIORITY_INFORMATIONAL = 6 };

static struct loss_entry *entry_of(struct loss *l, const struct loss_entry *e)
{
	struct loss_entry *x;

	for (size_t i = 0; i < l->n; i++) {
		x = &l->entries[i];
		if (strcmp(x->counter, e->counter) == 0 && strcmp(x->label, e->label) == 0 &&
		    strcmp(x->stage, e->stage) == 0)
			return x;
	}
	if (l->n < LOSS_ENTRIES) {
		x = &l->entries[l->n++];
		*x = *e;
		x->count = 0;
		return x;
	}
	x = &l->entries[LOSS_ENTRIES - 1];
	snprintf(x->counter, sizeof(x->counter), "other places");
	x->label[0] = '\0';
	return x;
}

void loss_note(struct loss *l, const struct loss_entry *e)
{
	struct loss_entry *x;

	if (!e->count)
		return;
	x = entry_of(l, e);
	if (!x->count || e->since_ns < x->since_ns)
		x->since_ns = e->since_ns;
	if (!x->count || e->until_ns > x->until_ns)
		x->until_ns = e->until_ns;
	x->count += e->count;
}

static void take_text(char *to, size_t size, const struct value *v)
{
	if (value_is_text(v))
		snprintf(to, size, "%.*s", (int)v->len, v->p);
}

static void take(struct loss_entry *e, uint64_t key, const struct value *v)
{
	uint64_t number = v->type == VALUE_UINT ? v->u : 0;

	switch (key) {
	case LOSS_STAGE:
		take_text(e->stage, sizeof(e->stage), v);
		break;
	case LOSS_COUNTER:
		take_text(e->counter, sizeof(e->counter), v);
		break;
	case LOSS_LABEL:
		take_text(e->label, sizeof(e->label), v);
		break;
	case LOSS_COUNT:
		e->count = number;
		break;
	case LOSS_SINCE:
		e->since_ns = number;
		break;
	case LOSS_UNTIL:
		e->until_ns = number;
		break;
	}
}

int loss_read(struct loss *l, const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len };
	struct loss_entry e = { 0 };
	struct value key, v;

	for (uint32_t i = 0; i < o->pairs; i++) {
		struct pull first;

		if (pull_next(&p, &key) != PULL_OK)
			goto bad;
		first = p;
		if (pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK || pull_next(&first, &v) != PULL_OK)
			goto bad;
		if (key.type == VALUE_UINT)
			take(&e, key.u, &v);
	}
	loss_note(l, &e);
	return 0;
bad:
	errno = EPROTO;
	return -1;
}

bool loss_next(struct loss *l, uint64_t now, uint64_t pause_ns, struct loss_entry *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct loss_entry *x = &l->entries[i];

		if (!x->count || (x->said_ns && now - x->said_ns < pause_ns))
			continue;
		*e = *x;
		x->said_ns = now;
		x->count = 0;
		return true;
	}
	return false;
}

/* ---- the alerts */

enum { HEAD = WIRE_HEADER };

static void head(uint8_t *to, size_t size, unsigned int pairs)
{
	const uint8_t h[HEAD] = { 0x92,
				  KIND_ALERT,
				  0xdf,
				  0,
				  0,
				  (uint8_t)(pairs >> 8),
				  (uint8_t)pairs,
				  F_EVT_TYPE,
				  0xcd,
				  EV_DROP >> 8,
				  EV_DROP & 0xff,
				  F_WIRE_SIZE,
				  0xce,
				  (uint8_t)(size >> 24),
				  (uint8_t)(size >> 16),
				  (uint8_t)(size >> 8),
				  (uint8_t)size };

	memcpy(to, h, sizeof(h));
}

static void begin(struct wire *w, uint8_t *buf, size_t len, const char *rule, unsigned int priority,
		  const char *message)
{
	static uint64_t number;
	uint64_t now = clock_ns(CLOCK_REALTIME);
	char id[64];

	snprintf(id, sizeof(id), "ship-%llx-%x-%llx", (unsigned long long)now,
		 (unsigned int)getpid(), (unsigned long long)++number);
	wire_blob(w, buf + HEAD, len - HEAD);
	wire_uint(w, F_EVT_RAWTIME, now);
	wire_cstr(w, F_RULE_NAME, rule);
	wire_uint(w, F_RULE_PRIORITY, priority);
	wire_cstr(w, F_RULE_SOURCE, "internal");
	wire_array(w, F_RULE_TAGS, 1);
	wire_item_text(w, "secmon", strlen("secmon"));
	wire_uint(w, F_ALERT_TIME, now);
	wire_cstr(w, F_ALERT_OUTPUT, message);
	wire_cstr(w, F_ALERT_ID, id);
}

static size_t end(struct wire *w, uint8_t *buf)
{
	unsigned int n;
	long used = wire_blob_end(w, &n);

	if (used < 0)
		return 0;
	head(buf, HEAD + (size_t)used, n + 2);
	return HEAD + (size_t)used;
}

static void item(struct wire *w, const char *name, const char *text)
{
	wire_item_text(w, name, strlen(name));
	wire_item_text(w, text, strlen(text));
}

static void number(struct wire *w, const char *name, uint64_t v)
{
	wire_item_text(w, name, strlen(name));
	wire_item_uint(w, v);
}

/* A counter that this program does not know is one of lost events. */
static const struct stat_desc *counter_of(const char *name)
{
	static const struct stat_desc unknown = { .kind = STAT_DROP, .help = "no reason given" };
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].name, name) == 0)
			return &d[i];
	return &unknown;
}

size_t loss_alert(const struct loss_entry *e, uint8_t *buf, size_t len)
{
	const struct stat_desc *counter = counter_of(e->counter);
	bool meant = counter->kind == STAT_FILTERED; /* by a limit: it is said, but no alarm */
	char message[512], since[40], until[40];
	struct buf b = buf_wrap(since, sizeof(since) - 1);
	struct wire w;

	time_utc(&b, e->since_ns);
	buf_cstr(&b);
	b = buf_wrap(until, sizeof(until) - 1);
	time_utc(&b, e->until_ns);
	buf_cstr(&b);
	snprintf(message, sizeof(message), "secmon %s %llu %s%s%s between %s and %s: %s (%s)",
		 meant ? "held back" : "lost", (unsigned long long)e->count,
		 strcmp(e->stage, "ship") == 0 ? "alerts" : "events", e->label[0] ? " of " : "",
		 e->label, since, until, counter->help, e->counter);
	begin(&w, buf, len, meant ? "secmon held back events" : "secmon lost events",
	      meant ? PRIORITY_INFORMATIONAL : PRIORITY_CRITICAL, message);
	wire_map(&w, F_ALERT_FIELDS, 6);
	number(&w, "count", e->count);
	item(&w, "counter", e->counter);
	item(&w, "label", e->label);
	number(&w, "since", e->since_ns);
	item(&w, "stage", e->stage);
	number(&w, "until", e->until_ns);
	return end(&w, buf);
}

size_t loss_heartbeat(const struct stats *st, uint8_t *buf, size_t len)
{
	struct wire w;

	begin(&w, buf, len, "secmon heartbeat", PRIORITY_INFORMATIONAL,
	      "secmon is alive; when this stops, it is not");
	wire_map(&w, F_ALERT_FIELDS, 3);
	number(&w, "ship.in", st->v[S_SHIP_IN]);
	number(&w, "ship.queued", st->v[S_SHIP_QUEUED]);
	number(&w, "ship.sent", st->v[S_SHIP_OUT]);
	return end(&w, buf);
}
