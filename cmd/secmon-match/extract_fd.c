// SPDX-License-Identifier: BSD-2-Clause
/* Fields of the file or socket that the event is about. */
#include <sys/sysmacros.h>
#include <sys/types.h>

#include "cmd/secmon-match/dns.h"
#include "cmd/secmon-match/extract_impl.h"
#include "common/compat.h"

static char typechar(struct xctx *x)
{
	const char *s;
	size_t len;

	return ev_text(x, F_FD_TYPECHAR, &s, &len) && len == 1 ? *s : 0;
}

/* A call that opens by name and failed has no fd, but still says what it was about. */
static bool failed_open(struct xctx *x)
{
	return (is_open(x->e->type) || x->e->type == EV_CREAT) && !event_has(x->e, F_FD_TYPECHAR);
}

static bool x_typechar(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (ev_field(x, F_FD_TYPECHAR, TYPE_CHARBUF, v))
		return true;
	return failed_open(x) && xval_cstr(v, "f");
}

static bool x_name(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct param *p;

	if (ev_field(x, F_FD_NAME, TYPE_CHARBUF, v))
		return true;
	if (!failed_open(x) || !x->type)
		return false;
	p = event_param(x->type, x->e->type == EV_OPEN_BY_HANDLE_AT ? A_PATH : A_NAME);
	return p && (event_has(x->e, F_ARG(p->arg)) || event_has(x->e, F_ARGTEXT(p->arg))) &&
	       arg_text(x, p, v);
}

static bool x_type(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const struct {
		char c;
		const char *name;
	} types[] = {
		{ 'f', "file" },      { 'd', "directory" }, { '4', "ipv4" },	{ '6', "ipv6" },
		{ 'u', "unix" },      { 'p', "pipe" },	    { 'e', "event" },	{ 's', "signalfd" },
		{ 'l', "eventpoll" }, { 'i', "inotify" },   { 't', "timerfd" }, { 'n', "netlink" },
		{ 'b', "bpf" },	      { 'r', "io_uring" },  { 'm', "memfd" },	{ 'P', "pidfd" },
	};
	char c = typechar(x);

	if (ev_field(x, F_FD_TYPE, TYPE_CHARBUF, v))
		return true;
	for (size_t i = 0; i < nitems(types); i++)
		if (types[i].c == c)
			return xval_cstr(v, types[i].name);
	return c == 0 && failed_open(x) && xval_cstr(v, "file");
}

/* Up to the last slash; a path with its only slash in front, or none, is in "/". */
static bool directory(struct xctx *x, struct xval *v)
{
	char c = typechar(x);
	const char *slash;

	if ((c != 'f' && c != 'd' && c != 'o' && !failed_open(x)) || !x_name(x, NULL, v))
		return false;
	if (c == 'd')
		return true;
	slash = v->len ? memrchr(v->s, '/', v->len) : NULL;
	if (!slash || slash == v->s)
		return xval_cstr(v, "/");
	if (slash == v->s + v->len - 1)
		return true;
	v->len = slash - v->s;
	return true;
}

static bool x_directory(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return directory(x, v);
}

static bool x_filename(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const char *slash;

	if (typechar(x) != 'f' || !ev_field(x, F_FD_NAME, TYPE_CHARBUF, v))
		return false;
	slash = v->len ? memrchr(v->s, '/', v->len) : NULL;
	if (!slash)
		return xval_cstr(v, "/");
	v->len -= slash + 1 - v->s;
	v->s = slash + 1;
	return true;
}

static bool join(struct xctx *x, const struct xval *a, const char *sep, const struct xval *b,
		 struct xval *v)
{
	struct text_out t;
	uint32_t len;
	const char *s;

