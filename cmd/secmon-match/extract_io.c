// SPDX-License-Identifier: BSD-2-Clause
/* Fields about what a call did: result, I/O, opens, paths. */
#include <string.h>

#include "cmd/secmon-match/extract_impl.h"
#include "cmd/secmon-match/flags.h"

/* The calls whose first parameter is no result have none. */
static bool result(struct xctx *x, int64_t *res)
{
	return event_i64(x->e, F_EVT_RAWRES, res);
}

static bool x_res(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	int64_t res;

	if (!result(x, &res))
		return false;
	if (r->field->id == F_EVT_FAILED)
		return xval_bool(v, res < 0);
	return xval_cstr(v, res >= 0 ? "SUCCESS" : errno_name(-res));
}

static bool has_flag(const struct xctx *x, unsigned int flag)
{
	return x->type && (x->type->flags & flag);
}

static bool x_is_io(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool rd = has_flag(x, EVENT_READS_FD), wr = has_flag(x, EVENT_WRITES_FD);
	const char *s;
	size_t len;

	switch (r->field->id) {
	case F_EVT_IS_IO:
		return xval_bool(v, rd || wr);
	case F_EVT_IS_IO_READ:
		return xval_bool(v, rd);
	case F_EVT_IS_IO_WRITE:
		return xval_bool(v, wr);
	case F_EVT_IO_DIR:
		return (rd || wr) && xval_cstr(v, rd ? "read" : "write");
	case F_EVT_IS_WAIT:
		return xval_bool(v, has_flag(x, EVENT_WAITS));
	default: /* evt.is_syslog */
		return xval_bool(v, wr && ev_text(x, F_FD_NAME, &s, &len) && len >= 8 &&
					    memcmp(s + len - 8, "/dev/log", 8) == 0);
	}
}

/* What an error is counted under: the kind of the fd, or of the call that made none. */
static unsigned int error_class(struct xctx *x, bool failed)
{
	const char *s;
	size_t len;

	if (ev_text(x, F_FD_TYPECHAR, &s, &len) && len == 1 && *s != 'o') {
		if (*s == 'f' || *s == 'd')
			return F_EVT_COUNT_ERROR_FILE;
		if (*s == '4' || *s == '6' || (*s == 'u' && !event_has(x->e, F_FD_TYPE)))
			return F_EVT_COUNT_ERROR_NET;
		return F_EVT_COUNT_ERROR_OTHER;
	}
	if (failed && (is_open(x->e->type) || x->e->type == EV_CREAT))
		return F_EVT_COUNT_ERROR_FILE;
	if ((failed || x->e->type == EV_CONNECT) && x->type && x->type->category == CATEGORY_NET)
		return F_EVT_COUNT_ERROR_NET;
	if (x->type && x->type->category == CATEGORY_MEMORY)
		return F_EVT_COUNT_ERROR_MEMORY;
	return F_EVT_COUNT_ERROR_OTHER;
}

static bool x_count(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	unsigned int id = r->field->id;
	int64_t res, tid, pid;
	bool known;

	switch (id) {
	case F_EVT_COUNT:
		return xval_uint(v, TYPE_UINT32, 1);
	case F_EVT_COUNT_EXIT:
		return !has_flag(x, EVENT_ENTER) && xval_uint(v, TYPE_UINT32, 1);
	case F_EVT_COUNT_PROCINFO:
	case F_EVT_COUNT_THREADINFO:
		known = x->e->type == EV_PROCINFO && event_i64(x->e, F_PROC_PID, &pid) &&
			event_i64(x->e, F_THREAD_TID, &tid);
		return xval_uint(v, TYPE_UINT32,
				 id == F_EVT_COUNT_THREADINFO ? x->e->type == EV_PROCINFO
							      : known && tid == pid);
	}
	if (!result(x, &res))
		return false;
	if (id == F_EVT_COUNT_ERROR_MEMORY && x->type && x->type->category == CATEGORY_MEMORY)
		return xval_uint(v, TYPE_UINT32, res < 0);
	if (id != F_EVT_COUNT_ERROR && id != error_class(x, res < 0))
		return false;
	return xval_uint(v, TYPE_UINT32, res < 0);
}

