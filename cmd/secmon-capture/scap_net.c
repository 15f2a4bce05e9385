// SPDX-License-Identifier: BSD-2-Clause
/* Sockets: what they are, who is at their ends, and which end is the client's. */
#include "cmd/secmon-capture/scap_net.h"

#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_proc.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"

enum { FAM_UNIX = 1, FAM_INET = 2, FAM_INET6 = 10, FAM_NETLINK = 16 };
enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_RAW = 255 };
enum { TYPE_MASK = 0xff, S_STREAM = 1, S_DGRAM = 2, S_RAW = 3, S_CLOEXEC = 0x80000 };
enum { ERR_INPROGRESS = -115 };

/* Where the tuple of an event is, and which way its data goes. */
static const struct {
	uint16_t code;
	uint8_t tuple;
	bool incoming;
} transfers[] = {
	{ SCAP_SENDTO_X, 4, false },   { SCAP_SEND_X, 4, false },    { SCAP_SENDMSG_X, 4, false },
	{ SCAP_SENDMMSG_X, 4, false }, { SCAP_RECVFROM_X, 2, true }, { SCAP_RECV_X, 4, true },
	{ SCAP_RECVMSG_X, 3, true },   { SCAP_RECVMMSG_X, 4, true },
};

bool net_parse_tuple(const uint8_t *p, size_t len, struct scap_fd *fd)
{
	if (!len)
		return false;
	switch (p[0]) {
	case FAM_INET:
		if (len < 13)
			return false;
		fd->type = SCAP_FD_IPV4;
		memcpy(fd->sip, p + 1, 4);
		memcpy(&fd->sport, p + 5, 2);
		memcpy(fd->dip, p + 7, 4);
		memcpy(&fd->dport, p + 11, 2);
		return true;
	case FAM_INET6:
		if (len < 37)
			return false;
		fd->type = SCAP_FD_IPV6;
		memcpy(fd->sip, p + 1, 16);
		memcpy(&fd->sport, p + 17, 2);
		memcpy(fd->dip, p + 19, 16);
		memcpy(&fd->dport, p + 35, 2);
		fd_unmap(fd);
		return true;
	case FAM_UNIX:
		if (len < 17)
			return false;
		fd->type = SCAP_FD_UNIX;
		memcpy(&fd->unix_src, p + 1, 8);
		memcpy(&fd->unix_dst, p + 9, 8);
		return true;
	}
	return false;
}

bool net_parse_addr(const uint8_t *p, size_t len, struct scap_fd *fd)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (len >= 7 && p[0] == FAM_INET) {
		fd->type = SCAP_FD_IPV4_SERVER;
		memcpy(fd->sip, p + 1, 4);
		memcpy(&fd->sport, p + 5, 2);
		return true;
	}
	if (len >= 19 && p[0] == FAM_INET6) {
		bool is_mapped = !memcmp(p + 1, mapped, sizeof(mapped));

		fd->type = is_mapped ? SCAP_FD_IPV4_SERVER : SCAP_FD_IPV6_SERVER;
		memset(fd->sip, 0, sizeof(fd->sip));
		memcpy(fd->sip, p + (is_mapped ? 13 : 1), is_mapped ? 4 : 16);
		memcpy(&fd->sport, p + 17, 2);
		return true;
	}
	return false;
}

static unsigned int l4_of(uint64_t type, uint64_t proto)
{
	bool raw = (type & TYPE_MASK) == S_RAW;

	switch (proto) {
	case PROTO_TCP:
		return raw ? L4_RAW : L4_TCP;
	case PROTO_UDP:
		return raw ? L4_RAW : L4_UDP;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		return raw ? L4_RAW : L4_ICMP;
	case PROTO_RAW:
		return L4_RAW;
	case 0:
		if ((type & TYPE_MASK) == S_STREAM)
			return L4_TCP;
		if ((type & TYPE_MASK) == S_DGRAM)
			return L4_UDP;
	}
	return L4_UNKNOWN;
}

