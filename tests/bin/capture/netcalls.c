// SPDX-License-Identifier: BSD-2-Clause
/* netcalls DIR: system calls on sockets (calls.h). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "calls.h"

enum { X32_BIT = 0x40000000, X32_SENDMSG = 518 };

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int port_of(int s)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	return getsockname(s, (struct sockaddr *)&a, &len) == 0 ? ntohs(a.sin_port) : -1;
}

static int listener(void)
{
	struct sockaddr_in a = loopback(0);
	long r;
	int s, port;

	s = (int)expect("socket", S(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
			"'@domain': 2, '@type': 1, '@proto': 0, '@flags': 4096, "
			"'fd.typechar': '4'");
	expect("socket", S(socket, 250, 1, 0), "'@domain': 250, 'fd.num': -1");
	r = S(bind, s, &a, sizeof(a));
	port = port_of(s);
	expect("bind", r, "'@fd': %d, '@addr': '127.0.0.1:0', 'fd.sport': %d, 'fd.l4proto': 'tcp'",
	       s, port);
	expect("bind", S(bind, BAD, &a, sizeof(a)), "'@fd': 99, '@addr': '127.0.0.1:0'");
	expect("listen", S(listen, s, 5),
	       "'@backlog': 5, 'fd.typechar': '2', 'fd.name': '127.0.0.1:%d'", port);
	expect("listen", S(listen, BAD, 7), "'@fd': 99, '@backlog': 7");
	return s;
}

static void streams(int s)
{
	struct sockaddr_in a = loopback(port_of(s));
	int c = socket(AF_INET, SOCK_STREAM, 0), c2 = socket(AF_INET, SOCK_STREAM, 0);
	int port = port_of(s), mine, mine2;
	long r = S(connect, c, &a, sizeof(a));

	mine = port_of(c);
	expect("connect", r,
	       "'@addr': '127.0.0.1:%d', 'fd.name': '127.0.0.1:%d->127.0.0.1:%d', "
	       "'fd.cport': %d, 'fd.sport': %d, 'fd.is_server': false",
	       port, mine, port, mine, port);
	connect(c2, (struct sockaddr *)&a, sizeof(a));
	mine2 = port_of(c2);
	expect("accept", S(accept, s, NULL, NULL),
	       "'fd.name': '127.0.0.1:%d->127.0.0.1:%d', 'fd.is_server': true, '@queuelen': 1, "
	       "'@queuemax': 5, '@queuepct': 20",
	       mine, port);
	expect("accept4", S(accept4, s, NULL, NULL, SOCK_CLOEXEC),
	       "'fd.name': '127.0.0.1:%d->127.0.0.1:%d', 'fd.is_server': true, '@queuelen': 0, "
	       "'@flags': %d",
	       mine2, port, SOCK_CLOEXEC);
	expect("accept", S(accept, BAD, NULL, NULL), "'fd.num': -1");
	expect("accept4", S(accept4, BAD, NULL, NULL, 0), "'fd.num': -1");
	expect("sendto", S(sendto, c, "x", 1, 0, NULL, 0), "'@size': 1, 'fd.sport': %d", port);
	expect("shutdown", S(shutdown, c, SHUT_RDWR), "'@how': 2, 'fd.sport': %d", port);
	expect("shutdown", S(shutdown, BAD, SHUT_RD), "'@fd': 99, '@how': 0");
}

/* two messages in one call, to two addresses: two events */
static void several(int u, const struct mmsghdr *m)
{
	struct sockaddr_in other = loopback(13);
	struct mmsghdr two[2] = { *m, *m };
	long r;

	two[1].msg_hdr.msg_name = &other;
	two[1].msg_hdr.msg_iovlen = 0;
	r = S(sendmmsg, u, two, 2, 0);
	expect("sendmmsg", r, "'fd.sport': %d, '@size': 8",
	       ntohs(((const struct sockaddr_in *)m->msg_hdr.msg_name)->sin_port));
	expect("sendmmsg", r, "'fd.sport': 13, '@size': 0");
}

