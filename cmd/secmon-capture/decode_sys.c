// SPDX-License-Identifier: BSD-2-Clause
/* System calls: descriptors, paths and arguments. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode_priv.h"
#include "flagmap.h"
#include "sockname.h"

enum { PIPEFS_MAGIC = 0x50495045 };

struct open_how_given {
	uint64_t flags, mode, resolve;
};

/* fd.typechar of anonymous inodes, by name */
static const struct {
	const char *name;
	char type;
} anonymous[] = {
	{ "[eventfd]", 'e' }, { "[signalfd]", 's' }, { "[eventpoll]", 'l' },
	{ "inotify", 'i' }, { "[timerfd]", 't' }, { "bpf-map", 'b' }, { "bpf-prog", 'b' },
	{ "[userfaultfd]", 'u' }, { "[io_uring]", 'r' }, { "[pidfd]", 'P' },
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
	for (size_t i = 0; i < nitems(anonymous); i++)
		if (len == strlen(anonymous[i].name) && memcmp(path, anonymous[i].name, len) == 0)
			return anonymous[i].type;
	return 'f';
}

/* a name that is in no directory has no '/' in front */
static bool is_pseudo(const struct item_file *f, const struct item *path)
{
	return f->flags & FILE_MEMFD || f->magic == PIPEFS_MAGIC ||
	       (path->len > 1 && item_text(path)[0] == '[') || !(f->mode & S_IFMT);
}

static const struct item *asked(const struct decoding *x, unsigned int arg)
{
	return items_find(&x->items, ITEM_PATH, arg);
}

/* The path that argument arg stands for, as the caller's directory makes it. 0 if unknown. */
static size_t absolute(const struct decoding *x, unsigned int arg, char *buf, size_t size)
{
	const struct item *path = asked(x, arg), *base = items_find(&x->items, ITEM_BASE, arg);
	char dir[PATH_BUF];
	size_t n = 0;

	if (!path || path->len == 0)
		return 0;
	if (item_text(path)[0] != '/') {
		if (!base)
			return 0;
		n = items_path(base, false, dir, sizeof(dir));
	}
	return path_join(dir, n, item_text(path), path->len, buf, size);
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
	if (n && type != 'p')
		wire_text(w, F_FD_NAME, buf, n);
	if (path && item_cut(path))
		decode_cut(x, F_FD_NAME, path->full);
	wire_uint(w, F_FD_INO, f->ino);
	wire_uint(w, F_FD_DEV, makedev(f->dev >> 20, f->dev & 0xfffff));
	if (f->flags & FILE_UPPER)
		wire_bool(w, F_FD_IS_UPPER_LAYER, true);
	if (f->flags & FILE_LOWER)
		wire_bool(w, F_FD_IS_LOWER_LAYER, true);
}

/* whether our end of the socket is the server's, by what is done with it */
static bool is_server(const struct decoding *x)
{
	return x->r->type == EV_ACCEPT || x->r->type == EV_ACCEPT4;
}

static const struct item_sock *find_sock(const struct decoding *x, unsigned int arg)
{
	return items_struct(&x->items, ITEM_SOCK, arg, sizeof(struct item_sock));
}

static void write_fd(struct decoding *x, unsigned int arg)
{
	const struct item_file *f = items_struct(&x->items, ITEM_FILE, arg, sizeof(*f));
	const struct item *path = items_find(&x->items, ITEM_UNIX, arg);
	const struct item_sock *s = find_sock(x, arg);

	if (s)
		sockname_fields(&x->w, s, is_server(x), path ? item_text(path) : "",
				path ? path->len : 0);
	else if (f)
		write_file(x, f, arg);
}

/* what fd.* are about */
static void write_subject(struct decoding *x, const struct sysdef *def)
{
	char buf[PATH_BUF];
	size_t n;

	if (def->fd == FD_NONE)
		return;
	if (def->fd != FD_RES) {
		wire_int(&x->w, F_FD_NUM, (int)x->r->arg[def->fd]);
		write_fd(x, def->fd);
		return;
	}
	wire_int(&x->w, F_FD_NUM, x->r->res);
	if (x->r->res >= 0) {
		write_fd(x, ITEM_RES);
		return;
	}
	/* an open that failed is about the file that was asked for */
	for (const struct sysarg *a = def->args; a < def->args + SYSARGS_MAX && a->kind; a++) {
		if (a->kind != SA_PATH)
			continue;
		n = absolute(x, a->index, buf, sizeof(buf));
		wire_text(&x->w, F_FD_TYPECHAR, "f", 1);
		if (n)
			wire_text(&x->w, F_FD_NAME, buf, n);
	}
}

/* ---- arguments */