static struct scap_fd *socket_new(struct scap_actor *a, uint64_t domain, uint64_t type,
				  uint64_t proto)
{
	unsigned int t = domain == FAM_UNIX	 ? SCAP_FD_UNIX
			 : domain == FAM_INET	 ? SCAP_FD_IPV4
			 : domain == FAM_INET6	 ? SCAP_FD_IPV6
			 : domain == FAM_NETLINK ? SCAP_FD_NETLINK
						 : SCAP_FD_UNKNOWN;
	struct scap_fd *fd = fd_new(a->w, t);

	if (!fd)
		return NULL;
	if (fd_is_ip(fd))
		fd->l4 = (uint8_t)l4_of(type, proto);
	if (type & S_CLOEXEC)
		fd->flags |= FD_F_CLOEXEC;
	return fd;
}

static void on_socket(struct scap_actor *a)
{
	const struct scap_event *e = a->e;

	if (a->has_res && !a->failed)
		actor_fd(a, a->res, socket_new(a, ev_u64(e, 1), ev_u64(e, 2), ev_u64(e, 3)));
}

static void on_socketpair(struct scap_actor *a)
{
	const struct scap_event *e = a->e;

	if (a->failed)
		return;
	for (unsigned int i = 1; i <= 2; i++) {
		struct scap_fd *fd = socket_new(a, FAM_UNIX, ev_u64(e, 6), 0);

		if (!fd)
			return;
		fd->unix_src = ev_u64(e, 3);
		fd->unix_dst = ev_u64(e, 4);
		actor_fd(a, ev_i64(e, i), fd);
	}
}

/* An address 0.0.0.0 at our own end is that of the only interface there is, if so. */
static void complete(const struct scap_world *w, struct scap_fd *fd)
{
	static const uint8_t zero[16];
	bool v6 = fd->type == SCAP_FD_IPV6;
	size_t len = v6 ? 16 : 4, first = w->naddrs, n = 0;
	static const uint8_t loop4[4] = { 127, 0, 0, 1 };
	static const uint8_t loop6[16] = { [15] = 1 };

	if (fd->type != SCAP_FD_IPV4 && !v6)
		return;
	if (memcmp(fd->sip, zero, len) || !memcmp(fd->dip, zero, len))
		return;
	if (world_is_local(w, fd->dip, v6) || !memcmp(fd->dip, v6 ? loop6 : loop4, len)) {
		memcpy(fd->sip, fd->dip, len);
		return;
	}
	for (size_t i = 0; i < w->naddrs; i++) {
		if (w->addrs[i].v6 != v6 || !memcmp(w->addrs[i].addr, v6 ? loop6 : loop4, len))
			continue;
		if (!n++)
			first = i;
	}
	if (n)
		memcpy(fd->sip, w->addrs[first].addr, len);
}

static void set_type(struct scap_actor *a, struct scap_fd *fd, unsigned int was)
{
	unsigned int now = fd->type;

	if (now == was)
		return;
	fd->type = (uint8_t)was;
	fd_set_type(a->fds, fd, now);
}

static void named(struct scap_actor *a, struct scap_fd *fd, bool changed)
{
	a->name_changed = changed;
	if (changed)
		actor_touch_fd(a, a->fd_num);
}

/* The path of a Unix tuple stands behind its two addresses. */
static bool unix_name(struct scap_actor *a, struct scap_fd *fd, unsigned int param)
{
	const char *s = (const char *)a->e->p[param] + 17;
	size_t len = a->e->len[param] > 17 ? strnlen(s, a->e->len[param] - 17) : 0;

	text_set(&a->w->heap, &fd->name, text_new(&a->w->heap, s, len));
	return fd_rename(a->w, fd);
}

static void on_connect(struct scap_actor *a)
{
	struct scap_fd *fd;
	unsigned int was;
	bool changed;

	if (!a->fd || (a->failed && a->res != ERR_INPROGRESS) || !ev_has(a->e, 1))
		return;
	fd = fds_own(a->w, a->fds, a->fd_num);
	if (!fd)
		return;
	a->fd = fd;
	was = fd->type;
	if (!net_parse_tuple(a->e->p[1], a->e->len[1], fd))
		return;
	set_type(a, fd, was);
	if (fd->type == SCAP_FD_UNIX)
		changed = unix_name(a, fd, 1);
	else
		changed = fd_rename(a->w, fd);
	fd->flags = (uint16_t)((fd->flags & ~FD_F_SERVER) | FD_F_CLIENT | FD_F_CONNECTED);
	named(a, fd, changed);
}