static void messages(void)
{
	struct sockaddr_in a = loopback(9), from;
	char buf[8];
	struct iovec v = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &a,
					  .msg_namelen = sizeof(a),
					  .msg_iov = &v,
					  .msg_iovlen = 1 } };
	socklen_t len = sizeof(from);
	int u = socket(AF_INET, SOCK_DGRAM, 0), in = socket(AF_INET, SOCK_DGRAM, 0), port, mine;

	expect("sendto", S(sendto, u, "x", 1, 0, &a, sizeof(a)),
	       "'fd.rport': 9, 'fd.rip': {'hex': '7f000001'}, 'fd.l4proto': 'udp'");
	a.sin_port = 0;
	bind(in, (struct sockaddr *)&a, sizeof(a));
	a.sin_port = htons((uint16_t)port_of(in));
	port = port_of(in);
	mine = port_of(u);
	expect("sendmsg", S(sendmsg, u, &m.msg_hdr, 0), "'fd.sport': %d, '@size': 8", port);
	expect("sendmmsg", S(sendmmsg, u, &m, 1, 0), "'fd.sport': %d, '@size': 8", port);
	several(u, &m);
	expect("sendto", S(sendto, u, "abc", 3, 0, &a, sizeof(a)), "'fd.sport': %d, '@size': 3",
	       port);
	m.msg_hdr.msg_name = &from;
	expect("recvmsg", S(recvmsg, in, &m.msg_hdr, 0),
	       "'fd.sport': %d, 'fd.cport': %d, '@size': 8", port, mine);
	expect("recvmmsg", S(recvmmsg, in, &m, 1, 0, NULL), "'fd.cport': %d, '@size': 8", mine);
	expect("recvfrom", S(recvfrom, in, buf, 8, 0, &from, &len),
	       "'@size': 8, 'fd.cport': %d, 'fd.is_server': true", mine);
	expect("recvfrom", S(recvfrom, u, buf, 7, MSG_DONTWAIT, NULL, NULL), "'@fd': %d", u);
	expect("recvmsg", S(recvmsg, u, &m.msg_hdr, MSG_DONTWAIT), "'@fd': %d", u);
	expect("recvmmsg", S(recvmmsg, u, &m, 1, MSG_DONTWAIT, NULL), "'@fd': %d", u);
	expect("sendto", S(sendto, BAD, "x", 1, 0, &a, sizeof(a)), "'@fd': 99, '@size': 1");
	expect("sendmsg", S(sendmsg, BAD, &m.msg_hdr, 0), "'@fd': 99");
	expect("sendmmsg", S(sendmmsg, BAD, &m, 1, 0), "'@fd': 99");
	a.sin_port = htons(9);
	expect("connect", S(connect, BAD, &a, sizeof(a)), "'@fd': 99, '@addr': '127.0.0.1:9'");
}

static void options(void)
{
	int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval tv = { .tv_sec = 2, .tv_usec = 5 };

	expect("setsockopt", S(setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)),
	       "'@fd': %d, '@level': 1, '@optname': 2, '@val': 1, '@optlen': 4, "
	       "'fd.l4proto': 'tcp'",
	       s);
	expect("setsockopt", S(setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)),
	       "'@optname': 20, '@val': 2000005000, '@optlen': 16");
	expect("setsockopt", S(setsockopt, s, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6),
	       "'@level': 2, '@optname': 0, '@val': {'hex': '6e6f73756368'}");
	expect("setsockopt", S(setsockopt, BAD, SOL_SOCKET, SO_ATTACH_BPF, &one, sizeof(one)),
	       "'@fd': 99, '@optname': 50, '@val': 1");
}

static void local(void)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				   .sin6_port = htons(1) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int p[2] = { -1, -1 }, s = socket(AF_UNIX, SOCK_STREAM, 0);
	long r;

	snprintf(un.sun_path, sizeof(un.sun_path), "%.80s/sock", dir);
	expect("bind", S(bind, s, &un, sizeof(un)), "'@addr': '$/sock', 'fd.typechar': 'u'");
	listen(s, 1);
	expect("connect", S(connect, socket(AF_UNIX, SOCK_STREAM, 0), &un, sizeof(un)),
	       "'@addr': '$/sock', 'fd.sockfamily': 'unix'");
	strcat(un.sun_path, "no");
	expect("connect", S(connect, socket(AF_UNIX, SOCK_DGRAM, 0), &un, sizeof(un)),
	       "'@addr': '$/sockno'");
	expect("connect", S(connect, socket(AF_INET6, SOCK_STREAM, 0), &a6, sizeof(a6)),
	       "'@addr': '::1:1', 'fd.typechar': '6'");
	r = S(socketpair, AF_UNIX, SOCK_STREAM, 0, p);
	expect("socketpair", r, "'@fd1': %d, '@fd2': %d, '@domain': 1, '@type': 1", p[0], p[1]);
	expect("socketpair", S(socketpair, AF_INET, SOCK_STREAM, 0, p), "'@domain': 2");
}

/* x32 callers have 64-bit numbers with one more bit, and 32-bit structures: whether the kernel
 * serves them or not, a call is not taken for another */
static void x32(void)
{
	struct sockaddr_in a = loopback(11);
	struct {
		uint32_t name, namelen, iov, iovlen, control, controllen, flags;
	} m = { .namelen = sizeof(a) };
	int u = socket(AF_INET, SOCK_DGRAM, 0);
	long low = (long)S(mmap, NULL, 4096, 3, 0x62, -1, 0);

	if (low < 0)
		return;
	memcpy((void *)low, &a, sizeof(a));
	m.name = (uint32_t)low;
	expect("socket", call(X32_BIT | SYS_socket, AF_UNIX, SOCK_DGRAM, 0),
	       "'@domain': 1, '@type': 2");
	expect("sendmsg", call(X32_BIT | X32_SENDMSG, u, &m, 0), "'fd.sport': 11, '@fd': %d", u);
}

int main(int argc, char **argv)
{
	int s;

	calls_begin(argc, argv);
	s = listener();
	streams(s);
	messages();
	options();
	local();
#ifdef __x86_64__
	x32();
#endif
	return fclose(out) ? 1 : 0;
}
