// SPDX-License-Identifier: BSD-2-Clause
/* Parameters of events: raw values, where they come from, and how they are shown. */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/secmon-match/extract_impl.h"
#include "cmd/secmon-match/flags.h"
#include "cmd/secmon-match/syscalls.h"
#include "common/caps.h"
#include "common/compat.h"

/* Parameters that an event does not repeat, because a field of its own says the same. */
static const struct {
	uint16_t arg, field;
} aliases[] = {
	{ A_EXE, F_PROC_EXE },
	{ A_TID, F_THREAD_TID },
	{ A_PID, F_PROC_PID },
	{ A_PTID, F_PROC_PPID },
	{ A_CWD, F_PROC_CWD },
	{ A_FDLIMIT, F_PROC_FDLIMIT },
	{ A_PGFT_MAJ, F_THREAD_PFMAJOR },
	{ A_PGFT_MIN, F_THREAD_PFMINOR },
	{ A_VM_SIZE, F_PROC_VMSIZE },
	{ A_VM_RSS, F_PROC_VMRSS },
	{ A_VM_SWAP, F_PROC_VMSWAP },
	{ A_COMM, F_PROC_NAME },
	{ A_TTY, F_PROC_TTY },
	{ A_VPGID, F_PROC_VPGID },
	{ A_LOGINUID, F_USER_LOGINUID },
	{ A_EXE_INO, F_PROC_EXE_INO },
	{ A_EXE_INO_CTIME, F_PROC_EXE_INO_CTIME },
	{ A_EXE_INO_MTIME, F_PROC_EXE_INO_MTIME },
	{ A_UID, F_USER_UID },
	{ A_GID, F_GROUP_GID },
	{ A_TRUSTED_EXEPATH, F_PROC_EXEPATH },
	{ A_PGID, F_PROC_PGID },
	{ A_VTID, F_THREAD_VTID },
	{ A_VPID, F_PROC_VPID },
	{ A_PIDNS_INIT_START_TS, F_PROC_PIDNS_INIT_START_TS },
};

/* The same for what is about the call and not about the process. */
static const struct {
	uint16_t arg, field;
} call_aliases[] = {
	{ A_RES, F_EVT_RAWRES }, { A_DATA, F_EVT_BUFFER }, { A_TUPLE, F_FD_NAME },
	{ A_DEV, F_FD_DEV },	 { A_INO, F_FD_INO },
};

static bool is_life(unsigned int event)
{
	switch (event) {
	case EV_EXECVE:
	case EV_EXECVEAT:
	case EV_CLONE:
	case EV_CLONE3:
	case EV_FORK:
	case EV_VFORK:
		return true;
	}
	return false;
}

/* A list of the wire as the bytes of the call: each item ended by a NUL. */
static bool packed_list(struct xctx *x, unsigned int field, struct xval *v)
{
	const struct xval *items;
	struct text_out t;
	uint32_t len;
	const char *s;
	size_t n;

	if (!ev_items(x, field, TYPE_CHARBUF, &items, &n))
		return false;
	text_begin(&t, x->s);
	for (size_t i = 0; i < n; i++) {
		text_add(&t, items[i].s, items[i].len);
		text_char(&t, '\0');
	}
	s = text_end(&t, &len);
	xval_text(v, s, len);
	v->type = TYPE_BYTEBUF;
	return s && len;
}

static bool exec_flags(struct xctx *x, const struct param *p, struct xval *v)
{
	static const uint16_t bits[] = {
		F_PROC_IS_EXE_WRITABLE,
		F_PROC_IS_EXE_UPPER_LAYER,
		F_PROC_IS_EXE_FROM_MEMFD,
		F_PROC_IS_EXE_LOWER_LAYER,
	};
	uint64_t flags = 0;
	bool b, known = false;

	for (size_t i = 0; i < nitems(bits); i++) {
		if (!event_bool(x->e, bits[i], &b))
			continue;
		known = true;
		flags |= (uint64_t)b << i;
	}
	return known && xval_number(v, p->type, flags);
}

static bool cap_arg(struct xctx *x, unsigned int field, struct xval *v)
{
	const char *s;
	uint64_t mask;
	size_t len;

	if (event_u64(x->e, field, &mask))
		return xval_uint(v, TYPE_UINT64, mask);
	return ev_text(x, field, &s, &len) && xval_uint(v, TYPE_UINT64, caps_mask(s, len));
}

