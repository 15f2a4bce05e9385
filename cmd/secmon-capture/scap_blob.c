// SPDX-License-Identifier: BSD-2-Clause
/* Packing what is known of a thread: itself, its ancestors, its leaders, its names. */
#include "cmd/secmon-capture/scap_blob.h"

#include <stdio.h>

#include "cmd/secmon-capture/scap_container.h"
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_kin.h"
#include "cmd/secmon-capture/scap_path.h"
#include "cmd/secmon-capture/scap_proc.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"
#include "common/pull.h"

static void keep(struct scap_blobs *b, unsigned int field)
{
	if (field < FIELD_END)
		b->keep[field / 64] |= 1ULL << field % 64;
}

/* Whether much of what a thread is described with is of no use to anybody. */
static bool few(const struct scap_blobs *b)
{
	static const uint16_t fields[] = {
		F_PROC_EXE,	 F_PROC_EXEPATH,     F_PROC_ARGS,	  F_PROC_CWD,
		F_PROC_SID,	 F_PROC_PGID,	     F_PROC_TTY,	  F_PROC_ROOT,
		F_PROC_EXE_INO,	 F_USER_NAME,	     F_USER_HOMEDIR,	  F_GROUP_NAME,
		F_PROC_SNAME,	 F_PROC_SID_EXEPATH, F_PROC_VPGID_NAME,	  F_PROC_PGID_NAME,
		F_PROC_NTHREADS, F_PROC_STDIN_NAME,  F_PROC_PGID_EXEPATH, F_PROC_VPGID_EXEPATH,
	};
	size_t n = 0;

	for (size_t i = 0; i < nitems(fields); i++)
		n += blob_needs(b, fields[i]);
	return n < nitems(fields) / 2;
}

void blob_init(struct scap_blobs *b, struct scap_world *w, bool env, const struct plan *plan)
{
	b->w = w;
	b->env = env;
	b->all = !plan;
	if (!plan)
		return;
	memcpy(b->keep, plan->need, sizeof(b->keep));
	for (size_t i = 0; i < plan->nselectors; i++) {
		for (size_t k = 0; k < plan->selectors[i].npreds; k++)
			keep(b, plan->selectors[i].preds[k].field);
		b->thin = !b->all && few(b);
		for (size_t k = 0; k < plan->selectors[i].nby; k++)
			keep(b, plan->selectors[i].by[k]);
	}
}

static void put_text(struct wire *w, unsigned int field, const struct scap_text *t)
{
	wire_text(w, field, text_s(t), text_len(t));
}

/* Texts in a block, each with its NUL; the last may lack it. */
static size_t count_texts(const struct scap_text *t)
{
	const char *s = text_s(t), *end = s + text_len(t);
	size_t n = 0;

	for (; s < end; n++)
		s += strnlen(s, (size_t)(end - s)) + 1;
	return n;
}

static void put_texts(struct wire *w, unsigned int field, const struct scap_text *t)
{
	const char *s = text_s(t), *end = s + text_len(t);
	size_t count = count_texts(t);

	wire_array(w, field, count);
	while (count--) {
		size_t n = strnlen(s, (size_t)(end - s));

		wire_item_text(w, s, n);
		s += n + 1;
	}
}

/* Old names of cgroup subsystems in files, and what the kernel calls them. */
static void put_cgroups(struct wire *w, const struct scap_text *t)
{
	const char *s = text_s(t), *end = s + text_len(t);
	char b[4200];

	if (!text_len(t))
		return;
	wire_array(w, F_THREAD_CGROUPS, count_texts(t));
	for (size_t n; s < end; s += n + 1) {
		n = strnlen(s, (size_t)(end - s));
		if (n > 3 && n < 4096 && !memcmp(s, "io=", 3)) {
			memcpy(b, "blk", 3);
			memcpy(b + 3, s, n);
			wire_item_text(w, b, n + 3);
		} else if (n > 5 && n < 4096 && !memcmp(s, "perf=", 5)) {
			memcpy(b, "perf_event", 10);
			memcpy(b + 10, s + 4, n - 4);
			wire_item_text(w, b, n + 6);
		} else {
			wire_item_text(w, s, n);
		}
	}
}

