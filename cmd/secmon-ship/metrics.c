// SPDX-License-Identifier: BSD-2-Clause
/* The ledger and the sinks as OpenMetrics. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/metrics.h"
#include "cmd/secmon-ship/spool.h"
#include "common/wire.h"

/* Label values: backslash, quote and newline are escaped; what is not UTF-8 becomes '?'. */
static void label(struct buf *b, const char *name, const char *value)
{
	bool valid = utf8_valid(value, strlen(value));

	buf_str(b, name);
	buf_str(b, "=\"");
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			buf_c(b, '\\');
		if (*value == '\n')
			buf_str(b, "\\n");
		else
			buf_c(b, valid || !(*value & 0x80) ? *value : '?');
	}
	buf_c(b, '"');
}

static void family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void number(struct buf *b, uint64_t v)
{
	buf_str(b, "} ");
	buf_u64(b, v);
	buf_c(b, '\n');
}

static void seconds(struct buf *b, uint64_t ns)
{
	buf_u64(b, ns / NS_PER_S);
	buf_c(b, '.');
	buf_pad(b, ns % NS_PER_S, 9);
}

/* ---- every stage's counters */

static bool is_gauge(const struct stat_desc *d)
{
	return d->kind == STAT_GAUGE || d->kind == STAT_QUEUED;
}

/* capture.drop.full is secmon_capture_drop_full */
static void metric_name(const struct stat_desc *d, char *buf, size_t len)
{
	snprintf(buf, len, "secmon_%s", d->name);
	for (char *c = buf; *c; c++)
		if (*c == '.')
			*c = '_';
}

static void stage_labels(struct buf *b, const struct ledger_stage *st)
{
	char pid[24];

	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)st->pid);
	buf_c(b, '{');
	label(b, "stage", st->name);
	buf_c(b, ',');
	label(b, "pid", pid);
}

static bool has_labels(const struct ledger_stage *st, uint16_t id)
{
	for (size_t i = 0; i < st->nlabels; i++)
		if (st->labels[i].id == id)
			return true;
	return false;
}

static void by_label(struct buf *b, const struct ledger *l, const struct stat_desc *d,
		     const char *name)
{
	bool first = true;
	char by[96];

	snprintf(by, sizeof(by), "%s_by", name);
	for (size_t i = 0; i < l->nstages; i++) {
		const struct ledger_stage *st = &l->stages[i];

		if (strcmp(stage_name(d->stage), st->name) != 0 || !has_labels(st, d->id))
			continue;
		if (first)
			family(b, by, is_gauge(d) ? "gauge" : "counter", d->help);
		first = false;
		for (size_t j = 0; j < st->nlabels; j++) {
			if (st->labels[j].id != d->id)
				continue;
			buf_str(b, by);
			buf_str(b, is_gauge(d) ? "" : "_total");
			stage_labels(b, st);
			buf_c(b, ',');
			label(b, "by", st->labels[j].label);
			number(b, st->labels[j].value);
		}
	}
}

static void counter(struct buf *b, const struct ledger *l, const struct stat_desc *d)
{
	bool first = true;
	char name[80];

	metric_name(d, name, sizeof(name));
	for (size_t i = 0; i < l->nstages; i++) {
		const struct ledger_stage *st = &l->stages[i];

		if (strcmp(stage_name(d->stage), st->name) != 0)
			continue;
		if (first)
			family(b, name, is_gauge(d) ? "gauge" : "counter", d->help);
		first = false;
		buf_str(b, name);
		buf_str(b, is_gauge(d) ? "" : "_total");
		stage_labels(b, st);
		number(b, st->v[d->id]);
	}
	by_label(b, l, d, name);
}

static void stages(struct buf *b, const struct ledger *l)
{
	size_t n;
	const struct stat_desc *d = stat_table(&n);

	for (size_t i = 0; i < n; i++)
		counter(b, l, &d[i]);
	family(b, "secmon_ledger_balance", "gauge",
	       "in - out - filtered - dropped - queued of a stage; anything but 0 is a bug");
	for (size_t i = 0; i < l->nstages; i++) {
		buf_str(b, "secmon_ledger_balance");
		stage_labels(b, &l->stages[i]);
		buf_str(b, "} ");
		buf_i64(b, ledger_balance(&l->stages[i]));
		buf_c(b, '\n');
	}
	family(b, "secmon_stage_seen_timestamp_seconds", "gauge", "when the stage last spoke");
	for (size_t i = 0; i < l->nstages; i++) {
		buf_str(b, "secmon_stage_seen_timestamp_seconds");
		stage_labels(b, &l->stages[i]);
		buf_str(b, "} ");
		seconds(b, l->stages[i].time_ns);
		buf_c(b, '\n');
	}
}

static void rules(struct buf *b, const struct ledger *l)
{
	family(b, "secmon_alerts", "counter", "alerts by rule");
	for (size_t i = 0; i < l->nstages; i++) {
		const struct ledger_stage *st = &l->stages[i];

		for (size_t j = 0; j < st->nlabels; j++) {
			if (st->labels[j].id != S_MATCH_ALERTS)
				continue;
			buf_str(b, "secmon_alerts_total");
			stage_labels(b, st);
			buf_c(b, ',');
			label(b, "rule", st->labels[j].label);
			number(b, st->labels[j].value);
		}
	}
}

/* ---- sinks */

static uint64_t queue_used(const struct sink *s)
{
	return queue_bytes(s->queue);
}

static uint64_t queue_limit(const struct sink *s)
{
	return queue_size(s->queue);
}

static uint64_t spool_used(const struct sink *s)
{
	return s->spool ? spool_bytes(s->spool) : 0;
}