static bool life_alias(struct xctx *x, const struct param *p, struct xval *v)
{
	switch (p->arg) {
	case A_ARGS:
		return packed_list(x, F_PROC_ARGS, v);
	case A_ENV:
		return packed_list(x, F_PROC_ENV, v);
	case A_CGROUPS:
		return packed_list(x, F_THREAD_CGROUPS, v);
	case A_FLAGS:
		return p->set == FLAGSET_EXECVE_FLAGS && exec_flags(x, p, v);
	case A_CAP_INHERITABLE:
		return cap_arg(x, F_THREAD_CAP_INHERITABLE, v);
	case A_CAP_PERMITTED:
		return cap_arg(x, F_THREAD_CAP_PERMITTED, v);
	case A_CAP_EFFECTIVE:
		return cap_arg(x, F_THREAD_CAP_EFFECTIVE, v);
	}
	for (size_t i = 0; i < nitems(aliases); i++)
		if (aliases[i].arg == p->arg)
			return ev_field(x, aliases[i].field, p->type, v);
	return false;
}

bool arg_gone(struct xctx *x, const struct param *p)
{
	struct value w;

	return event_get(x->e, F_ARG(p->arg), &w) && w.type == VALUE_ARRAY && w.len == 0;
}

/* Nothing, in a call that repeats its parameters: a bin of no bytes, or a null pointer's name. */
static bool is_empty(const struct value *w, enum type type)
{
	if ((w->type == VALUE_BIN || w->type == VALUE_ARRAY) && w->len == 0)
		return true;
	if (w->type != VALUE_STR)
		return false;
	return (w->len == 6 && memcmp(w->p, "(NULL)", 6) == 0) ||
	       (w->len == 0 &&
		(type == TYPE_BYTEBUF || type == TYPE_SOCKTUPLE || type == TYPE_SOCKADDR));
}

bool arg_raw(struct xctx *x, const struct param *p, struct xval *v)
{
	struct value w;

	if (event_get(x->e, F_ARG(p->arg), &w) && is_empty(&w, p->type))
		return false;
	if (ev_field(x, F_ARG(p->arg), p->type, v))
		return true;
	if (p->arg == A_FD) {
		/* what a call makes is its result; what it uses is the fd it is about */
		if (x->type->flags & EVENT_CREATES_FD && p == x->type->params)
			return ev_field(x, F_EVT_RAWRES, p->type, v) ||
			       ev_field(x, F_FD_NUM, p->type, v);
		return ev_field(x, F_FD_NUM, p->type, v);
	}
	for (size_t i = 0; i < nitems(call_aliases); i++) {
		if (call_aliases[i].arg != p->arg)
			continue;
		if (ev_field(x, call_aliases[i].field, p->type, v))
			return true;
	}
	return is_life(x->e->type) && life_alias(x, p, v);
}

/* "<4t>1.2.3.4:5->6.7.8.9:10" of the fd that the event is about. */
static bool fd_text(struct xctx *x, struct text_out *t, int64_t fd)
{
	const char *c, *name, *proto;
	size_t clen, len, plen;
	int64_t num;

	if (!event_i64(x->e, F_FD_NUM, &num) || num != fd ||
	    !ev_text(x, F_FD_TYPECHAR, &c, &clen) || (clen == 1 && *c == 'o'))
		return false;
	text_char(t, '<');
	text_add(t, c, clen);
	if (clen == 1 && (*c == '4' || *c == '6') && ev_text(x, F_FD_L4PROTO, &proto, &plen) &&
	    plen && *proto != '<')
		text_char(t, *proto);
	text_char(t, '>');
	if (ev_text(x, F_FD_NAME, &name, &len))
		text_add(t, name, len);
	return true;
}

