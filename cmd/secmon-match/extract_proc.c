// SPDX-License-Identifier: BSD-2-Clause
/* Fields of the process: its own, its parent's, its ancestors'. */
#include <ctype.h>

#include "cmd/secmon-match/extract_impl.h"
#include "common/compat.h"

/* comm or argv[0], then the arguments; unknown arguments make it unknown. */
static bool line(struct xctx *x, unsigned int first, bool blank, struct xval *v)
{
	const char *s, *text;
	struct pull p;
	struct value w;
	size_t len, n;
	struct text_out t;
	uint32_t out;

	if (!ev_text(x, first, &s, &len) || !event_list(x->e, F_PROC_ARGS, &p, &n))
		return false;
	if (n == 1) { /* one empty argument looks like none */
		struct pull q = p;

		if (pull_next(&q, &w) == PULL_OK && value_is_text(&w) && w.len == 0)
			n = 0;
	}
	if (n == 0 && !blank)
		return xval_text(v, s, len);
	text_begin(&t, x->s);
	text_add(&t, s, len);
	if (blank && n == 0)
		text_char(&t, ' ');
	for (size_t i = 0; i < n; i++) {
		if (pull_next(&p, &w) != PULL_OK || !value_is_text(&w))
			return false;
		text_char(&t, ' ');
		text_add(&t, (const char *)w.p, w.len);
	}
	text = text_end(&t, &out);
	return xval_text(v, text, out);
}

static bool x_line(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (r->field->id == F_PROC_EXELINE)
		return line(x, F_PROC_EXE, true, v);
	return line(x, F_PROC_NAME, false, v);
}

static bool x_args(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (r->argkind != REF_INDEX)
		return ev_join(x, F_PROC_ARGS, ' ', v);
	if (ev_item(x, F_PROC_ARGS, TYPE_CHARBUF, r->index, v))
		return true;
	return event_has(x->e, F_PROC_ARGS) && xval_cstr(v, "");
}