static void on_accept(struct scap_actor *a)
{
	struct scap_fd *fd;

	if (!a->has_res || a->failed || !ev_has(a->e, 1))
		return;
	fd = fd_new(a->w, SCAP_FD_UNKNOWN);
	if (!fd)
		return;
	if (!net_parse_tuple(a->e->p[1], a->e->len[1], fd)) {
		fd_unref(a->w, fd);
		return;
	}
	fd->l4 = L4_TCP;
	fd->flags = FD_F_SERVER | FD_F_CONNECTED;
	if (fd->type == SCAP_FD_UNIX)
		unix_name(a, fd, 1);
	else
		fd_rename(a->w, fd);
	actor_fd(a, a->res, fd);
}

static void on_bind(struct scap_actor *a)
{
	struct scap_fd *fd, addr = { 0 };
	unsigned int was;

	if (a->failed || !a->fd || !ev_has(a->e, 1) || !(fd = fds_own(a->w, a->fds, a->fd_num)))
		return;
	a->fd = fd;
	was = fd->type;
	if (a->e->p[1][0] == FAM_UNIX) {
		const char *s = (const char *)a->e->p[1] + 1;

		text_set(&a->w->heap, &fd->name,
			 text_new(&a->w->heap, s, strnlen(s, a->e->len[1] - 1)));
		return;
	}
	if (!net_parse_addr(a->e->p[1], a->e->len[1], &addr))
		return;
	if (addr.sport) {
		memcpy(fd->sip, addr.sip, sizeof(fd->sip));
		fd->sport = addr.sport;
		fd->type = addr.type;
		set_type(a, fd, was);
		fd->flags = (uint16_t)((fd->flags & ~FD_F_CLIENT) | FD_F_SERVER);
		fd_rename(a->w, fd);
	} else {
		char b[FD_NAME_MAX];
		size_t n = fd_tuple_text(&addr, b);

		text_set(&a->w->heap, &fd->name, text_new(&a->w->heap, b, n));
	}
	actor_touch_fd(a, a->fd_num);
}

/* Whether some descriptor of the process has that port at its far (near) end. */
static bool port_in_use(const struct scap_fdtable *t, uint16_t port, bool far)
{
	for (uint32_t i = 0; i < t->size; i++) {
		const struct scap_fd *fd = t->slot[i].fd;

		if (!fd)
			continue;
		if (fd->type == SCAP_FD_IPV4 && (far ? fd->dport : fd->sport) == port)
			return true;
		if (far && fd->type == SCAP_FD_IPV4_SERVER && fd->sport == port)
			return true;
	}
	return false;
}

/* Nobody connected: who is the server must be guessed. */
static void guess(struct scap_actor *a, struct scap_fd *fd, bool incoming)
{
	bool client;

	if (!port_in_use(a->fds, fd->dport, true))
		client = true;
	else if (!port_in_use(a->fds, fd->sport, false))
		client = false;
	else
		client = !incoming;
	fd->flags |= client ? FD_F_CLIENT : FD_F_SERVER;
}

static void swap_ends(struct scap_fd *fd)
{
	uint8_t ip[16];
	uint16_t port = fd->sport;

	memcpy(ip, fd->sip, sizeof(ip));
	memcpy(fd->sip, fd->dip, sizeof(ip));
	memcpy(fd->dip, ip, sizeof(ip));
	fd->sport = fd->dport;
	fd->dport = port;
}

