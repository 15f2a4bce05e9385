// SPDX-License-Identifier: BSD-2-Clause
/* Parameters of events, and the texts that cannot be told from their values alone. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>

#include "cmd/secmon-capture/scap_container.h"
#include "cmd/secmon-capture/scap_emit.h"
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_net.h"
#include "cmd/secmon-capture/scap_path.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"
#include "common/events.h"

enum { AT_CWD = -100 };

/* "<4t>1.2.3.4:5->6.7.8.9:10" of another descriptor than the event's own. */
static void fd_text(struct scap_actor *a, struct wire *w, unsigned int arg, int64_t num)
{
	static const char l4[] = {
		[L4_TCP] = 't', [L4_UDP] = 'u', [L4_ICMP] = 'i', [L4_RAW] = 'r'
	};
	const struct scap_fd *fd = num >= 0 ? fds_get(a->fds, num) : NULL;
	char b[FD_NAME_MAX + 8], *p = b;
	size_t n;

	if (!fd || (a->has_fd && num == a->fd_num))
		return;
	*p++ = '<';
	*p++ = fd_typechar(fd);
	if (fd_is_ip(fd) && (fd_is_listening(fd) || fd->flags & (FD_F_CLIENT | FD_F_SERVER)) &&
	    fd->l4 >= L4_TCP)
		*p++ = l4[fd->l4];
	*p++ = '>';
	n = text_len(fd->name) < FD_NAME_MAX ? text_len(fd->name) : FD_NAME_MAX;
	memcpy(p, text_s(fd->name), n);
	wire_text(w, F_ARGTEXT(arg), b, (size_t)(p - b) + n);
}

static void pid_text(struct scap_actor *a, struct wire *w, unsigned int arg, int64_t pid)
{
	const struct scap_thread *t;

	if (a->t && (pid == a->t->tid || pid == a->t->pid))
		return;
	t = thread_find(a->w, pid);
	if (t && text_len(t->comm))
		wire_text(w, F_ARGTEXT(arg), t->comm->s, t->comm->len);
}

static void id_text(struct scap_actor *a, struct wire *w, unsigned int arg, bool group, uint32_t id)
{
	if (id != UINT32_MAX)
		wire_cstr(w, F_ARGTEXT(arg),
			  world_user_name(a->w, group, id, a->t ? container_of(a->w, a->t) : NULL));
}

static void path_text(struct scap_actor *a, struct wire *w, unsigned int arg, int64_t dirfd,
		      const char *s, size_t len)
{
	char b[PATH_TEXT_MAX];

	if (!a->t || !len || s[0] == '/' || (len == 4 && !memcmp(s, "<NA>", 4)))
		return;
	len = actor_path(a, dirfd, s, len, "/", b);
	wire_text(w, F_ARGTEXT(arg), b, len);
}

static void tuple_text(struct wire *w, unsigned int arg, const uint8_t *p, size_t len)
{
	struct scap_fd fd = { 0 };
	char b[FD_NAME_MAX + 1024];
	size_t n, path;

	if (!net_parse_tuple(p, len, &fd))
		return;
	n = fd_tuple_text(&fd, b);
	if (fd.type == SCAP_FD_UNIX && len > 17) {
		path = strnlen((const char *)p + 17, len - 17);
		if (path > 1024)
			path = 1024;
		if (path)
			b[n++] = ' ';
		memcpy(b + n, p + 17, path);
		n += path;
	}
	wire_text(w, F_ARG(arg), b, n);
}

static void addr_text(struct wire *w, unsigned int arg, const uint8_t *p, size_t len)
{
	const char *path = (const char *)p + 1;
	struct scap_fd fd = { 0 };
	char b[FD_NAME_MAX];

	if (p[0] == 1)
		wire_text(w, F_ARG(arg), path, strnlen(path, len - 1));
	else if (net_parse_addr(p, len, &fd))
		wire_text(w, F_ARG(arg), b, fd_tuple_text(&fd, b));
}