static bool pid_text(struct xctx *x, struct text_out *t, int64_t pid)
{
	struct xval v;
	const char *s;
	size_t len;
	int64_t n;

	unsigned int name = 0;

	if ((event_i64(x->e, F_THREAD_TID, &n) && n == pid) ||
	    (event_i64(x->e, F_PROC_CHILD_PID, &n) && n == pid))
		name = F_PROC_NAME;
	else if (event_i64(x->e, F_PROC_PID, &n) && n == pid)
		name = proc_name_field(x);
	if (name) {
		if (!ev_text(x, name, &s, &len))
			return false;
		text_add(t, s, len);
		return true;
	}
	if (!event_i64(x->e, F_PROC_PPID, &n) || n != pid ||
	    !ev_item(x, F_PROC_ANAME, TYPE_CHARBUF, 0, &v))
		return false;
	text_add(t, v.s, v.len);
	return true;
}

static bool id_text(struct xctx *x, struct text_out *t, unsigned int id, unsigned int id_field,
		    unsigned int name_field)
{
	const char *s;
	size_t len;
	uint64_t n;

	if (id == UINT32_MAX) {
		text_str(t, "<NONE>");
		return true;
	}
	if (event_u64(x->e, id_field, &n) && n == id && ev_text(x, name_field, &s, &len))
		text_add(t, s, len);
	else
		text_str(t, id == 0 ? "root" : "<NA>");
	return true;
}

/* A path that begins elsewhere than at the root: from the working directory. */
static bool path_text(struct xctx *x, struct text_out *t, const struct xval *v)
{
	const char *cwd;
	size_t len;

	if (v->len == 0 || v->s[0] == '/' || (v->len == 4 && !memcmp(v->s, "<NA>", 4)) ||
	    !ev_text(x, F_PROC_CWD, &cwd, &len))
		return false;
	text_add(t, cwd, len);
	if (len && cwd[len - 1] != '/')
		text_char(t, '/');
	text_add(t, v->s, v->len);
	return true;
}

/* What stands in the parentheses of evt.args; false if there is nothing to add to the raw value. */
static bool resolved(struct xctx *x, const struct param *p, const struct xval *v,
		     struct text_out *t)
{
	const char *s;
	size_t len;

	if (ev_text(x, F_ARGTEXT(p->arg), &s, &len)) {
		text_add(t, s, len);
		return true;
	}
	switch (p->type) {
	case TYPE_FD:
	case TYPE_FD32:
		if (v->i == -100)
			text_str(t, "AT_FDCWD");
		else if (v->i < 0)
			text_str(t, errno_name(-v->i));
		else
			return fd_text(x, t, v->i);
		return true;
	case TYPE_PID:
	case TYPE_PID32:
		return pid_text(x, t, v->i);
	case TYPE_ERRNO:
		if (v->i >= 0)
			return false;
		text_str(t, errno_name(-v->i));
		return true;
	case TYPE_UID:
		return id_text(x, t, v->u, F_USER_UID, F_USER_NAME);
	case TYPE_GID:
		return id_text(x, t, v->u, F_GROUP_GID, F_GROUP_NAME);
	case TYPE_FSPATH:
		return path_text(x, t, v);
	case TYPE_FLAGS8:
	case TYPE_FLAGS16:
	case TYPE_FLAGS32:
		return flags_text(t, p->set, v->u);
	case TYPE_ENUMFLAGS8:
	case TYPE_ENUMFLAGS16:
	case TYPE_ENUMFLAGS32:
		return enum_text(t, p->set, v->u);
	case TYPE_MODE:
		return mode_text(t, p->set, v->u);
	case TYPE_SIGTYPE:
		return signal_text(t, v->u);
	case TYPE_RELTIME:
		text_fmt(t, "%gs", (double)v->u / NS_PER_S);
		return true;
	default:
		return false;
	}
}

/* Flags are shown in decimal beside their names, whatever their own format is. */
static bool is_flags(enum type type)
{
	return (type >= TYPE_FLAGS8 && type <= TYPE_ENUMFLAGS32) || type == TYPE_MODE;
}

/* A point in time, as people read it. */
static void time_text(struct text_out *t, uint64_t ns)
{
	time_t sec = (time_t)(ns / NS_PER_S);
	struct tm tm;
	char b[40];

	if (!localtime_r(&sec, &tm))
		return;
	text_add(t, b, strftime(b, sizeof(b), "%Y-%m-%d %H:%M:%S", &tm));
	text_fmt(t, ".%09u", (unsigned int)(ns % NS_PER_S));
}