enum { BUF_IN = 1, BUF_OUT = 2, BUF_FILE = 4, BUF_NET = 8 };

static unsigned int buflen_wants(unsigned int id)
{
	switch (id) {
	case F_EVT_BUFLEN_IN:
		return BUF_IN;
	case F_EVT_BUFLEN_OUT:
		return BUF_OUT;
	case F_EVT_BUFLEN_FILE:
		return BUF_FILE;
	case F_EVT_BUFLEN_FILE_IN:
		return BUF_FILE | BUF_IN;
	case F_EVT_BUFLEN_FILE_OUT:
		return BUF_FILE | BUF_OUT;
	case F_EVT_BUFLEN_NET:
		return BUF_NET;
	case F_EVT_BUFLEN_NET_IN:
		return BUF_NET | BUF_IN;
	case F_EVT_BUFLEN_NET_OUT:
		return BUF_NET | BUF_OUT;
	}
	return 0;
}

static bool is_io_class(struct xctx *x)
{
	unsigned int c = x->type ? x->type->category : CATEGORY_UNKNOWN;
	const char *s;
	size_t len;

	if (ev_text(x, F_FD_TYPECHAR, &s, &len) && len == 1)
		return *s != 'o' &&
		       (c == CATEGORY_IO_READ || c == CATEGORY_IO_WRITE || c == CATEGORY_IO_OTHER);
	/* close and the like: only of an fd that is known */
	return c == CATEGORY_IO_READ || c == CATEGORY_IO_WRITE;
}

static bool x_buflen(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool rd = has_flag(x, EVENT_READS_FD), wr = has_flag(x, EVENT_WRITES_FD);
	unsigned int wants = buflen_wants(r->field->id), has = 0;
	unsigned int c = x->type ? x->type->category : CATEGORY_UNKNOWN;
	const char *s;
	size_t len;
	int64_t res;

	if (!is_io_class(x) || !result(x, &res) || res < 0)
		return false;
	if (ev_text(x, F_FD_TYPECHAR, &s, &len) && len == 1 && *s != 'o')
		has |= (rd || c == CATEGORY_IO_READ ? BUF_IN : 0) |
		       (wr || c == CATEGORY_IO_WRITE ? BUF_OUT : 0);
	if (ev_text(x, F_FD_TYPECHAR, &s, &len) && len == 1)
		has |= *s == 'f' ? BUF_FILE : *s == '4' || *s == '6' ? BUF_NET : 0;
	return (wants & ~has) == 0 && xval_uint(v, TYPE_UINT64, res);
}

/* Bits of the open flags in the event's own coding. */
enum { O_EV_READ = 1, O_EV_WRITE = 2, O_EV_CREAT = 4, O_EV_TMPFILE = 8192, O_EV_CREATED = 16384 };

static bool x_is_open(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t flags = 0, mode = 0;
	bool creat = x->e->type == EV_CREAT, ok = is_open(x->e->type);
	int64_t res;

	event_u64(x->e, F_ARG(A_FLAGS), &flags);
	switch (r->field->id) {
	case F_EVT_IS_OPEN_READ:
		return xval_bool(v, ok && (flags & O_EV_READ));
	case F_EVT_IS_OPEN_WRITE:
		return xval_bool(v, ok && (flags & O_EV_WRITE));
	case F_EVT_IS_OPEN_EXEC:
		event_u64(x->e, F_ARG(A_MODE), &mode);
		return xval_bool(v, ((ok && (flags & (O_EV_CREAT | O_EV_TMPFILE))) || creat) &&
					    (mode & 0111));
	default: /* evt.is_open_create */
		return xval_bool(v,
				 ok && ((flags & O_EV_CREATED) ||
					((flags & O_EV_TMPFILE) && result(x, &res) && res >= 0)));
	}
}

