// SPDX-License-Identifier: BSD-2-Clause
/* Sockets as text, and as fd.* fields. */
#include "sockname.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { TCP_STATE_ESTABLISHED = 1, TCP_STATE_LISTEN = 10 };

static bool is_ip(const struct item_sock *s)
{
	return s->family == AF_INET || s->family == AF_INET6;
}

static bool listens(const struct item_sock *s)
{
	return is_ip(s) && s->type == SOCK_STREAM && s->state == TCP_STATE_LISTEN;
}

char sockname_type(const struct item_sock *s)
{
	switch (s->family) {
	case AF_INET:
		return listens(s) ? '2' : '4';
	case AF_INET6:
		return listens(s) ? '3' : '6';
	case AF_UNIX:
		return 'u';
	case AF_NETLINK:
		return 'n';
	default:
		return 'o';
	}
}

static void address(int family, const void *addr, char *buf)
{
	if (!inet_ntop(family, addr, buf, INET6_ADDRSTRLEN))
		buf[0] = '\0';
}

size_t sockname_tuple(const struct item_sock *s, bool server, const char *path, size_t len,
		      char *buf)
{
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
	int n = 0;

	if (s->family == AF_UNIX) {
		n = snprintf(buf, SOCKNAME_MAX, "%llx->%llx%s%.*s", (unsigned long long)s->sk,
			     (unsigned long long)s->peer, len ? " " : "", (int)len, path);
	} else if (is_ip(s)) {
		address(s->family, s->laddr, local);
		address(s->family, s->raddr, remote);
		if (!s->lport && !s->rport)
			return 0; /* not bound, not connected: it has no name yet */
		if (!s->rport)
			n = snprintf(buf, SOCKNAME_MAX, "%s:%u", local, s->lport);
		else if (server)
			n = snprintf(buf, SOCKNAME_MAX, "%s:%u->%s:%u", remote, s->rport, local,
				     s->lport);
		else
			n = snprintf(buf, SOCKNAME_MAX, "%s:%u->%s:%u", local, s->lport, remote,
				     s->rport);
	}
	return n < SOCKNAME_MAX ? (size_t)n : SOCKNAME_MAX - 1;
}

size_t sockname_address(const void *addr, size_t len, char *buf)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_storage a = { 0 };
	size_t path;
	int n = 0;

	if (len < sizeof(sa_family_t) || len > sizeof(a))
		return 0;
	memcpy(&a, addr, len);
	if (a.ss_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		address(AF_INET, &((struct sockaddr_in *)&a)->sin_addr, text);
		n = snprintf(buf, SOCKNAME_MAX, "%s:%u", text,
			     ntohs(((struct sockaddr_in *)&a)->sin_port));
	} else if (a.ss_family == AF_INET6 && len >= sizeof(struct sockaddr_in6) - 4) {
		address(AF_INET6, &((struct sockaddr_in6 *)&a)->sin6_addr, text);
		n = snprintf(buf, SOCKNAME_MAX, "%s:%u", text,
			     ntohs(((struct sockaddr_in6 *)&a)->sin6_port));
	} else if (a.ss_family == AF_UNIX) {
		const char *p = (const char *)addr + sizeof(sa_family_t);

		path = len - sizeof(sa_family_t);
		path = path && p[0] ? strnlen(p, path) : path;
		memcpy(buf, p, path);
		if (path && !buf[0])
			buf[0] = '@'; /* abstract */
		return path;
	}
	return (size_t)n;
}

static const char *protocol(const struct item_sock *s)
{
	switch (s->proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return "icmp";
	case IPPROTO_RAW:
		return "raw";
	default:
		return s->type == SOCK_RAW ? "raw" : "<NA>";
	}
}

static void ends(struct wire *w, const struct item_sock *s, bool server)
{
	size_t len = s->family == AF_INET ? 4 : 16;
	bool peer = s->rport != 0;

	if (s->lport) {
		wire_bin(w, F_FD_LIP, s->laddr, len);
		wire_uint(w, F_FD_LPORT, s->lport);
	}
	if (peer) {
		wire_bin(w, F_FD_RIP, s->raddr, len);
		wire_uint(w, F_FD_RPORT, s->rport);
	}
	if (s->lport && (server || !peer)) {
		wire_bin(w, F_FD_SIP, s->laddr, len);
		wire_uint(w, F_FD_SPORT, s->lport);
	} else if (s->lport) {
		wire_bin(w, F_FD_CIP, s->laddr, len);
		wire_uint(w, F_FD_CPORT, s->lport);
	}
	if (peer && server) {
		wire_bin(w, F_FD_CIP, s->raddr, len);
		wire_uint(w, F_FD_CPORT, s->rport);
	} else if (peer) {
		wire_bin(w, F_FD_SIP, s->raddr, len);
		wire_uint(w, F_FD_SPORT, s->rport);
	}
	wire_cstr(w, F_FD_L4PROTO, protocol(s));
	wire_bool(w, F_FD_IS_SERVER, server || listens(s));
	wire_bool(w, F_FD_CONNECTED, s->state == TCP_STATE_ESTABLISHED);
}

void sockname_fields(struct wire *w, const struct item_sock *s, bool server, const char *path,
		     size_t len)
{
	char type = sockname_type(s), buf[SOCKNAME_MAX];
	size_t n = sockname_tuple(s, server, path, len, buf);

	wire_text(w, F_FD_TYPECHAR, &type, 1);
	if (n)
		wire_text(w, F_FD_NAME, buf, n);
	if (is_ip(s)) {
		wire_cstr(w, F_FD_SOCKFAMILY, "ip");
		ends(w, s, server);
	} else if (s->family == AF_UNIX) {
		wire_cstr(w, F_FD_SOCKFAMILY, "unix");
	}
}