/* The value of NAME= in a list of NAME=VALUE, without blanks around it. */
static bool x_env(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct xval *items;
	size_t n;

	if (r->argkind == REF_NONE)
		return ev_join(x, F_PROC_ENV, ' ', v);
	if (!ev_items(x, F_PROC_ENV, TYPE_CHARBUF, &items, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *s = items[i].s, *end = s + items[i].len;

		if (items[i].len <= r->textlen || s[r->textlen] != '=' ||
		    memcmp(s, r->text, r->textlen) != 0)
			continue;
		s += r->textlen + 1;
		while (s < end && isspace((unsigned char)*s))
			s++;
		while (end > s && isspace((unsigned char)end[-1]))
			end--;
		return xval_text(v, s, end - s);
	}
	return xval_cstr(v, "");
}

/* Of recordings: an event of a process of whose main thread nobody told. */
static bool nobody(struct xctx *x)
{
	struct value v;
	int64_t pid;

	return (event_i64(x->e, F_PROC_PID, &pid) && pid == -1) ||
	       (event_get(x->e, F_PROC_MAIN_NAME, &v) && v.type == VALUE_ARRAY);
}

unsigned int proc_name_field(struct xctx *x)
{
	if (!event_has(x->e, F_PROC_MAIN_NAME))
		return F_PROC_NAME;
	return nobody(x) ? 0 : F_PROC_MAIN_NAME;
}

/* The value that a process has itself where its ancestors have field id. */
static bool own(struct xctx *x, unsigned int id, struct xval *v)
{
	switch (id) {
	case F_PROC_ANAME:
		return ev_field(x, proc_name_field(x), TYPE_CHARBUF, v);
	case F_PROC_AEXE:
		return ev_field(x, F_PROC_EXE, TYPE_CHARBUF, v);
	case F_PROC_AEXEPATH:
		return ev_field(x, F_PROC_EXEPATH, TYPE_CHARBUF, v);
	case F_PROC_ACMDLINE:
		return line(x, proc_name_field(x), false, v);
	case F_PROC_APID:
		return ev_field(x, F_PROC_PID, TYPE_INT64, v);
	case F_PROC_AARGS:
		return ev_join(x, F_PROC_ARGS, ' ', v);
	case F_PROC_AENV:
		return ev_join(x, F_PROC_ENV, ' ', v);
	}
	return false;
}

/* The texts of an array with blanks between, but none before the first that is not empty. */
static bool join_all(struct xctx *x, unsigned int id, struct xval *v)
{
	const struct xval *items;
	struct text_out t;
	bool some = false;
	uint32_t len;
	const char *s;
	size_t n;

	if (!ev_items(x, id, TYPE_CHARBUF, &items, &n))
		return false;
	text_begin(&t, x->s);
	for (size_t i = 0; i < n; i++) {
		if (some)
			text_char(&t, ' ');
		text_add(&t, items[i].s, items[i].len);
		some |= items[i].len > 0;
	}
	s = text_end(&t, &len);
	return some && xval_text(v, s, len);
}

/* proc.aname[n]: 0 the process, 1 its parent; without n all ancestors, for "any of them". */
static bool x_ancestor(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	unsigned int id = r->field->id;
	size_t n;

	/* of itself, as Falco prints these two */
	if (r->printed && r->argkind == REF_NONE && (id == F_PROC_APID || id == F_PROC_AENV))
		return nobody(x) ? id == F_PROC_AENV && xval_cstr(v, "") : own(x, id, v);
	if (r->argkind == REF_INDEX) {
		if (nobody(x))
			return id == F_PROC_AENV && xval_cstr(v, "");
		if (r->index == 0)
			return own(x, id, v);
		return ev_item(x, id, r->type, r->index - 1, v);
	}
	if (id == F_PROC_AARGS)
		return join_all(x, id, v);
	if (!ev_items(x, id, r->type, &v->items, &n) || !n)
		return false;
	v->kind = X_ITEMS;
	v->type = r->type;
	v->quant = Q_ANY;
	v->len = n;
	return true;
}

/* proc.aenv[NAME]: of the nearest ancestor that has it; empty if none has. */
static bool x_aenv(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct xval *items;
	size_t n;

	if (r->argkind != REF_TEXT)
		return x_ancestor(x, r, v);
	if (nobody(x))
		return xval_cstr(v, "");
	if (!ev_items(x, F_PROC_AENV, TYPE_CHARBUF, &items, &n))
		return event_has(x->e, F_PROC_ENV) && xval_cstr(v, "");
	for (size_t i = 0; i < n; i++) {
		const char *s = items[i].s, *end = s + items[i].len, *sep;

		for (; s < end; s = sep + 1) {
			sep = memchr(s, ' ', end - s);
			if (!sep)
				sep = end;
			if ((size_t)(sep - s) > r->textlen && s[r->textlen] == '=' &&
			    memcmp(s, r->text, r->textlen) == 0)
				return xval_text(v, s + r->textlen + 1, sep - s - r->textlen - 1);
		}
	}
	return xval_cstr(v, "");
}

static bool x_parent(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	static const uint16_t lists[][2] = {
		{ F_PROC_PEXE, F_PROC_AEXE },
		{ F_PROC_PEXEPATH, F_PROC_AEXEPATH },
		{ F_PROC_PNAME, F_PROC_ANAME },
		{ F_PROC_PCMDLINE, F_PROC_ACMDLINE },
	};

	for (size_t i = 0; i < nitems(lists); i++)
		if (lists[i][0] == r->field->id)
			return ev_item(x, lists[i][1], TYPE_CHARBUF, 0, v);
	return false;
}

static bool x_sizes(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	struct pull p;
	struct value w;
	size_t n;
	uint64_t sum = 0;

	if (!event_list(x->e, F_PROC_ARGS, &p, &n))
		return false;
	for (size_t i = 0; i < n && pull_next(&p, &w) == PULL_OK; i++)
		sum += value_is_text(&w) ? w.len : 0;
	if (r->field->id == F_PROC_CMDNARGS)
		return xval_uint(v, TYPE_UINT64, n == 1 && !sum ? 0 : n);
	return xval_uint(v, TYPE_UINT64, sum);
}

static bool x_duration(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	unsigned int id = r->field->id == F_PROC_DURATION ? F_PROC_PID_TS : F_PROC_PPID_TS;
	uint64_t start;

	if (!event_u64(x->e, id, &start) || !start || !x->now_ns)
		return false;
	return xval_uint(v, TYPE_RELTIME, x->now_ns > start ? x->now_ns - start : 0);
}

static bool same(struct xctx *x, unsigned int a, unsigned int b, struct xval *v)
{
	int64_t l, r;

	if (!event_i64(x->e, a, &l))
		return false;
	if (!event_i64(x->e, b, &r)) {
		if (l != -1) /* in recordings: both unknown */
			return false;
		r = -1;
	}
	return xval_bool(v, l == r);
}

static bool x_leader(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	switch (r->field->id) {
	case F_PROC_IS_SID_LEADER:
		return same(x, F_PROC_SID, F_PROC_VPID, v);
	case F_PROC_IS_VPGID_LEADER:
		return same(x, F_PROC_VPGID, F_PROC_VPID, v);
	case F_PROC_IS_PGID_LEADER:
		return same(x, F_PROC_PGID, F_PROC_PID, v);
	default: /* thread.ismain */
		return event_has(x->e, F_PROC_PID) && same(x, F_THREAD_TID, F_PROC_PID, v);
	}
}

static bool x_ctime(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t ctime, start;
	bool of_proc = r->field->id == F_PROC_EXE_INO_CTIME_DURATION_PROC_START;

	if (!event_u64(x->e, F_PROC_EXE_INO_CTIME, &ctime) || !ctime)
		return false;
	if (!event_u64(x->e, of_proc ? F_PROC_PID_TS : F_PROC_PIDNS_INIT_START_TS, &start) ||
	    !start)
		return false;
	if (of_proc)
		return start > ctime && xval_uint(v, TYPE_ABSTIME, start - ctime);
	return ctime > start && xval_uint(v, TYPE_ABSTIME, ctime - start);
}

static bool x_fdusage(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t n;
	int64_t limit;

	if (!event_u64(x->e, F_PROC_FDOPENCOUNT, &n) || !event_i64(x->e, F_PROC_FDLIMIT, &limit))
		return false;
	v->kind = X_DOUBLE;
	v->type = TYPE_DOUBLE;
	v->d = limit > 0 ? 100.0 * n / limit : 0;
	return true;
}

static bool x_nametid(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const char *s;
	size_t len;
	int64_t tid;
	struct text_out t;
	uint32_t out;

	if (!ev_text(x, F_PROC_NAME, &s, &len) || !event_i64(x->e, F_THREAD_TID, &tid))
		return false;
	text_begin(&t, x->s);
	text_add(&t, s, len);
	text_int(&t, tid);
	s = text_end(&t, &out);
	return xval_text(v, s, out);
}

/* Memory of the whole process is told by its main thread only. */
static bool x_memory(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	unsigned int id = r->field->id;
	bool rss = id == F_THREAD_VMRSS || id == F_THREAD_VMRSS_B;
	bool bytes = id == F_THREAD_VMSIZE_B || id == F_THREAD_VMRSS_B;
	int64_t tid, pid;
	uint64_t kb;

	if (!event_i64(x->e, F_THREAD_TID, &tid) || !event_i64(x->e, F_PROC_PID, &pid))
		return false;
	if (tid != pid)
		return xval_uint(v, TYPE_UINT64, 0);
	return event_u64(x->e, rss ? F_PROC_VMRSS : F_PROC_VMSIZE, &kb) &&
	       xval_uint(v, TYPE_UINT64, bytes ? kb * 1024 : kb);
}

static bool x_exectime(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	if (r->field->id == F_THREAD_TOTEXECTIME && !event_has(x->e, F_PROC_PID))
		return false;
	return xval_uint(v, TYPE_RELTIME, 0);
}

static bool x_cgroups(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	const struct xval *items;
	size_t n;

	if (r->argkind == REF_NONE)
		return ev_join(x, F_THREAD_CGROUPS, ' ', v) && v->len;
	if (!ev_items(x, F_THREAD_CGROUPS, TYPE_CHARBUF, &items, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct xval *c = &items[i];

		if (c->len > r->textlen && c->s[r->textlen] == '=' &&
		    memcmp(c->s, r->text, r->textlen) == 0)
			return xval_text(v, c->s + r->textlen + 1, c->len - r->textlen - 1);
	}
	return false;
}

extract_fn *extract_proc(unsigned int id)
{
	switch (id) {
	case F_PROC_CMDLINE:
	case F_PROC_EXELINE:
		return x_line;
	case F_PROC_ARGS:
		return x_args;
	case F_PROC_ENV:
		return x_env;
	case F_PROC_AENV:
		return x_aenv;
	case F_PROC_ANAME:
	case F_PROC_AEXE:
	case F_PROC_AEXEPATH:
	case F_PROC_ACMDLINE:
	case F_PROC_APID:
	case F_PROC_AARGS:
		return x_ancestor;
	case F_PROC_PEXE:
	case F_PROC_PEXEPATH:
	case F_PROC_PNAME:
	case F_PROC_PCMDLINE:
		return x_parent;
	case F_PROC_CMDNARGS:
	case F_PROC_CMDLENARGS:
		return x_sizes;
	case F_PROC_DURATION:
	case F_PROC_PPID_DURATION:
		return x_duration;
	case F_PROC_IS_SID_LEADER:
	case F_PROC_IS_VPGID_LEADER:
	case F_PROC_IS_PGID_LEADER:
	case F_THREAD_ISMAIN:
		return x_leader;
	case F_PROC_EXE_INO_CTIME_DURATION_PROC_START:
	case F_PROC_EXE_INO_CTIME_DURATION_PIDNS_START:
		return x_ctime;
	case F_PROC_FDUSAGE:
		return x_fdusage;
	case F_THREAD_NAMETID:
		return x_nametid;
	case F_THREAD_VMSIZE:
	case F_THREAD_VMRSS:
	case F_THREAD_VMSIZE_B:
	case F_THREAD_VMRSS_B:
		return x_memory;
	case F_THREAD_EXECTIME:
	case F_THREAD_TOTEXECTIME:
		return x_exectime;
	case F_THREAD_CGROUPS:
	case F_THREAD_CGROUP:
		return x_cgroups;
	}
	return NULL;
}
