// SPDX-License-Identifier: BSD-2-Clause
/* The small HTTP server behind --metrics. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-ship/hostport.h"
#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/metrics.h"
#include "cmd/secmon-ship/scrape.h"
#include "common/log.h"

enum { REQUEST_MAX = 4096 };

struct client {
	struct io io; /* io.fd -1: free */
	uint64_t since_ns;
	char in[REQUEST_MAX];
	size_t in_len;
	struct buf out; /* the whole answer, once it is made */
	size_t sent;
};

static struct ship *ship;
static struct io listener = { .fd = -1 };
static struct client clients[SCRAPE_CONNECTIONS];

static void end(struct client *c)
{
	io_forget(&c->io);
	close(c->io.fd);
	c->io.fd = -1;
	buf_fini(&c->out);
}

/* ---- the answer */

static void reply(struct client *c, const char *status, const char *type, const struct buf *body)
{
	buf_clear(&c->out);
	buf_printf(&c->out,
		   "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		   "Connection: close\r\n\r\n",
		   status, type, body->len);
	buf_put(&c->out, body->p, body->len);
}

static void reply_text(struct client *c, const char *status, const char *text)
{
	const struct buf body = { .p = (char *)text, .len = strlen(text) };

	reply(c, status, "text/plain; charset=utf-8", &body);
}

static void reply_metrics(struct client *c)
{
	static struct buf body;

	if (!body.p && buf_init(&body, METRICS_MAX_BYTES) == -1) {
		reply_text(c, "500 Internal Server Error", "no memory\n");
		return;
	}
	buf_clear(&body);
	ship_update(ship);
	metrics_write(&body, ship);
	if (body.full)
		reply_text(c, "500 Internal Server Error", "too many metrics\n");
	else
		reply(c, "200 OK", "application/openmetrics-text; version=1.0.0; charset=utf-8",
		      &body);
}

/* Ready: there is a stream, and a sink that is not known to be out of order. */
static bool is_ready(void)
{
	bool works = false;

	for (size_t i = 0; i < ship->nsinks; i++)
		works |= !ship->sinks[i]->dead && ship->sinks[i]->breaker == BREAKER_CLOSED;
	return works && ship->greeted;
}

static bool asks_for(const struct client *c, const char *path)
{
	size_t n = strlen(path);

	return strncmp(c->in + 4, path, n) == 0 && strchr(" ?", c->in[4 + n]);
}

static void answer(struct client *c)
{
	if (strncmp(c->in, "GET ", 4) != 0)
		reply_text(c, "405 Method Not Allowed", "GET is all there is\n");
	else if (asks_for(c, "/metrics"))
		reply_metrics(c);
	else if (asks_for(c, "/healthz"))
		reply_text(c, "200 OK", "ok\n");
	else if (asks_for(c, "/readyz"))
		reply_text(c, is_ready() ? "200 OK" : "503 Service Unavailable",
			   is_ready() ? "ready\n" : "no stream yet, or no sink that works\n");
	else
		reply_text(c, "404 Not Found", "/metrics, /healthz, /readyz\n");
}

/* ---- connections */

static void write_out(struct client *c)
{
	ssize_t n = send(c->io.fd, c->out.p + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

	if (n > 0)
		c->sent += (size_t)n;
	if ((n == -1 && errno != EAGAIN) || c->sent == c->out.len)
		end(c);
	else if (io_want(&c->io, EPOLLOUT) == -1)
		end(c);
}

static void read_in(struct client *c)
{
	ssize_t n = recv(c->io.fd, c->in + c->in_len, sizeof(c->in) - 1 - c->in_len, 0);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end(c);
		return;
	}
	c->in_len += (size_t)n;
	c->in[c->in_len] = '\0';
	if (!strstr(c->in, "\r\n\r\n") && c->in_len < sizeof(c->in) - 1)
		return;
	if (buf_init(&c->out, METRICS_MAX_BYTES + 512) == -1) {
		end(c);
		return;
	}
	if (strstr(c->in, "\r\n\r\n"))
		answer(c);
	else
		reply_text(c, "431 Request Header Fields Too Large", "too long\n");
	write_out(c);
}

static void on_client(struct io *io, uint32_t events)
{
	struct client *c = (struct client *)io;

	if (c->out.p)
		write_out(c);
	else
		read_in(c);
}

static void on_listener(struct io *io, uint32_t events)
{
	int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (size_t i = 0; fd != -1 && i < SCRAPE_CONNECTIONS; i++) {
		struct client *c = &clients[i];

		if (c->io.fd != -1)
			continue;
		*c = (struct client){ .io = { .fd = fd, .ready = on_client },
				      .since_ns = clock_ns(CLOCK_MONOTONIC) };
		if (io_want(&c->io, EPOLLIN) == -1)
			end(c);
		return;
	}
	if (fd != -1)
		close(fd); /* all are busy: better luck at the next scrape */
}

void scrape_tick(uint64_t now)
{
	for (size_t i = 0; listener.fd != -1 && i < SCRAPE_CONNECTIONS; i++)
		if (clients[i].io.fd != -1 &&
		    now - clients[i].since_ns > SCRAPE_TIME_MS * NS_PER_MS)
			end(&clients[i]);
}

static int listen_at(const struct addrinfo *a)
{
	int one = 1, fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SCRAPE_CONNECTIONS) == 0)
		return fd;
	one = errno;
	close(fd);
	errno = one;
	return -1;
}

int scrape_open(struct ship *s, const char *where, char *err, size_t len)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *list;
	struct hostport hp;
	int r;

	ship = s;
	if (hostport_parse(&hp, where, NULL) == -1) {
		snprintf(err, len, "metrics %s: ADDR:PORT was due", where);
		return -1;
	}
	r = getaddrinfo(hp.host[0] ? hp.host : NULL, hp.port, &hints, &list);
	if (r) {
		snprintf(err, len, "metrics %s: %s", where, gai_strerror(r));
		errno = EADDRNOTAVAIL;
		return -1;
	}
	for (size_t i = 0; i < SCRAPE_CONNECTIONS; i++)
		clients[i].io.fd = -1;
	listener = (struct io){ .fd = listen_at(list), .ready = on_listener };
	freeaddrinfo(list);
	if (listener.fd == -1 || io_want(&listener, EPOLLIN) == -1) {
		snprintf(err, len, "metrics %s: %s", where, strerror(errno));
		return -1;
	}
	return 0;
}

void scrape_close(void)
{
	if (listener.fd == -1)
		return;
	for (size_t i = 0; i < SCRAPE_CONNECTIONS; i++)
		if (clients[i].io.fd != -1)
			end(&clients[i]);
	io_forget(&listener);
	close(listener.fd);
	listener.fd = -1;
}
