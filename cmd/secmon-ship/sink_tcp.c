// SPDX-License-Identifier: BSD-2-Clause
/* Sinks syslog:tcp: and syslog:tls:. libcurl looks the name up, connects and does the TLS. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/framed.h"
#include "cmd/secmon-ship/hostport.h"
#include "cmd/secmon-ship/http.h"
#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/kinds.h"

struct tcp {
	struct transfer t; /* the connection being made, or made */
	struct io io;	   /* its socket once it is made */
	struct sink *sink;
	struct batch *b;
	char *url;
	char error[CURL_ERROR_SIZE];
};

static void disconnect(struct tcp *c)
{
	if (c->io.fd != -1)
		io_forget(&c->io);
	c->io.fd = -1;
	http_abandon(&c->t);
	curl_easy_cleanup(c->t.easy);
	c->t.easy = NULL;
}

/* There is no acknowledgement in syslog: what was under way is sent whole again. */
static void fail(struct tcp *c, const char *why)
{
	struct batch *b = c->b;
	char text[CURL_ERROR_SIZE];

	snprintf(text, sizeof(text), "%s", why);
	c->b = NULL;
	disconnect(c);
	if (!b)
		return;
	b->sent = 0;
	sink_done(b, SINK_AGAIN, 0, text);
}

static void go_on(struct tcp *c)
{
	struct batch *b = c->b;

	while (b->sent < b->body.len) {
		size_t n = 0;
		CURLcode r =
			curl_easy_send(c->t.easy, b->body.p + b->sent, b->body.len - b->sent, &n);

		b->sent += n;
		if (r == CURLE_AGAIN) {
			if (io_want(&c->io, EPOLLOUT | EPOLLIN) == -1)
				fail(c, strerror(errno));
			return;
		}
		if (r != CURLE_OK) {
			fail(c, c->error[0] ? c->error : curl_easy_strerror(r));
			return;
		}
	}
	c->b = NULL;
	io_want(&c->io, EPOLLIN); /* to see it closed */
	c->sink->timer_ns = UINT64_MAX;
	sink_done(b, SINK_DELIVERED, 0, NULL);
}

/* The other end has nothing to say: reading shows that it has gone. */
static bool is_open(struct tcp *c)
{
	char sink[512];
	CURLcode r;
	size_t n;

	do
		r = curl_easy_recv(c->t.easy, sink, sizeof(sink), &n);
	while (r == CURLE_OK && n > 0);
	return r == CURLE_AGAIN;
}

static void on_ready(struct io *io, uint32_t events)
{
	struct tcp *c = (struct tcp *)((char *)io - offsetof(struct tcp, io));

	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !is_open(c)) {
		fail(c, "the other end closed the connection");
		return;
	}
	if (c->b)
		go_on(c);
}

static void on_connected(struct transfer *t, CURLcode result)
{
	struct tcp *c = (struct tcp *)t;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (result != CURLE_OK) {
		fail(c, c->error[0] ? c->error : curl_easy_strerror(result));
		return;
	}
	curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		fail(c, "no connection");
		return;
	}
	c->io.fd = fd;
	go_on(c);
}

static void start_connection(struct tcp *c)
{
	const struct sink_conf *conf = c->sink->conf;
	CURL *e = curl_easy_init();

	c->t.easy = e;
	c->error[0] = '\0';
	if (!e) {
		fail(c, "no memory");
		return;
	}
	curl_easy_setopt(e, CURLOPT_URL, c->url);
	curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_PROXY, conf->proxy ? conf->proxy : "");
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)conf->connect_ms);
	curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L);
	http_set_tls(e, conf->ca_file, conf->cert, conf->key);
	if (http_start(&c->t) == -1)
		fail(c, "libcurl refused the connection");
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct tcp *c = s->priv;

	c->b = b;
	b->sent = 0;
	s->timer_ns = b->opened_ns > s->now_ns ? b->opened_ns : s->now_ns;
	s->timer_ns += (s->conf->timeout_ms + s->conf->connect_ms) * NS_PER_MS;
	if (c->io.fd != -1)
		go_on(c);
	else
		start_connection(c);
}

static void on_timer(struct sink *s)
{
	struct tcp *c = s->priv;

	if (c->b)
		fail(c, "the other end took nothing for too long");
}

static int open_tcp(struct sink *s, char *err, size_t len)
{
	struct tcp *c = calloc(1, sizeof(*c));
	bool tls = strncmp(s->target, "tls:", 4) == 0;
	struct hostport hp;

	s->priv = c;
	if (!c || http_open(tls) == -1) {
		snprintf(err, len, "no memory");
		return -1;
	}
	c->sink = s;
	c->io = (struct io){ .fd = -1, .ready = on_ready };
	c->t.done = on_connected;
	c->t.keep = true;
	if (syslog_facility(s->conf->facility) == -1 ||
	    hostport_parse(&hp, s->target + 4, tls ? "6514" : "514") == -1 || !hp.host[0]) {
		snprintf(err, len, "HOST:PORT and a facility of syslog were due");
		errno = EINVAL;
		return -1;
	}
	s->context.json = s->conf->format == &format_json;
	s->conf->format = &format_syslog;
	if (asprintf(&c->url, strchr(hp.host, ':') ? "%s://[%s]:%s/" : "%s://%s:%s/",
		     tls ? "https" : "http", hp.host, hp.port) == -1) {
		c->url = NULL;
		snprintf(err, len, "no memory");
		return -1;
	}
	return 0;
}

static void close_tcp(struct sink *s)
{
	struct tcp *c = s->priv;

	if (!c)
		return;
	disconnect(c);
	free(c->url);
	free(c);
	s->priv = NULL;
}

const struct sink_kind sink_syslog_tcp = {
	.name = "syslog",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_syslog,
	.parallel = 1,
	.batch_bytes = 64 * 1024,
	.linger_ms = 100,
	.patient = true,
	.open = open_tcp,
	.send = send_batch,
	.timer = on_timer,
	.close = close_tcp,
};
