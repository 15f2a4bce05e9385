// SPDX-License-Identifier: BSD-2-Clause
/* What descriptors are called, and those that a file lists. */
#include <arpa/inet.h>
#include <stdio.h>

#include "cmd/secmon-capture/scap_fds.h"
#include "common/compat.h"

static const struct {
	char c;
	const char *name;
} types[SCAP_FD_TYPES] = {
	[SCAP_FD_UNKNOWN] = { 'o', NULL },
	[SCAP_FD_FILE] = { 'f', "file" },
	[SCAP_FD_FILE_V2] = { 'f', "file" },
	[SCAP_FD_DIR] = { 'd', "directory" },
	[SCAP_FD_IPV4] = { '4', "ipv4" },
	[SCAP_FD_IPV4_SERVER] = { '4', "ipv4" },
	[SCAP_FD_IPV6] = { '6', "ipv6" },
	[SCAP_FD_IPV6_SERVER] = { '6', "ipv6" },
	[SCAP_FD_FIFO] = { 'p', "pipe" },
	[SCAP_FD_UNIX] = { 'u', "unix" },
	[SCAP_FD_EVENT] = { 'e', "event" },
	[SCAP_FD_UNSUPPORTED] = { 'X', "unsupported" },
	[SCAP_FD_SIGNALFD] = { 's', "signalfd" },
	[SCAP_FD_EPOLL] = { 'l', "eventpoll" },
	[SCAP_FD_INOTIFY] = { 'i', "inotify" },
	[SCAP_FD_TIMERFD] = { 't', "timerfd" },
	[SCAP_FD_NETLINK] = { 'n', "netlink" },
	[SCAP_FD_BPF] = { 'b', "bpf" },
	[SCAP_FD_USERFAULTFD] = { 'u', "userfaultfd" },
	[SCAP_FD_IO_URING] = { 'r', "io_uring" },
	[SCAP_FD_MEMFD] = { 'm', "memfd" },
	[SCAP_FD_PIDFD] = { 'P', "pidfd" },
};

char fd_typechar(const struct scap_fd *fd)
{
	return types[fd->type].c;
}

const char *fd_type_name(unsigned int type)
{
	return types[type].name;
}

static size_t addr(char *b, const uint8_t *ip, bool v6)
{
	inet_ntop(v6 ? AF_INET6 : AF_INET, ip, b, INET6_ADDRSTRLEN);
	return strlen(b);
}

static size_t end_point(char *b, const struct scap_fd *fd, const uint8_t *ip, uint16_t port)
{
	size_t n = addr(b, ip, fd_is_v6(fd));

	if (fd->l4 != L4_ICMP && fd->l4 != L4_RAW)
		n += (size_t)sprintf(b + n, ":%u", port);
	return n;
}

size_t fd_tuple_text(const struct scap_fd *fd, char *b)
{
	size_t n;

	if (fd->type == SCAP_FD_UNIX) {
		size_t path = text_len(fd->name) < 1024 ? text_len(fd->name) : 1024;

		n = (size_t)sprintf(b, "%llx->%llx", (unsigned long long)fd->unix_src,
				    (unsigned long long)fd->unix_dst);
		if (path) {
			b[n++] = ' ';
			memcpy(b + n, text_s(fd->name), path);
		}
		return n + path;
	}
	n = end_point(b, fd, fd->sip, fd->sport);
	if (fd_is_listening(fd))
		return n;
	b[n++] = '-';
	b[n++] = '>';
	return n + end_point(b + n, fd, fd->dip, fd->dport);
}

bool fd_rename(struct scap_world *w, struct scap_fd *fd)
{
	char b[FD_NAME_MAX];
	size_t n = fd_tuple_text(fd, b);

	if (fd->name && fd->name->len == n && !memcmp(fd->name->s, b, n))
		return false;
	text_set(&w->heap, &fd->name, text_new(&w->heap, b, n));
	return true;
}

void fd_unmap(struct scap_fd *fd)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (fd->type != SCAP_FD_IPV6 || memcmp(fd->sip, mapped, sizeof(mapped)) ||
	    memcmp(fd->dip, mapped, sizeof(mapped)))
		return;
	memmove(fd->sip, fd->sip + 12, 4);
	memmove(fd->dip, fd->dip + 12, 4);
	fd->type = SCAP_FD_IPV4;
}

struct scap_fd *fd_from_list(struct scap_world *w, const struct scap_fd_rec *r)
{
	struct scap_fd *fd = fd_new(w, r->type);

	if (!fd)
		return NULL;
	fd->ino = r->ino;
	fd->open_flags = r->open_flags;
	fd->dev = r->dev;
	fd->flags = FD_F_FROM_LIST;
	fd->l4 = r->l4 <= L4_RAW ? r->l4 : L4_UNKNOWN;
	fd->unix_src = r->unix_src;
	fd->unix_dst = r->unix_dst;
	fd->sport = r->sport;
	fd->dport = r->dport;
	memcpy(fd->sip, r->sip, sizeof(fd->sip));
	memcpy(fd->dip, r->dip, sizeof(fd->dip));
	if (fd_is_ip(fd)) {
		fd_unmap(fd);
		if (fd_is_listening(fd))
			fd->flags |= FD_F_SERVER;
		else if (fd->l4 == L4_TCP)
			fd->flags |= FD_F_CONNECTED;
		fd_rename(w, fd);
	} else {
		fd->name = text_new(&w->heap, r->name.s, r->name.len);
	}
	return fd;
}
