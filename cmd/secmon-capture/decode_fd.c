// SPDX-License-Identifier: BSD-2-Clause
/* Descriptors of system calls: fd.*, of files and of sockets. */
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode_priv.h"
#include "sockname.h"
#include "watch.h"

enum { PIPEFS_MAGIC = 0x50495045, PIDFS_MAGIC = 0x50494446 };

/* fd.typechar of anonymous inodes, by name */
static const struct {
	const char *name;
	char type;
} anonymous[] = {
	{ "[eventfd]", 'e' }, { "[signalfd]", 's' },	{ "[eventpoll]", 'l' },
	{ "inotify", 'i' },   { "[timerfd]", 't' },	{ "bpf-map", 'b' },
	{ "bpf-prog", 'b' },  { "[userfaultfd]", 'u' }, { "[io_uring]", 'r' },
	{ "[pidfd]", 'P' },
};

static char file_type(const struct item_file *f, const char *path, size_t len)
{
	switch (f->mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFIFO:
		return 'p';
	}
	if (f->flags & FILE_MEMFD)
		return 'm';
	if (f->magic == PIDFS_MAGIC)
		return 'P';
	for (size_t i = 0; i < nitems(anonymous); i++)
		if (len == strlen(anonymous[i].name) && memcmp(path, anonymous[i].name, len) == 0)
			return anonymous[i].type;
	return 'f';
}

/* a name that is in no directory has no '/' in front */
static bool is_pseudo(const struct item_file *f, const struct item *path)
{
	return f->flags & FILE_MEMFD || f->magic == PIPEFS_MAGIC || f->magic == PIDFS_MAGIC ||
	       (path->len > 1 && item_text(path)[0] == '[') || !(f->mode & S_IFMT);
}

/*
 * A watched file has the name that it is watched by, however it was reached, unless
 * that is another watched path. False if it is none.
 */
static bool write_watched(struct decoding *x, unsigned int arg, const char *reached, size_t len)
{
	const struct item_watch *f =
		items_struct(&x->items, ITEM_WATCH, arg, sizeof(struct item_watch));
	/* of a request that has not ended yet, the file is looked up now */
	const bool early =
		arg == ITEM_RES && x->r->hook == HOOK_IO_URING && !(x->r->flags & RECORD_RES);
	const char *name;
	size_t n;

	if ((!f && !early) || !x->d->watch || watch_has(x->d->watch, reached, len))
		return false;
	name = f ? watch_name(x->d->watch, f, &n)
		 : watch_lookup(x->d->watch, x->r->pid, reached, len, &n);
	if (!name)
		return false;
	wire_text(&x->w, F_FD_NAME, name, n);
	wire_cstr(&x->w, F_FD_IDENTITY, "inode");
	wire_text(&x->w, F_FD_REACHED, reached, len);
	x->d->identified++;
	return true;
}

static void write_file(struct decoding *x, const struct item_file *f, unsigned int arg)
{
	const struct item *path = items_find(&x->items, ITEM_FILEPATH, arg);
	char buf[PATH_BUF], type;
	struct wire *w = &x->w;
	size_t n = 0;

	if (path)
		n = items_path(path, is_pseudo(f, path), buf, sizeof(buf));
	type = file_type(f, buf, n);
	wire_text(w, F_FD_TYPECHAR, &type, 1);
	if (n && type != 'p' && !write_watched(x, arg, buf, n))
		wire_text(w, F_FD_NAME, buf, n);
	if (path && item_cut(path))
		decode_cut(x, F_FD_NAME, path->full);
	if (decode_asked(x, F_FD_FILETYPE))
		decode_filetype(x, f->mode);
	wire_uint(w, F_FD_INO, f->ino);
	wire_uint(w, F_FD_DEV, makedev(f->dev >> 20, f->dev & 0xfffff));
	if (f->flags & FILE_UPPER)
		wire_bool(w, F_FD_IS_UPPER_LAYER, true);
	if (f->flags & FILE_LOWER)
		wire_bool(w, F_FD_IS_LOWER_LAYER, true);
}

/* A socket that is not connected has as its other end whom the call names. */
static void set_peer(const struct decoding *x, struct decoded_sock *d)
{
	struct item_sock *s = &d->sock;
	struct sockaddr_in6 a6 = { 0 };
	struct sockaddr_in a4;
	const struct item *addr = NULL;

	for (unsigned int i = 0; i < x->items.n; i++)
		if (x->items.item[i]->kind == ITEM_ADDR)
			addr = x->items.item[i];
	if (addr && s->family == AF_UNIX && !d->path_len) {
		d->path_len = sockname_address(item_text(addr), addr->len, d->asked);
		d->path = d->asked;
	}
	if (!addr || s->rport || x->r->type == EV_BIND)
		return;
	if (s->family == AF_INET && addr->len >= sizeof(a4)) {
		memcpy(&a4, item_text(addr), sizeof(a4));
		if (a4.sin_family != AF_INET)
			return;
		memcpy(s->raddr, &a4.sin_addr, sizeof(a4.sin_addr));
		s->rport = ntohs(a4.sin_port);
	} else if (s->family == AF_INET6 && addr->len >= sizeof(a6) - sizeof(a6.sin6_scope_id)) {
		memcpy(&a6, item_text(addr), addr->len < sizeof(a6) ? addr->len : sizeof(a6));
		if (a6.sin6_family != AF_INET6)
			return;
		memcpy(s->raddr, &a6.sin6_addr, sizeof(a6.sin6_addr));
		s->rport = ntohs(a6.sin6_port);
	}
}

