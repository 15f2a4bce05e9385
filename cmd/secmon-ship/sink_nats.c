// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sink nats://: messages into a JetStream stream. Each carries its alert's id as
 * Nats-Msg-Id, so that the stream itself drops what comes twice, and counts as
 * delivered when the stream has acknowledged it. libnats blocks: it has a worker.
 */
#ifdef HAVE_NATS
#include <errno.h>
#include <nats/nats.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/framed.h"
#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/secret.h"
#include "cmd/secmon-ship/worker.h"

enum { SERVERS_MAX = 16 };

struct nats {
	struct work work;
	struct worker *worker;
	struct sink *sink;
	struct batch *b; /* with the worker */
	char *servers;	 /* "nats://a:4222,nats://b:4222", cut at the commas */
	const char *subject;
	char *token, *password;
	/* the worker's own */
	natsConnection *nc;
	jsCtx *js;
	atomic_uint refused;
	bool delivered;
	char why[200];
};

static void on_refused(jsCtx *js, jsPubAckErr *e, void *arg)
{
	struct nats *n = arg;

	/* the first reason is enough for people */
	if (atomic_fetch_add(&n->refused, 1) == 0)
		snprintf(n->why, sizeof(n->why), "%s", e->ErrText ? e->ErrText : "refused");
}

static natsStatus set_security(struct nats *n, natsOptions *o)
{
	const struct sink_conf *c = n->sink->conf;
	natsStatus r = NATS_OK;

	if (n->token)
		r = natsOptions_SetToken(o, n->token);
	if (r == NATS_OK && c->user)
		r = natsOptions_SetUserInfo(o, c->user, n->password ? n->password : "");
	if (r == NATS_OK && c->ca_file) {
		r = natsOptions_SetSecure(o, true);
		if (r == NATS_OK)
			r = natsOptions_LoadCATrustedCertificates(o, c->ca_file);
	}
	if (r == NATS_OK && c->cert && c->key)
		r = natsOptions_LoadCertificatesChain(o, c->cert, c->key);
	return r;
}

static natsStatus set_options(struct nats *n, natsOptions *o)
{
	const char *servers[SERVERS_MAX];
	char *rest = n->servers;
	natsStatus r;
	int count = 0;

	/* strings one behind the other, an empty one ends them */
	for (; *rest && count < SERVERS_MAX; rest += strlen(rest) + 1)
		servers[count++] = rest;
	r = natsOptions_SetServers(o, servers, count);
	if (r == NATS_OK)
		r = natsOptions_SetTimeout(o, (int64_t)n->sink->conf->connect_ms);
	if (r == NATS_OK)
		r = natsOptions_SetMaxReconnect(o, -1);
	if (r == NATS_OK)
		r = natsOptions_SetReconnectWait(o, 250);
	return r == NATS_OK ? set_security(n, o) : r;
}

static natsStatus connect_now(struct nats *n)
{
	natsOptions *o = NULL;
	jsOptions js;
	natsStatus r = natsOptions_Create(&o);

	if (r == NATS_OK)
		r = set_options(n, o);
	if (r == NATS_OK)
		r = natsConnection_Connect(&n->nc, o);
	natsOptions_Destroy(o);
	if (r != NATS_OK)
		return r;
	jsOptions_Init(&js);
	js.PublishAsync.ErrHandler = on_refused;
	js.PublishAsync.ErrHandlerClosure = n;
	r = natsConnection_JetStream(&n->js, n->nc, &js);
	if (r != NATS_OK) {
		natsConnection_Destroy(n->nc);
		n->nc = NULL;
	}
	return r;
}

static natsStatus publish(struct nats *n)
{
	struct span id, json;
	natsStatus r = NATS_OK;
	jsPubOptions o;
	size_t at = 0;

	while (r == NATS_OK && message_next(&n->b->body, &at, &id, &json)) {
		jsPubOptions_Init(&o);
		o.MsgId = id.s;
		r = js_PublishAsync(n->js, n->subject, json.s, (int)json.len, &o);
	}
	if (r == NATS_OK) {
		jsPubOptions_Init(&o);
		o.MaxWait = (int64_t)n->sink->conf->timeout_ms;
		r = js_PublishAsyncComplete(n->js, &o);
	}
	if (r != NATS_OK) {
		natsMsgList list;

		/* all of it will be sent again: late answers are of no interest */
		if (js_PublishAsyncGetPendingList(&list, n->js) == NATS_OK)
			natsMsgList_Destroy(&list);
	}
	return r;
}

static void run(struct work *w)
{
	struct nats *n = (struct nats *)w;
	natsStatus r = NATS_OK;

	n->why[0] = '\0';
	atomic_store(&n->refused, 0);
	if (!n->nc)
		r = connect_now(n);
	if (r == NATS_OK)
		r = publish(n);
	n->delivered = r == NATS_OK && atomic_load(&n->refused) == 0;
	if (!n->why[0])
		snprintf(n->why, sizeof(n->why), "%s", natsStatus_GetText(r));
}

static void on_done(struct work *w)
{
	struct nats *n = (struct nats *)w;
	struct batch *b = n->b;

	n->b = NULL;
	sink_done(b, n->delivered ? SINK_DELIVERED : SINK_AGAIN, 0, n->why);
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct nats *n = s->priv;

	n->b = b;
	if (worker_start(n->worker, &n->work) == 0)
		return;
	n->b = NULL;
	sink_done(b, SINK_AGAIN, 0, strerror(errno));
}

/* nats://HOST[:PORT][,HOST...]/SUBJECT */
static int split(struct nats *n, const char *target)
{
	const char *slash = strchr(target, '/');

	if (!slash || slash == target || !slash[1])
		return -1;
	n->subject = slash + 1;
	n->servers = calloc(1, (size_t)(slash - target) + 2);
	if (!n->servers)
		return -1;
	memcpy(n->servers, target, (size_t)(slash - target));
	for (char *c = n->servers; *c; c++)
		if (*c == ',')
			*c = '\0';
	return 0;
}

static int open_nats(struct sink *s, char *err, size_t len)
{
	struct nats *n = calloc(1, sizeof(*n));
	const struct sink_conf *c = s->conf;

	s->priv = n;
	if (!n || !(n->worker = worker_new())) {
		snprintf(err, len, "%s", strerror(errno));
		return -1;
	}
	n->sink = s;
	n->work.run = run;
	n->work.done = on_done;
	s->conf->format = &format_message;
	if (split(n, s->target) == -1) {
		snprintf(err, len, "nats://HOST[:PORT][,HOST...]/SUBJECT was due");
		errno = EINVAL;
		return -1;
	}
	n->token = secret_read(c->token_file, c->token_env, "token", err, len);
	if (!n->token && errno)
		return -1;
	n->password = secret_read(c->password_file, c->password_env, "password", err, len);
	return !n->password && errno ? -1 : 0;
}

static void close_nats(struct sink *s)
{
	struct nats *n = s->priv;

	s->priv = NULL;
	/* with work under way it is left to the end of the process, which is near */
	s->abandoned = n && n->work.under_way;
	if (!n || s->abandoned)
		return;
	jsCtx_Destroy(n->js);
	natsConnection_Destroy(n->nc);
	secret_free(n->token);
	secret_free(n->password);
	free(n->servers);
	free(n);
}

const struct sink_kind sink_nats = {
	.name = "nats",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_message,
	.parallel = 1,
	.batch_bytes = 1024 * 1024,
	.linger_ms = 50,
	.patient = true,
	.open = open_nats,
	.send = send_batch,
	.close = close_nats,
};
#endif