static void put_exe(struct wire *w, const struct scap_thread *t)
{
	put_text(w, F_PROC_EXE, t->exe);
	put_text(w, F_PROC_EXEPATH, t->exepath);
	put_texts(w, F_PROC_ARGS, t->args);
	wire_bool(w, F_PROC_IS_EXE_WRITABLE, t->exe_writable);
	wire_bool(w, F_PROC_IS_EXE_UPPER_LAYER, t->exe_upper);
	wire_bool(w, F_PROC_IS_EXE_LOWER_LAYER, t->exe_lower);
	wire_bool(w, F_PROC_IS_EXE_FROM_MEMFD, t->exe_memfd);
	if (t->exe_ino)
		wire_uint(w, F_PROC_EXE_INO, t->exe_ino);
	if (t->exe_ctime)
		wire_uint(w, F_PROC_EXE_INO_CTIME, t->exe_ctime);
	if (t->exe_mtime)
		wire_uint(w, F_PROC_EXE_INO_MTIME, t->exe_mtime);
}

static void put_ids(struct scap_blobs *b, struct wire *w, const struct scap_thread *t)
{
	struct scap_thread *m = thread_main(t), *parent;

	put_text(w, F_PROC_NAME, t->comm);
	if (!m)
		wire_array(w, F_PROC_MAIN_NAME, 0);
	else if (m->comm != t->comm)
		put_text(w, F_PROC_MAIN_NAME, m->comm);
	wire_int(w, F_PROC_PID, t->pid);
	parent = thread_find(b->w, (m ? m : t)->ptid);
	if (parent && parent->pid != -1)
		wire_int(w, F_PROC_PPID, parent->pid);
	if (t->vpid != -1)
		wire_int(w, F_PROC_VPID, t->vpid);
	if (t->vtid != -1)
		wire_int(w, F_THREAD_VTID, t->vtid);
	wire_int(w, F_PROC_SID, t->sid);
	wire_int(w, F_PROC_PGID, t->pgid);
	wire_int(w, F_PROC_VPGID, t->vpgid);
	wire_uint(w, F_PROC_TTY, t->tty);
	if (t->clone_ts)
		wire_uint(w, F_PROC_PID_TS, t->clone_ts);
	if (t->pidns_start)
		wire_uint(w, F_PROC_PIDNS_INIT_START_TS, t->pidns_start);
	wire_int(w, F_PROC_FDLIMIT, m ? m->fdlimit : t->fdlimit);
	if (t->root)
		put_text(w, F_PROC_ROOT, t->root);
	if (t->placeholder) {
		wire_uint(w, F_PROC_NTHREADS, 0);
		wire_uint(w, F_PROC_NCHILDS, 0);
	} else if (t->group) {
		wire_uint(w, F_PROC_NTHREADS, t->group->alive);
		wire_uint(w, F_PROC_NCHILDS, t->group->alive - (m && !m->dead ? 1 : 0));
	}
}

static void put_users(struct scap_blobs *b, struct wire *w, struct scap_thread *t)
{
	const struct scap_text *c = container_of(b->w, t);
	const struct scap_user *u = world_user(b->w, false, t->uid, c);

	wire_uint(w, F_USER_UID, t->uid);
	wire_cstr(w, F_USER_NAME, world_user_name(b->w, false, t->uid, c));
	wire_cstr(w, F_USER_HOMEDIR, u ? text_s(u->home) : t->uid ? "<NA>" : "/root");
	wire_cstr(w, F_USER_SHELL, u ? text_s(u->shell) : "<NA>");
	wire_uint(w, F_GROUP_GID, t->gid);
	wire_cstr(w, F_GROUP_NAME, world_user_name(b->w, true, t->gid, c));
	wire_int(w, F_USER_LOGINUID, t->loginuid == UINT32_MAX ? -1 : (int64_t)t->loginuid);
	wire_cstr(w, F_USER_LOGINNAME,
		  t->loginuid == UINT32_MAX ? "<NA>"
					    : world_user_name(b->w, false, t->loginuid, c));
}

static void put_std(struct wire *w, const struct scap_thread *t)
{
	static const uint16_t fields[3][2] = {
		{ F_PROC_STDIN_TYPE, F_PROC_STDIN_NAME },
		{ F_PROC_STDOUT_TYPE, F_PROC_STDOUT_NAME },
		{ F_PROC_STDERR_TYPE, F_PROC_STDERR_NAME },
	};
	const struct scap_fdtable *fds = thread_fds(t);

	for (int i = 0; i < 3; i++) {
		const struct scap_fd *fd = fds_get(fds, i);
		const char *type = fd ? fd_type_name(fd->type) : NULL;

		if (!fd)
			continue;
		if (type)
			wire_cstr(w, fields[i][0], type);
		put_text(w, fields[i][1], fd->name);
	}
}

/* Always with a slash at its end, unless nothing is known of it. */
static void put_cwd(struct wire *w, const struct scap_thread *t)
{
	char b[PATH_TEXT_MAX + 1];
	const char *cwd;
	size_t len;

	cwd = actor_cwd(t, &len);
	if (len > PATH_TEXT_MAX)
		len = PATH_TEXT_MAX;
	memcpy(b, cwd, len);
	if (len && b[len - 1] != '/')
		b[len++] = '/';
	wire_text(w, F_PROC_CWD, b, len);
}

