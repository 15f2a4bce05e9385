// SPDX-License-Identifier: BSD-2-Clause
/* Writing events: head, descriptor, parameters, process. */
#include "cmd/secmon-capture/scap_emit.h"

#include <errno.h>

#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_net.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"
#include "common/events.h"

static const char *const l4_names[] = {
	[L4_UNKNOWN] = "<unknown>", [L4_NA] = "<NA>",	[L4_TCP] = "tcp",
	[L4_UDP] = "udp",	    [L4_ICMP] = "icmp", [L4_RAW] = "raw",
};

static bool has_role(const struct scap_fd *fd)
{
	return fd->flags & (FD_F_CLIENT | FD_F_SERVER);
}

/* Which end is whose. A listening socket has only one. */
static void put_ends(struct scap_actor *a, struct wire *w, const struct scap_fd *fd)
{
	static const uint8_t zero[16];
	bool v6 = fd_is_v6(fd), local;
	size_t len = v6 ? 16 : 4;

	if (fd_is_listening(fd)) {
		wire_bin(w, F_FD_SIP, fd->sip, len);
		wire_uint(w, F_FD_SPORT, fd->sport);
		wire_bin(w, F_FD_LIP, fd->sip, len);
		wire_uint(w, F_FD_LPORT, fd->sport);
		wire_bool(w, F_FD_IS_SERVER, true);
		return;
	}
	if (!has_role(fd)) { /* the unspecified address of IPv6 counts as this machine's */
		wire_bool(w, F_FD_IS_SERVER,
			  v6 && !memcmp(fd->dip, zero, sizeof(zero)) && world_has_v6(a->w));
		return;
	}
	wire_bin(w, F_FD_CIP, fd->sip, len);
	wire_uint(w, F_FD_CPORT, fd->sport);
	wire_bin(w, F_FD_SIP, fd->dip, len);
	wire_uint(w, F_FD_SPORT, fd->dport);
	local = world_is_local(a->w, fd->sip, v6);
	wire_bin(w, F_FD_LIP, local ? fd->sip : fd->dip, len);
	wire_uint(w, F_FD_LPORT, local ? fd->sport : fd->dport);
	wire_bin(w, F_FD_RIP, local ? fd->dip : fd->sip, len);
	wire_uint(w, F_FD_RPORT, local ? fd->dport : fd->sport);
	wire_bool(w, F_FD_IS_SERVER, world_is_local(a->w, fd->dip, v6));
}

static void put_types(struct scap_actor *a, struct wire *w)
{
	size_t n = 0;

	if (!a->fds)
		return;
	for (unsigned int i = 0; i < a->fds->nrecent; i++)
		n += fd_type_name(a->fds->recent[i]) != NULL;
	wire_array(w, F_FD_TYPES, n);
	for (unsigned int i = 0; i < a->fds->nrecent; i++) {
		const char *s = fd_type_name(a->fds->recent[i]);

		if (s)
			wire_item_text(w, s, strlen(s));
	}
}

static void put_known_fd(struct scap_actor *a, struct wire *w, const struct scap_fd *fd)
{
	char c = fd_typechar(fd);

	wire_text(w, F_FD_TYPECHAR, &c, 1);
	if (fd->type == SCAP_FD_USERFAULTFD) /* its letter is that of Unix sockets */
		wire_cstr(w, F_FD_TYPE, fd_type_name(fd->type));
	wire_text(w, F_FD_NAME, text_s(fd->name), text_len(fd->name));
	wire_text(w, F_FD_NAMERAW, text_s(fd->nameraw), text_len(fd->nameraw));
	wire_uint(w, F_FD_INO, fd->ino);
	wire_uint(w, F_FD_DEV, fd->dev);
	if (fd->dev) { /* as files code it; ours would be another number */
		wire_uint(w, F_FD_DEV_MAJOR, (fd->dev & 0xfff00) >> 8);
		wire_uint(w, F_FD_DEV_MINOR, (fd->dev & 0xff) | (fd->dev >> 12 & 0xfff00));
	}
	wire_bool(w, F_FD_IS_UPPER_LAYER, fd->flags & FD_F_UPPER);
	wire_bool(w, F_FD_IS_LOWER_LAYER, fd->flags & FD_F_LOWER);
	wire_bool(w, F_FD_CONNECTED, fd->flags & FD_F_CONNECTED);
	wire_bool(w, F_FD_NAME_CHANGED, a->name_changed);
	if (fd_is_ip(fd)) {
		wire_cstr(w, F_FD_SOCKFAMILY, "ip");
		put_ends(a, w, fd);
		if (fd_is_listening(fd) || has_role(fd))
			wire_cstr(w, F_FD_L4PROTO, l4_names[fd->l4]);
	} else {
		if (fd->type == SCAP_FD_UNIX)
			wire_cstr(w, F_FD_SOCKFAMILY, "unix");
		wire_bool(w, F_FD_IS_SERVER, false);
	}
}

