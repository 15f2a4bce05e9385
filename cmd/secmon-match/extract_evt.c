// SPDX-License-Identifier: BSD-2-Clause
/* Fields of the event itself: time, type, class, result. */
#include <stdlib.h>
#include <time.h>

#include "cmd/secmon-match/extract_impl.h"
#include "cmd/secmon-match/syscalls.h"
#include "common/compat.h"

/* strftime of the event's time, as nanoseconds digits or not after it. */
static bool time_text(struct xctx *x, const char *fmt, bool utc, bool ns, const char *tail,
		      struct xval *v)
{
	time_t sec = x->now_ns / NS_PER_S;
	struct text_out t;
	struct tm tm;
	char b[40];
	uint32_t len;
	const char *s;

	if (!x->now_ns || !(utc ? gmtime_r(&sec, &tm) : localtime_r(&sec, &tm)))
		return false;
	text_begin(&t, x->s);
	text_add(&t, b, strftime(b, sizeof(b), fmt, &tm));
	if (ns)
		text_fmt(&t, ".%09u", (unsigned int)(x->now_ns % NS_PER_S));
	text_str(&t, tail);
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

static bool x_time(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	switch (r->field->id) {
	case F_EVT_TIME_S:
		return time_text(x, "%H:%M:%S", false, false, "", v);
	case F_EVT_TIME_ISO8601:
		return time_text(x, "%Y-%m-%dT%H:%M:%S", true, true, "+0000", v);
	case F_EVT_DATETIME:
		return time_text(x, "%Y-%m-%d %H:%M:%S", false, true, "", v);
	case F_EVT_DATETIME_S:
		return time_text(x, "%Y-%m-%d %H:%M:%S", false, false, "", v);
	default:
		return time_text(x, "%H:%M:%S", false, true, "", v);
	}
}

static bool x_time_part(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t rel = x->now_ns - x->first_ns;

	switch (r->field->id) {
	case F_EVT_RAWTIME_S:
		return xval_uint(v, TYPE_ABSTIME, x->now_ns / NS_PER_S);
	case F_EVT_RAWTIME_NS:
		return xval_uint(v, TYPE_ABSTIME, x->now_ns % NS_PER_S);
	case F_EVT_RELTIME:
		return xval_uint(v, TYPE_RELTIME, rel);
	case F_EVT_RELTIME_S:
		return xval_uint(v, TYPE_RELTIME, rel / NS_PER_S);
	default:
		return xval_uint(v, TYPE_RELTIME, rel % NS_PER_S);
	}
}

/* Since the event that this check looked at before. */
static bool x_deltatime(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t delta = *r->before && x->now_ns > *r->before ? x->now_ns - *r->before : 0;

	*r->before = x->now_ns;
	switch (r->field->id) {
	case F_EVT_DELTATIME:
		return xval_uint(v, TYPE_RELTIME, delta);
	case F_EVT_DELTATIME_S:
		return xval_uint(v, TYPE_RELTIME, delta / NS_PER_S);
	default:
		return xval_uint(v, TYPE_RELTIME, delta % NS_PER_S);
	}
}

static bool x_latency(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (r->field->id == F_EVT_LATENCY_HUMAN)
		return xval_cstr(v, "0ns");
	return xval_uint(v, r->type, 0);
}

/* Nothing fills it, or only plugins do. */
static bool x_never(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return false;
}

static bool x_source(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return xval_cstr(v, "syscall");
}

static bool is_async(const struct event_type *t)
{
	return t && (t->flags & EVENT_META);
}

static bool x_async(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct param *p;

	if (r->field->id == F_EVT_IS_ASYNC)
		return xval_bool(v, is_async(x->type));
	if (!is_async(x->type))
		return false;
	p = x->type->id == EV_ASYNCEVENT ? event_param(x->type, A_NAME) : NULL;
	return p ? arg_text(x, p, v) : xval_cstr(v, x->type->name);
}

static bool x_hostname(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return xval_cstr(v, x->hostname);
}

static bool x_type(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t nr;
	const char *s;
	size_t len;

	if (!x->type)
		return false;
	if (r->field->id == F_SYSCALL_TYPE && !(x->type->flags & EVENT_SYSCALL))
		return false;
	if (x->type->id == EV_ASYNCEVENT && ev_text(x, F_ARG(A_NAME), &s, &len))
		return xval_text(v, s, len);
	if (x->type->id != EV_SYSCALL)
		return xval_cstr(v, x->type->name);
	if (ev_text(x, F_ARGTEXT(A_SYSCALL_ID), &s, &len) &&
	    !(len == 7 && memcmp(s, "unknown", 7) == 0))
		return xval_text(v, s, len);
	if (event_u64(x->e, F_ARG(A_NATIVEID), &nr) && syscall_name(nr))
		return xval_cstr(v, syscall_name(nr));
	return xval_cstr(v, x->type->name);
}

static bool x_type_is(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return x_type(x, r, v) &&
	       xval_uint(v, TYPE_UINT32,
			 v->len == r->textlen && memcmp(v->s, r->text, r->textlen) == 0);
}

static bool x_dir(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return xval_cstr(v, x->type && (x->type->flags & EVENT_ENTER) ? ">" : "<");
}

/* Of reads and writes the fd says whether it is files or network. */
static unsigned int io_category(struct xctx *x)
{
	const char *s;
	size_t len;

	if (!ev_text(x, F_FD_TYPECHAR, &s, &len) || len != 1 || *s == 'o')
		return CATEGORY_UNKNOWN;
	switch (*s) {
	case 'f':
	case 'd':
		return CATEGORY_FILE;
	case '4':
	case '6':
		return CATEGORY_NET;
	case 'p':
	case 'u':
	case 'e':
	case 's':
	case 'i':
		return CATEGORY_IPC;
	default:
		return CATEGORY_UNKNOWN;
	}
}

static bool x_category(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const char *const names[] = {
		[CATEGORY_UNKNOWN] = "unknown",
		[CATEGORY_OTHER] = "other",
		[CATEGORY_FILE] = "file",
		[CATEGORY_NET] = "net",
		[CATEGORY_IPC] = "IPC",
		[CATEGORY_MEMORY] = "memory",
		[CATEGORY_PROCESS] = "process",
		[CATEGORY_SLEEP] = "sleep",
		[CATEGORY_SYSTEM] = "system",
		[CATEGORY_SIGNAL] = "signal",
		[CATEGORY_USER] = "user",
		[CATEGORY_TIME] = "time",
		[CATEGORY_PROCESSING] = "processing",
		[CATEGORY_WAIT] = "wait",
		[CATEGORY_SCHEDULER] = "scheduler",
		[CATEGORY_INTERNAL] = "internal",
	};
	unsigned int c = x->type ? x->type->category : CATEGORY_UNKNOWN;

	if (c == CATEGORY_IO_READ || c == CATEGORY_IO_WRITE || c == CATEGORY_IO_OTHER)
		c = io_category(x);
	if (c == CATEGORY_IPC && x->type->category != c)
		return xval_cstr(v, "ipc"); /* the other one is in capitals */
	return c < nitems(names) && names[c] && xval_cstr(v, names[c]);
}

static bool x_args(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return x->type && arg_list(x, v);
}

static const struct param *which_param(struct xctx *x, const struct fieldref *r)
{
	if (!x->type)
		return NULL;
	if (r->argkind == REF_INDEX)
		return r->index < x->type->nparams ? &x->type->params[r->index] : NULL;
	return event_param(x->type, r->arg);
}

static bool x_arg(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct param *p = which_param(x, r);

	return p && !arg_gone(x, p) && arg_text(x, p, v);
}

static bool x_rawarg(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct param *p = which_param(x, r);
	enum xkind kind = p ? type_kind(p->type) : X_NONE;

	if (!p || arg_gone(x, p))
		return false;
	if (arg_raw(x, p, v)) {
		v->fmt = p->fmt;
		return true;
	}
	/* of an empty parameter: printed as nothing or 0, but no value to compare */
	v->quant = Q_PRINTED;
	if (p->type == TYPE_BYTEBUF)
		return xval_cstr(v, "");
	if (event_has(x->e, F_ARG(p->arg)) && (kind == X_INT || kind == X_UINT))
		return xval_number(v, p->type, 0);
	v->quant = Q_ONE;
	if (kind != X_TEXT || p->type == TYPE_SOCKADDR || p->type == TYPE_SOCKTUPLE ||
	    p->type == TYPE_FDLIST)
		return false;
	return xval_cstr(v, "<NA>");
}

/* evt.around[T]: how far from T, in ms; the comparison with the distance is in the operator. */
static bool x_around(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t at = 0, d;

	for (uint32_t i = 0; i < r->textlen; i++) {
		if (r->text[i] < '0' || r->text[i] > '9')
			return false;
		at = at * 10 + (r->text[i] - '0');
	}
	d = x->now_ns > at ? x->now_ns - at : at - x->now_ns;
	return xval_uint(v, TYPE_UINT64, (d + NS_PER_MS - 1) / NS_PER_MS);
}

static bool x_util_cnt(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return xval_uint(v, TYPE_UINT64, ++*r->before);
}

extract_fn *extract_evt(unsigned int id)
{
	switch (id) {
	case F_EVT_TIME:
	case F_EVT_TIME_S:
	case F_EVT_TIME_ISO8601:
	case F_EVT_DATETIME:
	case F_EVT_DATETIME_S:
	case F_EVT_OUTPUTTIME:
		return x_time;
	case F_EVT_RAWTIME_S:
	case F_EVT_RAWTIME_NS:
	case F_EVT_RELTIME:
	case F_EVT_RELTIME_S:
	case F_EVT_RELTIME_NS:
		return x_time_part;
	case F_EVT_DELTATIME:
	case F_EVT_DELTATIME_S:
	case F_EVT_DELTATIME_NS:
		return x_deltatime;
	case F_EVT_LATENCY:
	case F_EVT_LATENCY_S:
	case F_EVT_LATENCY_NS:
	case F_EVT_LATENCY_QUANTIZED:
	case F_EVT_LATENCY_HUMAN:
	case F_EVT_WAIT_LATENCY:
		return x_latency;
	case F_EVT_PLUGINNAME:
	case F_EVT_PLUGININFO:
		return x_never;
	case F_EVT_SOURCE:
		return x_source;
	case F_EVT_IS_ASYNC:
	case F_EVT_ASYNCTYPE:
		return x_async;
	case F_EVT_HOSTNAME:
		return x_hostname;
	case F_EVT_TYPE:
	case F_SYSCALL_TYPE:
		return x_type;
	case F_EVT_TYPE_IS:
		return x_type_is;
	case F_EVT_DIR:
		return x_dir;
	case F_EVT_CATEGORY:
		return x_category;
	case F_EVT_ARGS:
	case F_EVT_INFO:
		return x_args;
	case F_EVT_ARG:
		return x_arg;
	case F_EVT_RAWARG:
		return x_rawarg;
	case F_EVT_AROUND:
		return x_around;
	case F_UTIL_CNT:
		return x_util_cnt;
	}
	return NULL;
}