void blob_env(struct scap_thread *t, struct wire *out)
{
	struct scap_thread *m = thread_main(t);

	if (m)
		put_texts(out, F_PROC_ENV, m->env);
}

/* The long ones, only if someone reads them. */
static void put_rights(struct scap_blobs *b, struct wire *w, const struct scap_thread *t)
{
	static const uint16_t fields[] = { F_THREAD_CAP_INHERITABLE, F_THREAD_CAP_PERMITTED,
					   F_THREAD_CAP_EFFECTIVE };

	for (size_t i = 0; i < nitems(fields); i++)
		if (blob_needs(b, fields[i]))
			wire_uint(w, fields[i], t->cap[i]);
	if (blob_needs(b, F_THREAD_CGROUPS))
		put_cgroups(w, t->cgroups);
}

/* Who it is, which is always told. */
static bool is_identity(unsigned int field)
{
	return field < F_EVT_RAWRES;
}

/* Leave out the fields that nobody reads. The bytes that stay. */
static long thin_out(struct scap_blobs *b, long len, unsigned int *fields)
{
	struct pull p = { b->buf, b->buf + len };
	uint8_t *to = b->buf;
	struct value key;

	*fields = 0;
	while (p.pos < p.end) {
		const uint8_t *start = p.pos;
		size_t n;

		if (pull_next(&p, &key) != PULL_OK || pull_skip(&p, WIRE_DEPTH_MAX) != PULL_OK)
			break;
		n = (size_t)(p.pos - start);
		if (!is_identity((unsigned int)key.u) && !blob_needs(b, (unsigned int)key.u))
			continue;
		memmove(to, start, n);
		to += n;
		++*fields;
	}
	return to - b->buf;
}

static void make(struct scap_blobs *b, struct scap_thread *t)
{
	struct scap_blob *blob = &t->blob;
	unsigned int fields;
	struct wire w;
	long n;

	wire_blob(&w, b->buf, sizeof(b->buf));
	put_ids(b, &w, t);
	put_exe(&w, t);
	put_rights(b, &w, t);
	put_cwd(&w, t);
	put_users(b, &w, t);
	kin_ancestors(b, &w, t);
	kin_leaders(b, &w, t);
	put_std(&w, t);
	if (b->env)
		blob_env(t, &w);
	container_write(b->w, t, &w);
	n = wire_blob_end(&w, &fields);
	if (n == -1) { /* only with environments beyond measure: the rest still fits */
		wire_blob(&w, b->buf, sizeof(b->buf));
		put_ids(b, &w, t);
		put_users(b, &w, t);
		n = wire_blob_end(&w, &fields);
	}
	if (b->thin)
		n = thin_out(b, n, &fields);
	if ((size_t)n > blob->room) {
		heap_put(&b->w->heap, blob->buf, blob->room);
		blob->room = (uint32_t)n;
		blob->buf = heap_get(&b->w->heap, (size_t)n);
		if (!blob->buf)
			blob->room = 0;
	}
	blob->len = blob->room ? (uint32_t)n : 0;
	blob->fields = blob->room ? fields : 0;
	if (blob->buf)
		memcpy(blob->buf, b->buf, blob->len);
	blob->epoch = b->w->epoch;
}

void blob_write(struct scap_blobs *b, struct scap_thread *t, bool full, struct wire *out)
{
	const struct scap_thread *m = thread_main(t);

	if (t->blob.epoch != b->w->epoch)
		make(b, t);
	if (t->blob.len)
		wire_raw(out, t->blob.buf, t->blob.len, t->blob.fields);
	if (full && !b->env && blob_needs(b, F_PROC_ENV))
		blob_env(t, out);
	if (!m)
		m = t;
	if (blob_needs(b, F_PROC_FDOPENCOUNT))
		wire_uint(out, F_PROC_FDOPENCOUNT, t->placeholder ? 0 : m->fds.used);
	if (!blob_needs(b, F_PROC_VMSIZE) && !blob_needs(b, F_PROC_VMRSS) &&
	    !blob_needs(b, F_THREAD_PFMAJOR))
		return;
	wire_uint(out, F_PROC_VMSIZE, t->vmsize);
	wire_uint(out, F_PROC_VMRSS, t->vmrss);
	wire_uint(out, F_PROC_VMSWAP, t->vmswap);
	wire_uint(out, F_THREAD_PFMAJOR, t->pfmajor);
	wire_uint(out, F_THREAD_PFMINOR, t->pfminor);
}