static size_t fdlist_item(unsigned int field, int64_t num, const struct scap_fd *fd, char *b)
{
	size_t n;
	int af;

	if (field == F_FDLIST_NUMS)
		return (size_t)sprintf(b, "%lld", (long long)num);
	if (!fd)
		return (size_t)sprintf(b, "<NA>");
	af = fd_is_v6(fd) ? AF_INET6 : AF_INET;
	n = text_len(fd->name) < FD_NAME_MAX ? text_len(fd->name) : FD_NAME_MAX;
	if (field == F_FDLIST_NAMES) {
		memcpy(b, text_s(fd->name), n);
		return n;
	}
	if (!fd_is_ip(fd))
		return (size_t)sprintf(b, "<NA>");
	switch (field) {
	case F_FDLIST_CPORTS:
		return (size_t)sprintf(b, "%u", fd->sport);
	case F_FDLIST_SPORTS:
		return (size_t)sprintf(b, "%d", fd_is_listening(fd) ? fd->sport : fd->dport);
	case F_FDLIST_CIPS:
		inet_ntop(af, fd->sip, b, INET6_ADDRSTRLEN);
		break;
	default:
		inet_ntop(af, fd_is_listening(fd) ? fd->sip : fd->dip, b, INET6_ADDRSTRLEN);
	}
	return strlen(b);
}

/* fdlist.*: of each descriptor in a poll what it stands for, with commas between. */
static void put_fdlist(struct scap_actor *a, struct wire *w, const uint8_t *p, size_t len)
{
	static const uint16_t fields[] = { F_FDLIST_NUMS, F_FDLIST_NAMES,  F_FDLIST_CIPS,
					   F_FDLIST_SIPS, F_FDLIST_CPORTS, F_FDLIST_SPORTS };
	uint16_t count = 0;
	char b[8192];

	memcpy(&count, p, 2);
	for (size_t f = 0; f < nitems(fields); f++) {
		size_t n = 0;

		for (size_t i = 0; i < count && 2 + (i + 1) * 10 <= len; i++) {
			const struct scap_fd *fd;
			int64_t num;

			memcpy(&num, p + 2 + i * 10, 8);
			fd = fds_get(a->fds, num);
			if (n + FD_NAME_MAX + 2 > sizeof(b) ||
			    (!fd && fields[f] != F_FDLIST_NUMS && fields[f] != F_FDLIST_NAMES))
				continue;
			if (n)
				b[n++] = ',';
			n += fdlist_item(fields[f], num, fd, b + n);
		}
		if (n)
			wire_text(w, fields[f], b, n);
	}
}

/* "3:f1 7:u4": descriptor, type, events. */
static void fdlist_text(struct scap_actor *a, struct wire *w, unsigned int arg, const uint8_t *p,
			size_t len)
{
	char b[4096];
	uint16_t count = 0, flags;
	size_t n = 0;

	if (len < 2)
		return;
	memcpy(&count, p, 2);
	for (size_t i = 0; i < count && 2 + (i + 1) * 10 <= len && n + 64 < sizeof(b); i++) {
		const struct scap_fd *fd;
		int64_t num;

		memcpy(&num, p + 2 + i * 10, 8);
		memcpy(&flags, p + 10 + i * 10, 2);
		fd = fds_get(a->fds, num);
		n += (size_t)snprintf(b + n, sizeof(b) - n, "%s%lld:%c%x", i ? " " : "",
				      (long long)num, fd ? fd_typechar(fd) : '?', flags);
	}
	wire_text(w, F_ARG(arg), b, n);
	put_fdlist(a, w, p, len);
}

static void sigset_text(struct wire *w, unsigned int arg, uint32_t set)
{
	char b[1024], *p = b;

	for (int i = 0; i < 32; i++) {
		const char *s = set >> i & 1 ? sigabbrev_np(i + 1) : NULL;

		if (s)
			p += sprintf(p, "%sSIG%s", p == b ? "" : " ", s);
	}
	if (p != b)
		wire_text(w, F_ARGTEXT(arg), b, (size_t)(p - b));
}

/* A value whose first byte says what it is, differently for each event. */
static void dyn_text(struct scap_actor *a, struct wire *w, unsigned int arg, const uint8_t *p,
		     size_t len)
{
	uint64_t v = 0;
	char b[64];
	int n;

	if (len < 2 || len > 9)
		return;
	memcpy(&v, p + 1, len - 1);
	if (a->e->code == SCAP_PTRACE_X && p[0] == 0)
		n = snprintf(b, sizeof(b), "%llX", (unsigned long long)v);
	else
		n = snprintf(b, sizeof(b), "%llu", (unsigned long long)v);
	wire_text(w, F_ARGTEXT(arg), b, (size_t)n);
}