static bool x_abspath(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool dst = r->argkind == REF_TEXT && r->textlen == 3 && memcmp(r->text, "dst", 3) == 0;

	switch (x->e->type) {
	case EV_RENAMEAT:
	case EV_RENAMEAT2:
	case EV_LINKAT:
		return ev_field(x, dst ? F_EVT_ABSPATH_DST : F_EVT_ABSPATH_SRC, TYPE_CHARBUF, v);
	case EV_SYMLINKAT:
	case EV_MKDIRAT:
	case EV_UNLINKAT:
	case EV_FCHMODAT:
	case EV_FCHOWNAT:
	case EV_OPENAT:
	case EV_OPENAT2:
	case EV_OPEN_BY_HANDLE_AT:
		if (ev_field(x, F_EVT_ABSPATH_SRC, TYPE_CHARBUF, v))
			return true;
		return ev_field(x, F_ARGTEXT(A_NAME), TYPE_CHARBUF, v) ||
		       ev_field(x, F_ARGTEXT(A_PATH), TYPE_CHARBUF, v) ||
		       ev_field(x, F_FS_PATH_NAME, TYPE_CHARBUF, v) ||
		       (is_open(x->e->type) && ev_field(x, F_FD_NAME, TYPE_CHARBUF, v));
	}
	return false;
}

/* A successful open's path is the fd's, unless capture said it already. */
static bool x_fs_path(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool raw = r->field->id == F_FS_PATH_NAMERAW;
	int64_t res;

	if (ev_field(x, r->field->id, TYPE_CHARBUF, v))
		return true;
	if (!is_open(x->e->type) || x->e->type == EV_OPEN_BY_HANDLE_AT || !result(x, &res) ||
	    res < 0)
		return false;
	if (raw && ev_field(x, F_ARG(A_NAME), TYPE_CHARBUF, v))
		return true;
	return ev_field(x, raw ? F_FD_NAMERAW : F_FD_NAME, TYPE_CHARBUF, v);
}

extract_fn *extract_io(unsigned int id)
{
	switch (id) {
	case F_EVT_RES:
	case F_EVT_FAILED:
		return x_res;
	case F_EVT_IS_IO:
	case F_EVT_IS_IO_READ:
	case F_EVT_IS_IO_WRITE:
	case F_EVT_IO_DIR:
	case F_EVT_IS_WAIT:
	case F_EVT_IS_SYSLOG:
		return x_is_io;
	case F_EVT_COUNT:
	case F_EVT_COUNT_ERROR:
	case F_EVT_COUNT_ERROR_FILE:
	case F_EVT_COUNT_ERROR_NET:
	case F_EVT_COUNT_ERROR_MEMORY:
	case F_EVT_COUNT_ERROR_OTHER:
	case F_EVT_COUNT_EXIT:
	case F_EVT_COUNT_PROCINFO:
	case F_EVT_COUNT_THREADINFO:
		return x_count;
	case F_EVT_BUFLEN:
	case F_EVT_BUFLEN_IN:
	case F_EVT_BUFLEN_OUT:
	case F_EVT_BUFLEN_FILE:
	case F_EVT_BUFLEN_FILE_IN:
	case F_EVT_BUFLEN_FILE_OUT:
	case F_EVT_BUFLEN_NET:
	case F_EVT_BUFLEN_NET_IN:
	case F_EVT_BUFLEN_NET_OUT:
		return x_buflen;
	case F_EVT_IS_OPEN_READ:
	case F_EVT_IS_OPEN_WRITE:
	case F_EVT_IS_OPEN_EXEC:
	case F_EVT_IS_OPEN_CREATE:
		return x_is_open;
	case F_EVT_ABSPATH:
		return x_abspath;
	case F_FS_PATH_NAME:
	case F_FS_PATH_NAMERAW:
		return x_fs_path;
	}
	return NULL;
}