/* A socket that nobody saw being made, but it says where it connects to. */
static bool put_connected(struct scap_actor *a, struct wire *w)
{
	struct scap_fd fd = { 0 };
	char b[FD_NAME_MAX];
	size_t n;

	if (a->e->code != SCAP_CONNECT_X || !ev_has(a->e, 1) ||
	    !net_parse_tuple(a->e->p[1], a->e->len[1], &fd) || !fd_is_ip(&fd))
		return false;
	n = fd_tuple_text(&fd, b);
	wire_text(w, F_FD_NAME, b, n);
	wire_text(w, F_FD_NAMERAW, b, n);
	return true;
}

/* An open that failed has no descriptor, but it was about a path. */
static void put_unknown_fd(struct scap_actor *a, struct wire *w)
{
	struct scap_asked q;
	bool named = a->failed && files_asked(a, &q);

	wire_cstr(w, F_FD_TYPECHAR, "o");
	if (put_connected(a, w))
		return;
	wire_text(w, F_FD_NAME, q.path, named ? q.path_len : 0);
	wire_text(w, F_FD_NAMERAW, q.raw, named ? q.raw_len : 0);
	if (named && a->res != -1) {
		wire_text(w, F_FS_PATH_NAME, q.path, q.path_len);
		wire_text(w, F_FS_PATH_NAMERAW, q.raw, q.raw_len);
	}
}

static void put_fd(struct scap_actor *a, struct wire *w)
{
	wire_int(w, F_FD_NUM, a->fd_num);
	put_types(a, w);
	if (a->fd)
		put_known_fd(a, w, a->fd);
	else
		put_unknown_fd(a, w);
}

static void put_cpu(const struct scap_actor *a, struct wire *w)
{
	wire_double(w, F_THREAD_CPU, a->cpu);
	wire_double(w, F_THREAD_CPU_USER, a->cpu_user);
	wire_double(w, F_THREAD_CPU_SYSTEM, a->cpu_system);
}

/* What the event says of the call itself. */
static void put_call(struct scap_actor *a, struct wire *w)
{
	wire_int(w, F_THREAD_TID, a->e->tid);
	if (a->has_res)
		wire_int(w, F_EVT_RAWRES, a->res);
	if (a->twin)
		wire_bool(w, F_EVT_TWIN, true);
	if (a->has_fd)
		put_fd(a, w);
	if (a->has_cpu)
		put_cpu(a, w);
}

static void put_head(const struct scap_event *e, uint64_t num, uint64_t since, struct wire *w)
{
	wire_uint(w, F_EVT_NUM, num);
	wire_uint(w, F_EVT_RAWTIME, e->ts);
	wire_uint(w, F_EVT_CPU, e->cpu);
	if (since)
		wire_uint(w, F_EVT_RECORDED_SINCE, since);
}

/* Events that are about the process itself bring its environment. */
static bool is_life(unsigned int code)
{
	switch (code) {
	case SCAP_CLONE_20_X:
	case SCAP_FORK_20_X:
	case SCAP_VFORK_20_X:
	case SCAP_CLONE3_X:
	case SCAP_EXECVE_19_X:
	case SCAP_EXECVEAT_X:
		return true;
	}
	return false;
}

int emit_event(struct scap_blobs *b, struct scap_actor *a, uint64_t num, uint64_t since,
	       enum emit_what what, struct outq *out)
{
	struct wire w;

	if (wire_event(&w, out, KIND_EVENT, a->info->event) == -1)
		return -1;
	put_head(a->e, num, since, &w);
	put_call(a, &w);
	if (a->t && is_life(a->e->code) && a->has_res && a->res > 0 && thread_find(a->w, a->res))
		wire_int(&w, F_PROC_CHILD_PID, a->res);
	emit_args(a, &w);
	if (a->t)
		emit_paths(a, &w);
	if (a->t && what == EMIT_ALL)
		blob_write(b, a->t, is_life(a->e->code), &w);
	if (w.full) { /* without parameters and environment, rather than not at all */
		wire_abandon(&w);
		if (wire_event(&w, out, KIND_EVENT, a->info->event) == -1)
			return -1;
		put_head(a->e, num, since, &w);
		wire_array(&w, F_EVT_TRUNCATED, 1);
		wire_item_text(&w, "evt.args:0", 10);
		put_call(a, &w);
		if (a->t)
			blob_write(b, a->t, false, &w);
	}
	return wire_end(&w);
}

int emit_snapshot(struct scap_blobs *b, struct scap_thread *t, uint64_t ts, struct outq *out)
{
	struct wire w;

	if (wire_event(&w, out, KIND_EVENT, EV_SNAPSHOT) == -1)
		return -1;
	wire_uint(&w, F_EVT_RAWTIME, ts);
	wire_int(&w, F_THREAD_TID, t->tid);
	blob_write(b, t, true, &w);
	return wire_end(&w);
}
