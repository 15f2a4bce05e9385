// SPDX-License-Identifier: BSD-2-Clause
/* Writing alerts. */
#include "cmd/secmon-match/alert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cmd/secmon-match/why.h"
#include "common/wire.h"

enum { OUTPUT_MAX = 32768 }; /* bytes of a message when the whole alert is too large */

static void write_id(struct wire *w)
{
	static uint64_t start, count;
	char id[40];

	if (!start && getrandom(&start, sizeof(start), 0) != sizeof(start))
		start = 1;
	snprintf(id, sizeof(id), "%016llx-%llu", (unsigned long long)start,
		 (unsigned long long)++count);
	wire_cstr(w, F_ALERT_ID, id);
}

static void write_rule(struct wire *w, const struct rule *r)
{
	wire_cstr(w, F_RULE_NAME, r->name);
	wire_cstr(w, F_RULE_DESC, r->desc);
	wire_uint(w, F_RULE_PRIORITY, r->priority);
	wire_cstr(w, F_RULE_SOURCE, r->source);
	wire_array(w, F_RULE_TAGS, r->ntags);
	for (size_t i = 0; i < r->ntags; i++)
		wire_item_text(w, r->tags[i], strlen(r->tags[i]));
}

static void write_said(struct wire *w, const struct active *a, struct xctx *x,
		       const struct why *why, uint32_t max)
{
	uint32_t len = 0;
	const char *output = format_text(a->format, x, &len, NULL);

	write_rule(w, a->rule);
	write_id(w);
	wire_uint(w, F_ALERT_TIME, x->now_ns);
	if (!output)
		output = a->rule->output, len = strlen(output);
	wire_text(w, F_ALERT_OUTPUT, output, len < max ? len : max);
	if (a->tally->pending)
		wire_uint(w, F_ALERT_SUPPRESSED, a->tally->pending);
	if (why)
		why_write(why, w);
}

/* Too large with the event in it: what the rule says, and who did it. */
static int write_short(struct outq *q, const struct active *a, struct xctx *x)
{
	static const uint16_t keep[] = {
		F_EVT_NUM,     F_EVT_RAWTIME, F_THREAD_TID, F_PROC_PID,
		F_PROC_PID_TS, F_PROC_PPID,   F_USER_UID,
	};
	struct wire w;
	const char *s;
	size_t len;
	uint64_t n;

	if (wire_event(&w, q, KIND_ALERT, x->e->type) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (event_u64(x->e, keep[i], &n))
			wire_uint(&w, keep[i], n);
	if (event_text(x->e, F_PROC_NAME, &s, &len))
		wire_text(&w, F_PROC_NAME, s, len);
	write_said(&w, a, x, NULL, OUTPUT_MAX);
	wire_array(&w, F_EVT_TRUNCATED, 1);
	wire_item_text(&w, "alert.fields", 12);
	return wire_end(&w);
}

int alert_write(struct outq *q, struct active *a, struct xctx *x, const struct why *why)
{
	struct wire w;

	if (wire_copy(&w, q, KIND_ALERT, x->e->o.buf, x->e->o.len) < 0)
		return -1;
	write_said(&w, a, x, why, UINT32_MAX);
	format_map(a->format, x, &w);
	if (wire_end(&w) < 0 && (errno != EMSGSIZE || write_short(q, a, x) < 0))
		return -1;
	a->tally->pending = 0;
	a->tally->alerts++;
	return 0;
}