/* The event's own tuple is what the socket is at now. */
static void retarget(struct scap_actor *a, unsigned int param, bool incoming)
{
	struct scap_fd *fd, now = { 0 };
	unsigned int was;

	if (!ev_has(a->e, param) || !net_parse_tuple(a->e->p[param], a->e->len[param], &now))
		return;
	fd = fds_own(a->w, a->fds, a->fd_num);
	if (!fd)
		return;
	a->fd = fd;
	was = fd->type;
	if (now.type == SCAP_FD_UNIX) {
		fd->unix_src = now.unix_src;
		fd->unix_dst = now.unix_dst;
		fd->type = SCAP_FD_UNIX;
		set_type(a, fd, was);
		named(a, fd, unix_name(a, fd, param));
		return;
	}
	if (fd->type == now.type && fd->sport == now.sport && fd->dport == now.dport &&
	    !memcmp(fd->sip, now.sip, 16) && !memcmp(fd->dip, now.dip, 16))
		return;
	memcpy(fd->sip, now.sip, sizeof(fd->sip));
	memcpy(fd->dip, now.dip, sizeof(fd->dip));
	fd->sport = now.sport;
	fd->dport = now.dport;
	fd->type = now.type;
	set_type(a, fd, was);
	if (fd->l4 == L4_UNKNOWN)
		fd->l4 = L4_UDP;
	complete(a->w, fd);
	if (!(fd->flags & (FD_F_CLIENT | FD_F_SERVER)))
		guess(a, fd, incoming);
	if (fd->flags & (incoming ? FD_F_CLIENT : FD_F_SERVER))
		swap_ends(fd);
	named(a, fd, fd_rename(a->w, fd));
}

static void on_transfer(struct scap_actor *a, unsigned int param, bool incoming)
{
	if (a->failed)
		return;
	if (!a->fd && !incoming && a->fds && ev_has(a->e, param) && a->fd_num >= 0) {
		struct scap_fd now = { 0 };

		if (!net_parse_tuple(a->e->p[param], a->e->len[param], &now) ||
		    now.type == SCAP_FD_UNIX)
			return;
		actor_fd(a, a->fd_num, fd_new(a->w, now.type));
		if (a->fd)
			a->fd->l4 = L4_UDP;
	}
	if (!a->fd || !fd_is_ip(a->fd) || (a->fd->l4 == L4_TCP && text_len(a->fd->name)))
		return;
	retarget(a, param, incoming);
}

bool apply_net(struct scap_actor *a)
{
	bool io = a->info->flags & (SCAP_F_READS | SCAP_F_WRITES);
	struct scap_fd *fd;

	switch (a->e->code) {
	case SCAP_SOCKET_X:
		on_socket(a);
		return true;
	case SCAP_SOCKETPAIR_X:
		on_socketpair(a);
		return true;
	case SCAP_CONNECT_X:
		on_connect(a);
		return true;
	case SCAP_ACCEPT_5_X:
	case SCAP_ACCEPT4_6_X:
		on_accept(a);
		return true;
	case SCAP_BIND_X:
		on_bind(a);
		return true;
	}
	for (size_t i = 0; i < nitems(transfers); i++)
		if (transfers[i].code == a->e->code)
			on_transfer(a, transfers[i].tuple, transfers[i].incoming);
	if (io && !a->failed && a->fd && fd_is_ip(a->fd) && !(a->fd->flags & FD_F_CONNECTED) &&
	    (fd = fds_own(a->w, a->fds, a->fd_num))) {
		fd->flags |= FD_F_CONNECTED;
		a->fd = fd;
	}
	return io;
}

void net_settle_list(struct scap_world *w)
{
	static uint8_t listening[65536 / 8];

	memset(listening, 0, sizeof(listening));
	for (size_t b = 0; b < TID_BUCKETS; b++)
		for (struct scap_thread *t = w->tids[b]; t; t = t->by_tid)
			for (uint32_t i = 0; i < t->fds.size; i++)
				if (t->fds.slot[i].fd && fd_is_listening(t->fds.slot[i].fd)) {
					uint16_t port = t->fds.slot[i].fd->sport;

					listening[port / 8] |= (uint8_t)(1 << port % 8);
				}
	for (size_t b = 0; b < TID_BUCKETS; b++)
		for (struct scap_thread *t = w->tids[b]; t; t = t->by_tid)
			for (uint32_t i = 0; i < t->fds.size; i++) {
				struct scap_fd *fd = t->fds.slot[i].fd;

				if (!fd || fd->type != SCAP_FD_IPV4 ||
				    !(fd->flags & FD_F_FROM_LIST))
					continue;
				fd->flags &= (uint16_t)~FD_F_FROM_LIST;
				complete(w, fd);
				if (listening[fd->sport / 8] & 1 << fd->sport % 8) {
					swap_ends(fd);
					fd->flags |= FD_F_SERVER;
				} else {
					fd->flags |= FD_F_CLIENT;
				}
				fd_rename(w, fd);
			}
}
