// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sink kafka://: messages with the alert's id as their key, acknowledged by all
 * replicas in step (acks=all, idempotent producer). librdkafka does not block;
 * its reports reach the loop through an eventfd.
 */
#ifdef HAVE_KAFKA
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmd/secmon-ship/framed.h"
#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/secret.h"
#include "common/log.h"

struct kafka {
	struct io io; /* an eventfd that librdkafka writes to */
	struct sink *sink;
	char *brokers;
	const char *topic;
	rd_kafka_conf_t *conf; /* until the producer is made of it */
	rd_kafka_t *rk;
	char why[200];
};

/* Of a batch under way; in its priv. */
struct tally {
	unsigned int pending, failed;
};

static void finish(struct kafka *k, struct batch *b)
{
	struct tally *t = b->priv;

	if (t->pending)
		return;
	/* what was acknowledged comes again with the rest: its key tells */
	sink_done(b, t->failed ? SINK_AGAIN : SINK_DELIVERED, 0, k->why);
}

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *arg)
{
	struct kafka *k = arg;
	struct batch *b = m->_private;
	struct tally *t = b->priv;

	t->pending--;
	if (m->err) {
		t->failed++;
		snprintf(k->why, sizeof(k->why), "%s", rd_kafka_err2str(m->err));
	}
	finish(k, b);
}

static void on_error(rd_kafka_t *rk, int error, const char *reason, void *arg)
{
	struct kafka *k = arg;

	snprintf(k->why, sizeof(k->why), "%s", reason);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	log_debug("kafka: %s: %s", facility, text);
}

static void on_ready(struct io *io, uint32_t events)
{
	struct kafka *k = (struct kafka *)io;
	uint64_t n;

	if (read(io->fd, &n, sizeof(n)) == sizeof(n))
		while (rd_kafka_poll(k->rk, 0) > 0)
			;
}

/* With the first delivery, so that its threads live in the sandbox. */
static int start(struct kafka *k)
{
	static const uint64_t one = 1;
	rd_kafka_queue_t *q;

	if (k->rk)
		return 0;
	k->rk = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_dup(k->conf), k->why, sizeof(k->why));
	if (!k->rk)
		return -1;
	q = rd_kafka_queue_get_main(k->rk);
	rd_kafka_queue_io_event_enable(q, k->io.fd, &one, sizeof(one));
	rd_kafka_queue_destroy(q);
	return 0;
}

static void produce(struct kafka *k, struct batch *b)
{
	struct tally *t = b->priv;
	struct span id, json;
	size_t at = 0;

	/* one more than there are, so that no report ends the batch before the last is produced */
	t->pending = 1;
	t->failed = 0;
	while (message_next(&b->body, &at, &id, &json)) {
		rd_kafka_resp_err_t e = rd_kafka_producev(
			k->rk, RD_KAFKA_V_TOPIC(k->topic), RD_KAFKA_V_KEY((void *)id.s, id.len),
			RD_KAFKA_V_VALUE((void *)json.s, json.len), RD_KAFKA_V_OPAQUE(b),
			RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);

		if (e) {
			t->failed++;
			snprintf(k->why, sizeof(k->why), "%s", rd_kafka_err2str(e));
		} else {
			t->pending++;
		}
	}
	t->pending--;
	finish(k, b);
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct kafka *k = s->priv;

	if (!b->priv)
		b->priv = calloc(1, sizeof(struct tally));
	if (!b->priv || start(k) == -1)
		sink_done(b, SINK_AGAIN, 0, b->priv ? k->why : "no memory");
	else
		produce(k, b);
}

/* ---- opening */

static int set(struct kafka *k, const char *name, const char *value, char *err, size_t len)
{
	if (rd_kafka_conf_set(k->conf, name, value, err, len) == RD_KAFKA_CONF_OK)
		return 0;
	errno = EINVAL;
	return -1;
}

static int set_number(struct kafka *k, const char *name, uint64_t v, char *err, size_t len)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	return set(k, name, text, err, len);
}

/* Properties of librdkafka by their own names, NAME=VALUE. */
static int set_properties(struct kafka *k, char *err, size_t len)
{
	const struct list *l = &k->sink->conf->properties;
	char name[128];

	for (size_t i = 0; i < l->n; i++) {
		size_t n = strcspn(l->v[i], "=");

		snprintf(name, sizeof(name), "%.*s", (int)n, l->v[i]);
		if (!l->v[i][n] || strstr(name, "password")) {
			snprintf(err, len, "properties: '%s': NAME=VALUE was due, and no password",
				 name);
			errno = EINVAL;
			return -1;
		}
		if (set(k, name, l->v[i] + n + 1, err, len) == -1)
			return -1;
	}
	return 0;
}