bool decode_sock(const struct decoding *x, unsigned int arg, struct decoded_sock *s)
{
	const struct item_sock *item = items_struct(&x->items, ITEM_SOCK, arg, sizeof(*item));
	const struct item *path = items_find(&x->items, ITEM_UNIX, arg);

	if (!item)
		return false;
	s->sock = *item;
	s->path = path ? item_text(path) : "";
	s->path_len = path ? path->len : 0;
	switch (x->r->type) {
	case EV_ACCEPT:
	case EV_ACCEPT4:
		s->server = true;
		break;
	case EV_RECVFROM:
	case EV_RECVMSG:
	case EV_RECVMMSG:
		s->server = item->rport == 0; /* it takes what anybody sends */
		break;
	default:
		s->server = false;
	}
	set_peer(x, s);
	return true;
}

static void write_fd(struct decoding *x, unsigned int arg)
{
	const struct item_file *f = items_struct(&x->items, ITEM_FILE, arg, sizeof(*f));
	struct decoded_sock s;

	if (decode_sock(x, arg, &s))
		sockname_fields(&x->w, &s.sock, s.server, s.path, s.path_len);
	else if (f)
		write_file(x, f, arg);
}

static const char *fd_kind(char type)
{
	static const struct {
		char type;
		const char *name;
	} names[] = {
		{ 'f', "file" },      { 'd', "directory" }, { '4', "ipv4" },	{ '6', "ipv6" },
		{ '2', "ipv4" },      { '3', "ipv6" },	    { 'u', "unix" },	{ 'p', "pipe" },
		{ 'e', "event" },     { 's', "signalfd" },  { 'i', "inotify" }, { 'n', "netlink" },
		{ 'l', "eventpoll" }, { 't', "timerfd" },   { 'm', "memfd" },	{ 'P', "pidfd" },
	};

	for (size_t i = 0; i < nitems(names); i++)
		if (names[i].type == type)
			return names[i].name;
	return NULL;
}

void decode_standard(struct decoding *x)
{
	static const uint16_t fields[3][2] = {
		{ F_PROC_STDIN_TYPE, F_PROC_STDIN_NAME },
		{ F_PROC_STDOUT_TYPE, F_PROC_STDOUT_NAME },
		{ F_PROC_STDERR_TYPE, F_PROC_STDERR_NAME },
	};
	char buf[PATH_BUF];

	for (unsigned int i = 0; i < nitems(fields); i++) {
		const struct item_file *f = items_struct(&x->items, ITEM_FILE, i, sizeof(*f));
		const struct item *path = items_find(&x->items, ITEM_STDPATH, i);
		const char *type = NULL;
		struct decoded_sock s;
		size_t n = 0;

		if (decode_sock(x, i, &s)) {
			type = fd_kind(sockname_type(&s.sock));
			n = sockname_tuple(&s.sock, s.server, s.path, s.path_len, buf);
		} else if (f && path) {
			n = items_path(path, is_pseudo(f, path), buf, sizeof(buf));
			type = fd_kind(file_type(f, buf, n));
		}
		if (type)
			wire_cstr(&x->w, fields[i][0], type);
		if (n && (!f || (f->mode & S_IFMT) != S_IFIFO))
			wire_text(&x->w, fields[i][1], buf, n);
	}
}

void decode_subject(struct decoding *x, const struct sysdef *def)
{
	char buf[PATH_BUF];
	size_t n;

	if (def->fd == FD_NONE)
		return;
	if (def->fd != FD_RES) {
		if (!(x->r->flags & RECORD_NO_FD))
			wire_int(&x->w, F_FD_NUM, (int)x->r->arg[def->fd]);
		write_fd(x, def->fd);
		return;
	}
	if (x->r->flags & RECORD_RES)
		wire_int(&x->w, F_FD_NUM, x->r->res >= 0 ? x->r->res : -1); /* as rules ask */
	if (x->r->res >= 0) {
		write_fd(x, ITEM_RES);
		return;
	}
	if (!(x->r->flags & RECORD_RES))
		write_fd(x, 0); /* not made yet: of what it will be made */
	/* an open that failed is about the file that was asked for */
	for (const struct sysarg *a = def->args; a < def->args + SYSARGS_MAX && a->kind; a++) {
		if (a->kind != SA_PATH || a->arg != A_NAME)
			continue;
		n = decode_absolute(x, a->index, buf, sizeof(buf));
		wire_text(&x->w, F_FD_TYPECHAR, "f", 1);
		if (n && !write_watched(x, ITEM_RES, buf, n))
			wire_text(&x->w, F_FD_NAME, buf, n);
	}
}