static uint64_t breaker_open(const struct sink *s)
{
	return s->breaker != BREAKER_CLOSED;
}

static uint64_t failures(const struct sink *s)
{
	return s->failures;
}

static uint64_t waiting(const struct sink *s)
{
	return s->v[S_SHIP_QUEUED];
}

static uint64_t dead(const struct sink *s)
{
	return s->dead;
}

static const struct {
	const char *name, *help;
	uint64_t (*value)(const struct sink *s);
} gauges[] = {
	{ "secmon_sink_waiting", "alerts in queue, spool and deliveries", waiting },
	{ "secmon_sink_queue_bytes", "bytes in the queue", queue_used },
	{ "secmon_sink_queue_limit_bytes", "most bytes in the queue", queue_limit },
	{ "secmon_sink_spool_bytes", "bytes of the spool on disk", spool_used },
	{ "secmon_sink_breaker_open", "1 while the breaker keeps the sink quiet", breaker_open },
	{ "secmon_sink_failures", "deliveries that failed in a row", failures },
	{ "secmon_sink_dead", "1 when the other end cannot come back", dead },
};

static const struct {
	uint16_t id;
	const char *reason;
} drops[] = {
	{ S_SHIP_DROP_FULL, "full" }, { S_SHIP_DROP_FAILED, "failed" },
	{ S_SHIP_DROP_BIG, "big" },   { S_SHIP_DROP_SPOOL, "spool" },
	{ S_SHIP_DROP_EXIT, "exit" },
};

static void sink_counter(struct buf *b, const struct ship *s, const char *name, uint16_t id,
			 const char *help)
{
	family(b, name, "counter", help);
	for (size_t i = 0; i < s->nsinks; i++) {
		buf_printf(b, "%s_total{", name);
		label(b, "sink", s->sinks[i]->name);
		number(b, s->sinks[i]->v[id]);
	}
}

static void sink_drops(struct buf *b, const struct ship *s)
{
	family(b, "secmon_sink_dropped", "counter", "alerts lost, by reason");
	for (size_t i = 0; i < s->nsinks; i++) {
		for (size_t j = 0; j < nitems(drops); j++) {
			buf_str(b, "secmon_sink_dropped_total{");
			label(b, "sink", s->sinks[i]->name);
			buf_c(b, ',');
			label(b, "reason", drops[j].reason);
			number(b, s->sinks[i]->v[drops[j].id]);
		}
	}
}

static void latency(struct buf *b, const struct sink *s)
{
	const struct histogram *h = &s->latency;
	uint64_t seen = 0;

	for (int i = 0; i <= HISTOGRAM_BUCKETS; i++) {
		seen += h->bucket[i];
		buf_str(b, "secmon_sink_delivery_seconds_bucket{");
		label(b, "sink", s->name);
		buf_str(b, ",le=\"");
		if (i < HISTOGRAM_BUCKETS)
			buf_double(b, (double)histogram_bound_ns[i] / 1e9);
		else
			buf_str(b, "+Inf");
		buf_str(b, "\"");
		number(b, seen);
	}
	buf_str(b, "secmon_sink_delivery_seconds_count{");
	label(b, "sink", s->name);
	number(b, h->count);
	buf_str(b, "secmon_sink_delivery_seconds_sum{");
	label(b, "sink", s->name);
	buf_str(b, "} ");
	seconds(b, h->sum_ns);
	buf_c(b, '\n');
}

static void sinks(struct buf *b, const struct ship *s)
{
	sink_counter(b, s, "secmon_sink_taken", S_SHIP_IN, "alerts offered to the sink");
	sink_counter(b, s, "secmon_sink_sent", S_SHIP_OUT, "alerts delivered");
	sink_counter(b, s, "secmon_sink_filtered", S_SHIP_FILTERED, "alerts it did not want");
	sink_counter(b, s, "secmon_sink_retried", S_SHIP_RETRIED, "deliveries tried again");
	sink_drops(b, s);
	for (size_t g = 0; g < nitems(gauges); g++) {
		family(b, gauges[g].name, "gauge", gauges[g].help);
		for (size_t i = 0; i < s->nsinks; i++) {
			buf_printf(b, "%s{", gauges[g].name);
			label(b, "sink", s->sinks[i]->name);
			number(b, gauges[g].value(s->sinks[i]));
		}
	}
	family(b, "secmon_sink_delivery_seconds", "histogram",
	       "from reading the oldest alert of a delivery to its end, counted per alert");
	for (size_t i = 0; i < s->nsinks; i++)
		latency(b, s->sinks[i]);
}

void metrics_write(struct buf *b, const struct ship *s)
{
	family(b, "secmon_build", "info", "the version that runs");
	buf_str(b, "secmon_build_info{version=\"" SECMON_VERSION "\"} 1\n");
	stages(b, &s->ledger);
	rules(b, &s->ledger);
	sinks(b, s);
	buf_str(b, "# EOF\n");
}

int metrics_file(const char *path, const struct ship *s)
{
	static struct buf b;
	char temporary[4096];
	ssize_t n = -1;
	int fd;

	if (!b.p && buf_init(&b, METRICS_MAX_BYTES) == -1)
		return -1;
	buf_clear(&b);
	metrics_write(&b, s);
	if (b.full ||
	    snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary)) {
		errno = EMSGSIZE;
		return -1;
	}
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1)
		return -1;
	n = write(fd, b.p, b.len);
	close(fd);
	if (n != (ssize_t)b.len) {
		errno = n == -1 ? errno : ENOSPC;
		unlink(temporary);
		return -1;
	}
	return rename(temporary, path);
}
