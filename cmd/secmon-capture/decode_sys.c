// SPDX-License-Identifier: BSD-2-Clause
/* Arguments of system calls. */
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode_priv.h"
#include "flagmap.h"
#include "sockname.h"

enum { SOCK_TYPE_BITS = 0xf };

struct open_how_given {
	uint64_t flags, mode, resolve;
};

/* struct __user_cap_data_struct, twice: the low and the high half of each set */
struct capset_given {
	struct {
		uint32_t effective, permitted, inheritable;
	} half[2];
};

static const struct item *asked(const struct decoding *x, unsigned int arg)
{
	return items_find(&x->items, ITEM_PATH, arg);
}

size_t decode_absolute(const struct decoding *x, unsigned int arg, char *buf, size_t size)
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

static void write_path(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	static const struct {
		uint16_t name, raw;
	} fs[] = {
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
	n = decode_absolute(x, a->index, buf, sizeof(buf));
	if (n && (n != path->len || memcmp(buf, item_text(path), n) != 0))
		wire_text(&x->w, F_ARGTEXT(a->arg), buf, n);
	if (a->kind == SA_PATH) {
		if (def->fd == FD_RES)
			wire_text(&x->w, F_FD_NAMERAW, item_text(path), path->len);
		return;
	}
	if (x->r->res < 0 && x->r->flags & RECORD_RES)
		return;
	if (n)
		wire_text(&x->w, fs[a->kind].name, buf, n);
	else
		wire_text(&x->w, fs[a->kind].name, item_text(path), path->len);
	wire_text(&x->w, fs[a->kind].raw, item_text(path), path->len);
}

static void write_dirfd(struct decoding *x, const struct sysarg *a)
{
	const struct item *base = items_find(&x->items, ITEM_BASE, a->index + 1U);

	wire_int(&x->w, F_ARG(a->arg), (int)x->r->arg[a->index]);
	if (base && (int)x->r->arg[a->index] != AT_FDCWD)
		decode_path(x, base, false, F_ARGTEXT(a->arg));
}

/* a new working directory: what the next relative path of the process begins at */
static void write_chdir(struct decoding *x, const struct sysarg *a)
{
	const struct item *path = asked(x, a->index),
			  *now = items_find(&x->items, ITEM_BASE, a->index);
	char buf[PATH_BUF];
	size_t n;

	if (path && a->kind == SA_CHDIR)
		wire_text(&x->w, F_ARG(a->arg), item_text(path), path->len);
	if (!now || x->r->res < 0)
		return;
	n = items_path(now, false, buf, sizeof(buf) - 1);
	if (n && buf[n - 1] != '/')
		buf[n++] = '/';
	wire_text(&x->w, F_PROC_CWD, buf, n);
}

static const struct item_file *opened(const struct decoding *x)
{
	return items_struct(&x->items, ITEM_FILE, ITEM_RES, sizeof(struct item_file));
}

static uint32_t layer_flags(const struct decoding *x)
{
	const struct item_file *f = opened(x);
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

static void write_opened(struct decoding *x, const struct sysarg *a)
{
	const struct item *path = items_find(&x->items, ITEM_FILEPATH, ITEM_RES);
	const struct item_file *f = opened(x);

	if (!f)
		return;
	if (a->kind == SA_DEV)
		wire_uint(&x->w, F_ARG(a->arg), makedev(f->dev >> 20, f->dev & 0xfffff));
	else if (a->kind == SA_INO)
		wire_uint(&x->w, F_ARG(a->arg), f->ino);
	else if (path)
		decode_path(x, path, false, F_ARG(a->arg));
}

/* the mode is the argument behind the flags, and means something only if a file is made */
static uint64_t creat_mode(const struct decoding *x, const struct sysarg *a, uint64_t flags)
{
	if (!(flags & O_CREAT) && (flags & O_TMPFILE) != O_TMPFILE)
		return 0;
	return x->r->arg[a->index + 1] & 07777;
}

/* ---- buffers */

/* copy the bytes that argument index points to; false if there are fewer */
static bool given(const struct decoding *x, unsigned int index, void *p, size_t offset, size_t len)
{
	const struct item *item = items_find(&x->items, ITEM_BUF, index);

	if (!item || item->len < offset + len)
		return false;
	memcpy(p, item_text(item) + offset, len);
	return true;
}

static void write_how(struct decoding *x, const struct sysarg *a)
{
	struct open_how_given how;

	if (!given(x, a->index, &how, 0, sizeof(how)))
		return;
	if (a->kind == SA_HOWFLAGS)
		wire_uint(&x->w, F_ARG(a->arg), flagmap_open(how.flags) | layer_flags(x));
	else if (a->kind == SA_HOWMODE)
		wire_uint(&x->w, F_ARG(a->arg), how.mode);
	else
		wire_uint(&x->w, F_ARG(a->arg), flagmap_resolve(how.resolve));
}

static void write_caps(struct decoding *x, const struct sysarg *a)
{
	struct capset_given c;
	uint64_t v = 0;

	if (!given(x, a->index, &c, 0, sizeof(c)))
		return;
	for (int i = 1; i >= 0; i--)
		v = v << 32 | (a->kind == SA_CAPI   ? c.half[i].inheritable
			       : a->kind == SA_CAPP ? c.half[i].permitted
						    : c.half[i].effective);
	wire_uint(&x->w, F_ARG(a->arg), v);
}

static void write_word(struct decoding *x, const struct sysarg *a)
{
	size_t word = a->kind == SA_URING ? 2 : a->kind - SA_BUF0;
	uint32_t v;

	if (!given(x, a->index, &v, word * sizeof(v), sizeof(v)))
		return;
	wire_uint(&x->w, F_ARG(a->arg), a->kind == SA_URING ? flagmap_io_uring(v) : v);
}

static void write_long(struct decoding *x, const struct sysarg *a)
{
	uint64_t v;

	if (given(x, a->index, &v, (a->kind - SA_LONG0) * sizeof(v), sizeof(v)))
		wire_uint(&x->w, F_ARG(a->arg), v);
}

static void write_bytes(struct decoding *x, const struct sysarg *a)
{
	const struct item *item = items_find(&x->items, ITEM_BUF, a->index);

	if (item)
		wire_bin(&x->w, F_ARG(a->arg), item_text(item), item->len);
}

/* fsconfig: what kind of value it is says the command */
static void write_fs_value(struct decoding *x, const struct sysarg *a)
{
	const struct item *text = items_find(&x->items, ITEM_STR, a->index);
	uint32_t cmd = (uint32_t)x->r->arg[1];

	if (a->kind == SA_FSBYTES && cmd == FSCONFIG_SET_BINARY)
		write_bytes(x, a);
	else if (a->kind == SA_FSTEXT && text &&
		 (cmd == FSCONFIG_SET_STRING || cmd == FSCONFIG_SET_PATH ||
		  cmd == FSCONFIG_SET_PATH_EMPTY))
		wire_text(&x->w, F_ARG(a->arg), item_text(text), text->len);
}

/* a socket option's value: times are two 64-bit numbers, seconds and microseconds */
static void write_option(struct decoding *x, const struct sysarg *a)
{
	uint32_t level = (uint32_t)x->r->arg[1];
	uint32_t option = flagmap_socket_option(level, (uint32_t)x->r->arg[2]);
	int64_t time[2];
	int32_t v;

	if ((option == SO_RCVTIMEO || option == SO_SNDTIMEO) &&
	    given(x, a->index, time, 0, sizeof(time)))
		wire_int(&x->w, F_ARG(a->arg), time[0] * 1000000000 + time[1] * 1000);
	else if (x->r->arg[4] == sizeof(v) && given(x, a->index, &v, 0, sizeof(v)))
		wire_int(&x->w, F_ARG(a->arg), v);
	else
		write_bytes(x, a);
}

static void write_queue(struct decoding *x, const struct sysarg *a)
{
	uint32_t queue[2];

	if (given(x, a->index, queue, 0, sizeof(queue)))
		wire_uint(&x->w, F_ARG(a->arg), queue[1] ? (uint64_t)queue[0] * 100 / queue[1] : 0);
}

/* what a pipe or a pair of sockets is in the kernel, told by its first descriptor */
static void write_pair(struct decoding *x, const struct sysarg *a)
{
	const struct item_file *f =
		items_struct(&x->items, ITEM_FILE, a->index, sizeof(struct item_file));
	const struct item_sock *s =
		items_struct(&x->items, ITEM_SOCK, a->index, sizeof(struct item_sock));

	if (a->kind == SA_PAIRINO && f)
		wire_uint(&x->w, F_ARG(a->arg), f->ino);
	else if (a->kind != SA_PAIRINO && s && s->family == AF_UNIX)
		wire_uint(&x->w, F_ARG(a->arg), a->kind == SA_PAIRSOCK ? s->sk : s->peer);
}

static void write_sock(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	const struct item *addr = items_find(&x->items, ITEM_ADDR, a->index);
	struct decoded_sock s;
	char buf[SOCKNAME_MAX];
	size_t n = 0;

	if (a->kind == SA_TUPLE && decode_sock(x, def->fd, &s))
		n = sockname_tuple(&s.sock, s.server, s.path, s.path_len, buf);
	else if (a->kind == SA_ADDR && addr)
		n = sockname_address(item_text(addr), addr->len, buf);
	if (n)
		wire_text(&x->w, F_ARG(a->arg), buf, n);
}

static void write_str(struct decoding *x, const struct sysarg *a)
{
	const struct item *item = items_find(&x->items, ITEM_STR, a->index);
	bool name = x->r->arg[0] == PR_SET_NAME;

	if (a->kind == SA_PRCTLINT && !name)
		wire_int(&x->w, F_ARG(a->arg), (int64_t)x->r->arg[a->index]);
	if (!item || a->kind == SA_PRCTLINT || (a->kind == SA_PRCTLSTR && !name))
		return;
	wire_text(&x->w, F_ARG(a->arg), item_text(item), item->len);
	if (item_cut(item))
		decode_cut(x, F_ARG(a->arg), item->full);
}

/* ---- numbers */

/* the value of an argument that is nothing but a number; false if it is more */
static bool plain(const struct decoding *x, const struct sysarg *a, uint64_t v, uint64_t *out)
{
	switch (a->kind) {
	case SA_U32:
		*out = (uint32_t)v;
		return true;
	case SA_U64:
		*out = v;
		return true;
	case SA_OPEN:
		*out = flagmap_open(v) | layer_flags(x);
		return true;
	case SA_CREATMODE:
		*out = creat_mode(x, a, v);
		return true;
	case SA_MODE:
		*out = v & 07777;
		return true;
	case SA_CREAT:
		*out = layer_flags(x) / STREAM_FD_UPPER;
		return true;
	case SA_SOCKTYPE:
		*out = v & SOCK_TYPE_BITS;
		return true;
	case SA_FDFLAGS:
		*out = flagmap_open(v & (O_CLOEXEC | O_NONBLOCK)) & ~1U;
		return true;
	case SA_ATFLAGS:
		*out = flagmap_at(v);
		return true;
	case SA_CLONE:
		*out = flagmap_clone(v);
		return true;
	case SA_DELMOD:
		*out = flagmap_delete_module(v);
		return true;
	case SA_SOCKLEVEL:
		*out = flagmap_socket_level((uint32_t)v);
		return true;
	case SA_SOCKOPT:
		*out = flagmap_socket_option((uint32_t)x->r->arg[1], (uint32_t)v);
		return true;
	case SA_FCNTL:
		*out = flagmap_fcntl(v);
		return true;
	case SA_MMAP:
		*out = flagmap_mmap(v);
		return true;
	case SA_PIDFD:
		*out = v & O_NONBLOCK ? 1 : 0;
		return true;
	case SA_PTRACE:
		*out = flagmap_ptrace(v);
		return true;
	}
	return false;
}

/* a descriptor; what it is, if it is a file and not the one of fd.* */
static void write_fd(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	const struct item *path = items_find(&x->items, ITEM_FILEPATH, a->index);

	wire_int(&x->w, F_ARG(a->arg), (int32_t)x->r->arg[a->index]);
	if (path && a->index != def->fd)
		decode_path(x, path, false, F_ARGTEXT(a->arg));
}

static void write_arg(struct decoding *x, const struct sysdef *def, const struct sysarg *a)
{
	uint64_t v = a->index < 6 ? x->r->arg[a->index] : 0, out;

	if (plain(x, a, v, &out)) {
		wire_uint(&x->w, F_ARG(a->arg), out);
		return;
	}
	switch (a->kind) {
	case SA_FD:
		if (x->r->flags & RECORD_NO_FD && a->index == def->fd)
			break;
		write_fd(x, def, a);
		break;
	case SA_S32:
		wire_int(&x->w, F_ARG(a->arg), (int32_t)v);
		break;
	case SA_S64:
		wire_int(&x->w, F_ARG(a->arg), (int64_t)v);
		break;
	case SA_RESULT:
		if (x->r->res >= 0)
			wire_int(&x->w, F_ARG(a->arg), x->r->res);
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
	case SA_CHDIR:
	case SA_NEWCWD:
		write_chdir(x, a);
		break;
	case SA_STR:
	case SA_PRCTLSTR:
	case SA_PRCTLINT:
		write_str(x, a);
		break;
	case SA_DEV:
	case SA_INO:
	case SA_REACHED:
		write_opened(x, a);
		break;
	case SA_HOWFLAGS:
	case SA_HOWMODE:
	case SA_HOWRESOLVE:
		write_how(x, a);
		break;
	case SA_CAPI:
	case SA_CAPP:
	case SA_CAPE:
		write_caps(x, a);
		break;
	case SA_LONG0:
	case SA_LONG1:
	case SA_LONG2:
	case SA_LONG3:
		write_long(x, a);
		break;
	case SA_BYTES:
		write_bytes(x, a);
		break;
	case SA_FSTEXT:
	case SA_FSBYTES:
		write_fs_value(x, a);
		break;
	case SA_SOCKVAL:
		write_option(x, a);
		break;
	case SA_QUEUEPCT:
		write_queue(x, a);
		break;
	case SA_PAIRINO:
	case SA_PAIRSOCK:
	case SA_PAIRPEER:
		write_pair(x, a);
		break;
	case SA_ADDR:
	case SA_TUPLE:
		write_sock(x, def, a);
		break;
	default:
		write_word(x, a);
	}
}

void decode_syscall(struct decoding *x, const struct sysdef *def)
{
	decode_subject(x, def);
	for (const struct sysarg *a = def->args; a < def->args + SYSARGS_MAX && a->kind; a++)
		write_arg(x, def, a);
}