static void raw_text(struct xctx *x, const struct param *p, const struct xval *v,
		     struct text_out *t)
{
	if (v->kind == X_TEXT) {
		if (p->type != TYPE_BYTEBUF) {
			text_add(t, v->s, v->len);
			return;
		}
		for (uint32_t i = 0; i < v->len; i++)
			text_char(t, isprint((unsigned char)v->s[i]) ? v->s[i] : '.');
		return;
	}
	if (v->kind == X_INT && (p->fmt != FMT_HEX || v->i < 0 || p->type == TYPE_ERRNO)) {
		text_int(t, v->i);
		return;
	}
	if (p->type == TYPE_ABSTIME) {
		time_text(t, v->u);
		return;
	}
	if (p->type == TYPE_UID || p->type == TYPE_GID) {
		text_int(t, (int32_t)v->u); /* -1: none */
		return;
	}
	switch (p->type == TYPE_MODE ? FMT_OCT : is_flags(p->type) ? FMT_DEC : p->fmt) {
	case FMT_HEX:
		text_fmt(t, "%llX", (unsigned long long)v->u);
		break;
	case FMT_OCT:
		text_fmt(t, "%#llo", (unsigned long long)v->u);
		break;
	default:
		text_uint(t, v->u);
	}
}

static const char *empty_text(const struct param *p)
{
	switch (p->type) {
	case TYPE_BYTEBUF:
	case TYPE_SOCKTUPLE:
	case TYPE_FDLIST:
		return "NULL";
	default:
		return "<NA>";
	}
}

static void one_text(struct xctx *x, const struct param *p, bool both, struct text_out *t)
{
	struct xval v;
	struct text_out mark = *t;

	if (!arg_raw(x, p, &v)) {
		if (event_has(x->e, F_ARG(p->arg)) ||
		    !resolved(x, &(struct param){ .arg = p->arg, .type = TYPE_NONE }, &v, t))
			text_str(t, empty_text(p));
		return;
	}
	if (!both) {
		if (!resolved(x, p, &v, t)) {
			*t = mark;
			raw_text(x, p, &v, t);
		}
		return;
	}
	raw_text(x, p, &v, t);
	mark = *t;
	text_char(t, '(');
	if (resolved(x, p, &v, t))
		text_char(t, ')');
	else
		*t = mark;
}

/*
 * arg_raw() may itself take scratch (a packed list), so a text cannot be open
 * around it: the pieces are made one by one and joined.
 */
static bool param_text(struct xctx *x, const struct param *p, bool both, struct xval *v)
{
	struct text_out t;
	struct xval raw;
	uint32_t len;
	const char *s;

	if (p->type == TYPE_BYTEBUF && is_life(x->e->type) && !event_has(x->e, F_ARG(p->arg)) &&
	    arg_raw(x, p, &raw)) {
		text_begin(&t, x->s);
		raw_text(x, p, &raw, &t);
	} else {
		text_begin(&t, x->s);
		one_text(x, p, both, &t);
	}
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

bool arg_text(struct xctx *x, const struct param *p, struct xval *v)
{
	if (p->type == TYPE_SYSCALLID) {
		uint64_t nr;

		if (ev_field(x, F_ARGTEXT(p->arg), TYPE_CHARBUF, v))
			return true;
		if (event_u64(x->e, F_ARG(A_NATIVEID), &nr) && syscall_name(nr))
			return xval_cstr(v, syscall_name(nr));
	}
	return param_text(x, p, false, v);
}

bool arg_list(struct xctx *x, struct xval *v)
{
	const struct event_type *et = x->type;
	struct xval parts[32];
	struct text_out t;
	unsigned int n = et->nparams < nitems(parts) ? et->nparams : nitems(parts);
	uint32_t len;
	const char *s;

	if (et->id == EV_SYSCALL)
		return xval_cstr(v, "");
	while (n && arg_gone(x, &et->params[n - 1]))
		n--;
	for (unsigned int i = 0; i < n; i++)
		if (!param_text(x, &et->params[i], true, &parts[i]))
			return false;
	text_begin(&t, x->s);
	for (unsigned int i = 0; i < n; i++) {
		if (i)
			text_char(&t, ' ');
		text_str(&t, arg_name(et->params[i].arg));
		text_char(&t, '=');
		text_add(&t, parts[i].s, parts[i].len);
	}
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}