static void write_path(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	static const struct { uint16_t name, raw; } fs[] = {
		[SA_NAME] = { F_FS_PATH_NAME, F_FS_PATH_NAMERAW },
		[SA_SOURCE] = { F_FS_PATH_SOURCE, F_FS_PATH_SOURCERAW },
		[SA_TARGET] = { F_FS_PATH_TARGET, F_FS_PATH_TARGETRAW },
	};
	const struct item *path = asked(x, a->index);
	char buf[PATH_BUF];
	size_t n;

	if (!path)
		return;
	wire_text(&x->w, F_ARG(a->arg), item_text(path), path->len);
	if (item_cut(path))
		decode_cut(x, F_ARG(a->arg), path->full);
	n = absolute(x, a->index, buf, sizeof(buf));
	if (n && (n != path->len || memcmp(buf, item_text(path), n) != 0))
		wire_text(&x->w, F_ARGTEXT(a->arg), buf, n);
	if (a->kind == SA_PATH) {
		if (def->fd == FD_RES)
			wire_text(&x->w, F_FD_NAMERAW, item_text(path), path->len);
		return;
	}
	if (x->r->res < 0)
		return;
	if (n)
		wire_text(&x->w, fs[a->kind].name, buf, n);
	wire_text(&x->w, fs[a->kind].raw, item_text(path), path->len);
}

static void write_dirfd(struct decoding *x, const struct sysarg *a)
{
	const struct item *base = items_find(&x->items, ITEM_BASE, a->index + 1U);

	wire_int(&x->w, F_ARG(a->arg), (int)x->r->arg[a->index]);
	if (base && (int)x->r->arg[a->index] != AT_FDCWD)
		decode_path(x, base, false, F_ARGTEXT(a->arg));
}

static uint32_t layer_flags(const struct decoding *x)
{
	const struct item_file *f = items_struct(&x->items, ITEM_FILE, ITEM_RES, sizeof(*f));
	uint32_t flags = 0;

	if (!f)
		return 0;
	if (f->flags & FILE_CREATED)
		flags |= STREAM_O_F_CREATED;
	if (f->flags & FILE_UPPER)
		flags |= STREAM_FD_UPPER;
	if (f->flags & FILE_LOWER)
		flags |= STREAM_FD_LOWER;
	return flags;
}

static void write_how(struct decoding *x, const struct sysarg *a)
{
	const struct item *item = items_find(&x->items, ITEM_BUF, a->index);
	struct open_how_given how;

	if (!item || item->len < sizeof(how))
		return;
	memcpy(&how, item_text(item), sizeof(how));
	if (a->kind == SA_HOWFLAGS)
		wire_uint(&x->w, F_ARG(a->arg), flagmap_open(how.flags) | layer_flags(x));
	else if (a->kind == SA_HOWMODE)
		wire_uint(&x->w, F_ARG(a->arg), how.mode);
	else
		wire_uint(&x->w, F_ARG(a->arg), how.resolve);
}

static void write_sock(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	const struct item *path = items_find(&x->items, ITEM_UNIX, def->fd);
	const struct item *addr = items_find(&x->items, ITEM_ADDR, a->index);
	const struct item_sock *s = find_sock(x, def->fd);
	char buf[SOCKNAME_MAX];
	size_t n = 0;

	if (a->kind == SA_TUPLE && s)
		n = sockname_tuple(s, is_server(x), path ? item_text(path) : "",
				   path ? path->len : 0, buf);
	else if (a->kind == SA_ADDR && addr)
		n = sockname_address(item_text(addr), addr->len, buf);
	if (n)
		wire_text(&x->w, F_ARG(a->arg), buf, n);
}

static void write_arg(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	uint64_t v = a->index < 6 ? x->r->arg[a->index] : 0;
	const struct item *item;
	struct wire *w = &x->w;

	switch (a->kind) {
	case SA_S32:
	case SA_FD:
		wire_int(w, F_ARG(a->arg), (int32_t)v);
		break;
	case SA_U32:
		wire_uint(w, F_ARG(a->arg), (uint32_t)v);
		break;
	case SA_S64:
		wire_int(w, F_ARG(a->arg), (int64_t)v);
		break;
	case SA_U64:
		wire_uint(w, F_ARG(a->arg), v);
		break;
	case SA_DIRFD:
		write_dirfd(x, a);
		break;
	case SA_PATH:
	case SA_NAME:
	case SA_SOURCE:
	case SA_TARGET:
		write_path(x, def, a);
		break;
	case SA_STR:
		item = items_find(&x->items, ITEM_STR, a->index);
		if (item)
			wire_text(w, F_ARG(a->arg), item_text(item), item->len);
		break;
	case SA_OPEN:
		wire_uint(w, F_ARG(a->arg), flagmap_open(v) | layer_flags(x));
		break;
	case SA_CREATMODE:
		/* the mode is the argument behind the flags, and means something only if a file is made */
		wire_uint(w, F_ARG(a->arg), v & O_CREAT || (v & O_TMPFILE) == O_TMPFILE ?
			  (uint32_t)x->r->arg[a->index + 1] & 07777 : 0);
		break;
	case SA_MODE:
		wire_uint(w, F_ARG(a->arg), v & 07777);
		break;
	case SA_CREAT:
		wire_uint(w, F_ARG(a->arg), layer_flags(x) / STREAM_FD_UPPER);
		break;
	case SA_HOWFLAGS:
	case SA_HOWMODE:
	case SA_HOWRESOLVE:
		write_how(x, a);
		break;
	case SA_ADDR:
	case SA_TUPLE:
		write_sock(x, def, a);
		break;
	}
}

void decode_syscall(struct decoding *x, const struct sysdef *def)
{
	write_subject(x, def);
	for (const struct sysarg *a = def->args; a < def->args + SYSARGS_MAX && a->kind; a++)
		write_arg(x, def, a);
}
