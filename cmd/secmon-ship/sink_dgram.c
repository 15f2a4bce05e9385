// SPDX-License-Identifier: BSD-2-Clause
/* Sinks of datagrams: syslog over UDP and Unix sockets, systemd's journal. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd/secmon-ship/framed.h"
#include "cmd/secmon-ship/hostport.h"
#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/kinds.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET  "/dev/log"

struct dgram {
	struct io io; /* io.fd: -1 while not connected */
	struct sink *sink;
	struct batch *b; /* waits for room */
	struct sockaddr_storage to;
	socklen_t tolen;
};

static int connect_now(struct dgram *d)
{
	d->io.fd = socket(d->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->io.fd == -1)
		return -1;
	if (connect(d->io.fd, (struct sockaddr *)&d->to, d->tolen) == 0)
		return 0;
	close(d->io.fd);
	d->io.fd = -1;
	return -1;
}

static void disconnect(struct dgram *d)
{
	if (d->io.fd == -1)
		return;
	io_forget(&d->io);
	close(d->io.fd);
	d->io.fd = -1;
}

/* The message at b->sent, and where the next begins. */
static const char *message_at(const struct batch *b, size_t *len, size_t *next)
{
	char *end;

	*len = strtoul(b->body.p + b->sent, &end, 10);
	*next = (size_t)(end + 1 - b->body.p) + *len;
	return end + 1;
}

static void fail(struct dgram *d, int error)
{
	struct batch *b = d->b;

	d->b = NULL;
	disconnect(d);
	/* what was sent before stays sent: b->sent is at a message's beginning */
	sink_done(b, error == EMSGSIZE ? SINK_REFUSED : SINK_AGAIN, 0, strerror(error));
}

static void go_on(struct dgram *d)
{
	struct batch *b = d->b;

	while (b->sent < b->body.len) {
		size_t len, next;
		const char *message = message_at(b, &len, &next);

		if (send(d->io.fd, message, len, MSG_NOSIGNAL) >= 0) {
			b->sent = next;
		} else if (errno == EAGAIN || errno == ENOBUFS) {
			if (io_want(&d->io, EPOLLOUT) == -1)
				fail(d, errno);
			return;
		} else if (errno != EINTR) {
			fail(d, errno);
			return;
		}
	}
	io_forget(&d->io);
	d->b = NULL;
	sink_done(b, SINK_DELIVERED, 0, NULL);
}

static void on_ready(struct io *io, uint32_t events)
{
	struct dgram *d = (struct dgram *)io;

	if (d->b)
		go_on(d);
	else
		io_forget(io);
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct dgram *d = s->priv;

	d->b = b;
	if (d->io.fd == -1 && connect_now(d) == -1)
		fail(d, errno);
	else
		go_on(d);
}

/* ---- opening */

static struct dgram *dgram_new(struct sink *s)
{
	struct dgram *d = calloc(1, sizeof(*d));

	s->priv = d;
	if (!d)
		return NULL;
	d->sink = s;
	d->io = (struct io){ .fd = -1, .ready = on_ready };
	return d;
}

static int set_unix(struct dgram *d, const char *path, char *err, size_t len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&d->to;

	if (strlen(path) >= sizeof(un->sun_path)) {
		snprintf(err, len, "a path of at most %zu bytes was due", sizeof(un->sun_path) - 1);
		errno = EINVAL;
		return -1;
	}
	un->sun_family = AF_UNIX;
	snprintf(un->sun_path, sizeof(un->sun_path), "%s", path);
	d->tolen = sizeof(*un);
	return 0;
}

/* Once, at the start: there is no way to ask for an address later that does not block. */
static int set_udp(struct dgram *d, const char *target, char *err, size_t len)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct hostport hp;
	struct addrinfo *list;
	int r;

	if (hostport_parse(&hp, target, "514") == -1) {
		snprintf(err, len, "HOST:PORT was due");
		return -1;
	}
	r = getaddrinfo(hp.host, hp.port, &hints, &list);
	if (r) {
		snprintf(err, len, "%s: %s", hp.host, gai_strerror(r));
		errno = EHOSTUNREACH;
		return -1;
	}
	memcpy(&d->to, list->ai_addr, list->ai_addrlen);
	d->tolen = list->ai_addrlen;
	freeaddrinfo(list);
	return 0;
}

static int open_syslog(struct sink *s, char *err, size_t len)
{
	struct dgram *d = dgram_new(s);
	const char *t = s->target;

	if (!d) {
		snprintf(err, len, "no memory");
		return -1;
	}
	if (syslog_facility(s->conf->facility) == -1) {
		snprintf(err, len, "facility: there is no '%s'", s->conf->facility);
		errno = EINVAL;
		return -1;
	}
	s->context.json = s->conf->format == &format_json;
	s->conf->format = &format_syslog;
	s->context.datagram = true;
	if (strncmp(t, "udp:", 4) == 0)
		return set_udp(d, t + 4, err, len);
	s->context.local = true;
	if (strncmp(t, "unix:", 5) == 0)
		t += 5;
	return set_unix(d, *t ? t : SYSLOG_SOCKET, err, len);
}

static int open_journal(struct sink *s, char *err, size_t len)
{
	struct dgram *d = dgram_new(s);
	const char *path = s->target;

	if (!d) {
		snprintf(err, len, "no memory");
		return -1;
	}
	s->conf->format = &format_journal;
	return set_unix(d, *path ? path : JOURNAL_SOCKET, err, len);
}

static void close_dgram(struct sink *s)
{
	struct dgram *d = s->priv;

	if (!d)
		return;
	disconnect(d);
	free(d);
	s->priv = NULL;
}

const struct sink_kind sink_syslog_dgram = {
	.name = "syslog",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_syslog,
	.parallel = 1,
	.batch_bytes = 64 * 1024,
	.patient = true,
	.open = open_syslog,
	.send = send_batch,
	.close = close_dgram,
};

const struct sink_kind sink_journal = {
	.name = "journald",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_journal,
	.parallel = 1,
	.batch_bytes = 64 * 1024,
	.patient = true,
	.open = open_journal,
	.send = send_batch,
	.close = close_dgram,
};