	text_begin(&t, x->s);
	text_add(&t, a->s, a->len);
	text_str(&t, sep);
	text_add(&t, b->s, b->len);
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

static bool x_container(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	struct xval id, name;

	if (!ev_field(x, F_CONTAINER_ID, TYPE_CHARBUF, &id))
		return false;
	if (!(r->field->id == F_FD_CONTAINERNAME ? x_name(x, r, &name) : directory(x, &name)))
		return false;
	return join(x, &id, ":", &name, v);
}

static bool x_uid(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	struct text_out t;
	int64_t tid, fd;
	uint32_t len;
	const char *s;

	if (!event_i64(x->e, F_THREAD_TID, &tid) || !event_i64(x->e, F_FD_NUM, &fd))
		return false;
	text_begin(&t, x->s);
	text_int(&t, tid);
	text_int(&t, fd);
	s = text_end(&t, &len);
	return xval_text(v, s, len);
}

/* fd.ip, fd.port, fd.net: both ends. There is a value as soon as there is an fd. */
static bool x_ends(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool port = r->field->id == F_FD_PORT || r->field->id == F_FD_PROTO;
	static const uint8_t any[16];
	char c = typechar(x);
	struct xval *ends;

	if (!c || c == 'o')
		return false;
	ends = scratch_alloc(x->s, 2 * sizeof(*ends));
	if (!ends)
		return false;
	v->kind = X_ITEMS;
	v->type = r->type;
	v->quant = Q_ENDS;
	v->items = ends;
	v->len = 0;
	if (ev_field(x, port ? F_FD_CPORT : F_FD_CIP, r->type, &ends[v->len]))
		v->len++;
	if (ev_field(x, port ? F_FD_SPORT : F_FD_SIP, r->type, &ends[v->len]))
		v->len++;
	if (v->len || (c != '4' && c != '6'))
		return true;
	/* a socket with no address yet has the one that means none */
	v->len = 1;
	if (port)
		return xval_uint(&ends[0], r->type, 0);
	ends[0] =
		(struct xval){ .kind = X_IP, .type = r->type, .len = c == '4' ? 4 : 16, .ip = any };
	return true;
}

static bool x_net(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const uint16_t of[][2] = {
		{ F_FD_CNET, F_FD_CIP },
		{ F_FD_SNET, F_FD_SIP },
		{ F_FD_LNET, F_FD_LIP },
		{ F_FD_RNET, F_FD_RIP },
	};

	for (size_t i = 0; i < nitems(of); i++)
		if (of[i][0] == r->field->id)
			return ev_field(x, of[i][1], TYPE_IPNET, v);
	return false;
}

static bool x_proto(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const uint16_t of[][2] = {
		{ F_FD_CPROTO, F_FD_CPORT },
		{ F_FD_SPROTO, F_FD_SPORT },
		{ F_FD_LPROTO, F_FD_LPORT },
		{ F_FD_RPROTO, F_FD_RPORT },
	};
	struct text_out t;
	struct xval port;
	uint32_t len;
	const char *s;

	for (size_t i = 0; i < nitems(of); i++) {
		if (of[i][0] != r->field->id)
			continue;
		if (!ev_field(x, of[i][1], TYPE_PORT, &port))
			return event_has(x->e, F_FD_SPORT) && xval_cstr(v, "");
		text_begin(&t, x->s);
		text_uint(&t, port.u);
		s = text_end(&t, &len);
		return xval_text(v, s, len);
	}
	return false;
}

/*
 * A datagram of a socket without a peer says itself whom it is for or from: the
 * name is new with each. Capture files say it as their recorder saw it.
 */
static bool x_name_changed(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool connected;

	if (ev_field(x, F_FD_NAME_CHANGED, TYPE_BOOL, v))
		return true;
	if (!typechar(x) || typechar(x) == 'o')
		return false;
	switch (x->e->type) {
	case EV_SENDTO:
	case EV_SENDMSG:
	case EV_SENDMMSG:
	case EV_RECVFROM:
	case EV_RECVMSG:
	case EV_RECVMMSG:
		return xval_bool(v, event_bool(x->e, F_FD_CONNECTED, &connected) && !connected);
	}
	return xval_bool(v, false);
}

static bool x_l4proto(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (ev_field(x, F_FD_L4PROTO, TYPE_CHARBUF, v))
		return true;
	return typechar(x) && typechar(x) != 'o' && xval_cstr(v, "<NA>");
}

static bool x_dns(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const uint16_t of[][2] = {
		{ F_FD_CIP_NAME, F_FD_CIP },
		{ F_FD_SIP_NAME, F_FD_SIP },
		{ F_FD_LIP_NAME, F_FD_LIP },
		{ F_FD_RIP_NAME, F_FD_RIP },
	};

	if (!dns_enabled())
		return false;
	for (size_t i = 0; i < nitems(of); i++)
		if (of[i][0] == r->field->id)
			return ev_field(x, of[i][1], TYPE_IPADDR, v);
	return false;
}

static bool x_dev(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	int64_t dev;

	if (ev_field(x, r->field->id, TYPE_INT32, v))
		return true;
	if (!event_i64(x->e, F_FD_DEV, &dev))
		return false;
	/* the device numbers of the stream are those of stat(2) */
	if (r->field->id == F_FD_DEV_MAJOR)
		return xval_int(v, TYPE_INT32, major((dev_t)dev));
	return xval_int(v, TYPE_INT32, minor((dev_t)dev));
}

/* The type of one fd by its number: of the three that every process has, or the event's own. */
static bool type_of(struct xctx *x, uint32_t fd, struct xval *v)
{
	static const uint16_t standard[] = {
		F_PROC_STDIN_TYPE,
		F_PROC_STDOUT_TYPE,
		F_PROC_STDERR_TYPE,
	};
	int64_t own;

	if (!typechar(x))
		return false;
	if (event_i64(x->e, F_FD_NUM, &own) && own == (int64_t)fd)
		return x_type(x, NULL, v);
	return fd < nitems(standard) && ev_field(x, standard[fd], TYPE_CHARBUF, v);
}

static bool x_types(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	struct xval *item;
	size_t n;

	if (r->argkind == REF_INDEX) {
		item = scratch_alloc(x->s, sizeof(*item));
		if (item)
			item->quant = Q_ONE, item->fmt = FMT_NA;
		if (!item || !type_of(x, r->index, item))
			return false;
		v->items = item;
		n = 1;
	} else if (!ev_items(x, F_FD_TYPES, TYPE_CHARBUF, &v->items, &n)) {
		return false;
	}
	v->kind = X_ITEMS;
	v->type = TYPE_CHARBUF;
	v->quant = Q_LIST;
	v->len = n;
	return true;
}

extract_fn *extract_fd(unsigned int id)
{
	switch (id) {
	case F_FD_TYPECHAR:
		return x_typechar;
	case F_FD_NAME:
		return x_name;
	case F_FD_TYPE:
		return x_type;
	case F_FD_DIRECTORY:
		return x_directory;
	case F_FD_FILENAME:
		return x_filename;
	case F_FD_CONTAINERNAME:
	case F_FD_CONTAINERDIRECTORY:
		return x_container;
	case F_FD_UID:
		return x_uid;
	case F_FD_IP:
	case F_FD_PORT:
	case F_FD_PROTO:
	case F_FD_NET:
		return x_ends;
	case F_FD_CNET:
	case F_FD_SNET:
	case F_FD_LNET:
	case F_FD_RNET:
		return x_net;
	case F_FD_CPROTO:
	case F_FD_SPROTO:
	case F_FD_LPROTO:
	case F_FD_RPROTO:
		return x_proto;
	case F_FD_NAME_CHANGED:
		return x_name_changed;
	case F_FD_L4PROTO:
		return x_l4proto;
	case F_FD_CIP_NAME:
	case F_FD_SIP_NAME:
	case F_FD_LIP_NAME:
	case F_FD_RIP_NAME:
		return x_dns;
	case F_FD_DEV_MAJOR:
	case F_FD_DEV_MINOR:
		return x_dev;
	case F_FD_TYPES:
		return x_types;
	}
	return NULL;
}