static int set_security(struct kafka *k, char *err, size_t len)
{
	const struct sink_conf *c = k->sink->conf;
	char *password = secret_read(c->password_file, c->password_env, "password", err, len);
	int r = 0;

	if (!password && errno)
		return -1;
	if (c->user && password)
		r = set(k, "sasl.mechanism", "PLAIN", err, len) |
		    set(k, "sasl.username", c->user, err, len) |
		    set(k, "sasl.password", password, err, len) |
		    set(k, "security.protocol", c->ca_file ? "sasl_ssl" : "sasl_plaintext", err,
			len);
	else if (c->ca_file)
		r = set(k, "security.protocol", "ssl", err, len);
	secret_free(password);
	if (r == 0 && c->ca_file)
		r = set(k, "ssl.ca.location", c->ca_file, err, len);
	if (r == 0 && c->cert)
		r = set(k, "ssl.certificate.location", c->cert, err, len);
	if (r == 0 && c->key)
		r = set(k, "ssl.key.location", c->key, err, len);
	return r ? -1 : 0;
}

static int configure(struct kafka *k, char *err, size_t len)
{
	const struct sink_conf *c = k->sink->conf;
	uint64_t kb = c->batch_bytes * c->parallel * 2 / 1024 + 1024;

	if (set(k, "bootstrap.servers", k->brokers, err, len) == -1 ||
	    set(k, "enable.idempotence", "true", err, len) == -1 ||
	    set(k, "compression.codec",
		c->compress == COMPRESS_NONE   ? "none"
		: c->compress == COMPRESS_GZIP ? "gzip"
					       : "zstd",
		err, len) == -1 ||
	    set_number(k, "message.timeout.ms", c->timeout_ms, err, len) == -1 ||
	    set_number(k, "queue.buffering.max.kbytes", kb, err, len) == -1 ||
	    set_security(k, err, len) == -1)
		return -1;
	rd_kafka_conf_set_opaque(k->conf, k);
	rd_kafka_conf_set_dr_msg_cb(k->conf, on_report);
	rd_kafka_conf_set_error_cb(k->conf, on_error);
	rd_kafka_conf_set_log_cb(k->conf, on_log);
	return set_properties(k, err, len);
}

static int open_kafka(struct sink *s, char *err, size_t len)
{
	struct kafka *k = calloc(1, sizeof(*k));
	const char *slash = strchr(s->target, '/');

	s->priv = k;
	if (!k) {
		snprintf(err, len, "no memory");
		return -1;
	}
	k->sink = s;
	k->io = (struct io){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ready = on_ready };
	k->conf = rd_kafka_conf_new();
	s->conf->format = &format_message;
	if (!slash || slash == s->target || !slash[1]) {
		snprintf(err, len, "kafka://BROKER[:PORT][,BROKER...]/TOPIC was due");
		errno = EINVAL;
		return -1;
	}
	k->topic = slash + 1;
	k->brokers = strndup(s->target, (size_t)(slash - s->target));
	if (!k->brokers || k->io.fd == -1 || io_want(&k->io, EPOLLIN) == -1) {
		snprintf(err, len, "%s", strerror(errno));
		return -1;
	}
	return configure(k, err, len);
}

static void close_kafka(struct sink *s)
{
	struct kafka *k = s->priv;

	if (!k)
		return;
	if (k->rk) {
		rd_kafka_purge(k->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
					      RD_KAFKA_PURGE_F_NON_BLOCKING);
		rd_kafka_destroy_flags(k->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	}
	for (size_t i = 0; s->batches && i < s->conf->parallel; i++) {
		free(s->batches[i].priv);
		s->batches[i].priv = NULL;
	}
	rd_kafka_conf_destroy(k->conf);
	io_forget(&k->io);
	if (k->io.fd != -1)
		close(k->io.fd);
	free(k->brokers);
	free(k);
	s->priv = NULL;
}

const struct sink_kind sink_kafka = {
	.name = "kafka",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_message,
	.parallel = 4,
	.batch_bytes = 1024 * 1024,
	.linger_ms = 50,
	.patient = true,
	.open = open_kafka,
	.send = send_batch,
	.close = close_kafka,
};
#endif