static void put_number(struct scap_actor *a, struct wire *w, const struct param *p, unsigned int i)
{
	uint64_t u = ev_u64(a->e, i);
	int64_t v = ev_i64(a->e, i);

	if (a->e->len[i] > 8)
		return;
	if (type_is_signed(p->type))
		wire_int(w, F_ARG(p->arg), v);
	else
		wire_uint(w, F_ARG(p->arg), u);
	switch (p->type) {
	case TYPE_FD:
	case TYPE_FD32:
		fd_text(a, w, p->arg, v);
		break;
	case TYPE_PID:
	case TYPE_PID32:
		pid_text(a, w, p->arg, v);
		break;
	case TYPE_UID:
		id_text(a, w, p->arg, false, (uint32_t)u);
		break;
	case TYPE_GID:
		id_text(a, w, p->arg, true, (uint32_t)u);
		break;
	case TYPE_SYSCALLID:
		if (!u || scap_syscall((unsigned int)u))
			wire_cstr(w, F_ARGTEXT(p->arg),
				  u ? scap_syscall((unsigned int)u) : "unknown");
		break;
	}
}

/*
 * An empty bin says that a parameter is empty, an empty array that the event is of a
 * time when it had none such: readers must not take it from elsewhere then, see
 * arg_raw() in match.
 */
static void put_param(struct scap_actor *a, struct wire *w, const struct param *p, unsigned int i)
{
	const struct scap_event *e = a->e;
	const char *s;
	size_t len;

	if (i >= e->n) {
		wire_array(w, F_ARG(p->arg), 0);
		return;
	}
	if (!ev_has(e, i)) {
		wire_bin(w, F_ARG(p->arg), "", 0);
		return;
	}
	switch (p->type) {
	case TYPE_CHARBUF:
	case TYPE_FSPATH:
	case TYPE_FSRELPATH:
		ev_text(e, i, &s, &len);
		wire_text(w, F_ARG(p->arg), s, len);
		if (p->type == TYPE_FSPATH)
			path_text(a, w, p->arg, AT_CWD, s, len);
		if (p->type == TYPE_FSRELPATH)
			path_text(a, w, p->arg, i ? ev_i64(e, i - 1) : AT_CWD, s, len);
		break;
	case TYPE_SOCKTUPLE:
		tuple_text(w, p->arg, e->p[i], e->len[i]);
		break;
	case TYPE_SOCKADDR:
		addr_text(w, p->arg, e->p[i], e->len[i]);
		break;
	case TYPE_FDLIST:
		fdlist_text(a, w, p->arg, e->p[i], e->len[i]);
		break;
	case TYPE_SIGSET:
		sigset_text(w, p->arg, (uint32_t)ev_u64(e, i));
		break;
	case TYPE_DYN:
		dyn_text(a, w, p->arg, e->p[i], e->len[i]);
		break;
	case TYPE_BYTEBUF:
	case TYPE_CHARBUFARRAY:
	case TYPE_CHARBUF_PAIR_ARRAY:
	case TYPE_IPV6ADDR:
		wire_bin(w, F_ARG(p->arg), e->p[i], e->len[i]);
		break;
	default:
		put_number(a, w, p, i);
	}
}

/* What another field of the event says already. */
static bool is_told(struct scap_actor *a, const struct param *p, unsigned int i)
{
	if (!ev_has(a->e, i))
		return false;
	if (i == 0 && a->has_res && (p->arg == A_RES || p->arg == A_FD) && p->type != TYPE_PID)
		return (p->arg == A_RES && p->type != TYPE_FD) || a->fd_num == a->res;
	return p->arg == A_FD && a->has_fd && ev_i64(a->e, i) == a->fd_num;
}

void emit_args(struct scap_actor *a, struct wire *w)
{
	const struct event_type *type = event_by_id(a->info->event);
	bool io = a->info->flags & (SCAP_F_READS | SCAP_F_WRITES);

	if (!type)
		return;
	for (unsigned int i = 0; i < type->nparams; i++) {
		const struct param *p = &type->params[i];

		if (is_told(a, p, i))
			continue;
		if (io && p->arg == A_DATA && ev_has(a->e, i))
			wire_bin(w, F_EVT_BUFFER, a->e->p[i], a->e->len[i]);
		else
			put_param(a, w, p, i);
	}
}
