// SPDX-License-Identifier: BSD-2-Clause
/* Threads by tid, by parent and by process. */
#include "cmd/secmon-capture/scap_threads.h"

#include <stdlib.h>

#include "cmd/secmon-capture/scap_fds.h"

static inline size_t bucket(int64_t id)
{
	return (uint64_t)id * 0x9e3779b97f4a7c15ULL >> 48;
}

struct scap_thread *thread_find(const struct scap_world *w, int64_t tid)
{
	struct scap_thread *t = w->tids[bucket(tid)];

	while (t && t->tid != tid)
		t = t->by_tid;
	return t;
}

struct scap_thread *thread_main(const struct scap_thread *t)
{
	struct scap_thread *m;

	if (t->tid == t->pid || t->placeholder || !t->group)
		return (struct scap_thread *)t;
	for (m = t->group->threads; m; m = m->mate)
		if (m->tid == m->pid)
			return m;
	return NULL;
}

struct scap_thread *thread_parent(const struct scap_world *w, const struct scap_thread *t)
{
	struct scap_thread *p = thread_find(w, t->ptid);

	return p && p != t ? thread_main(p) : NULL;
}

struct scap_thread *thread_children(const struct scap_world *w, int64_t tid,
				    const struct scap_thread *prev)
{
	struct scap_thread *t = prev ? prev->by_ptid : w->ptids[bucket(tid)];

	while (t && t->ptid != tid)
		t = t->by_ptid;
	return t;
}

void thread_touch(struct scap_thread *t)
{
	t->blob.epoch = 0;
	if (t->group && t->group->count > 1 && t->tid == t->pid)
		for (struct scap_thread *m = t->group->threads; m; m = m->mate)
			m->blob.epoch = 0;
}

void thread_touch_name(struct scap_world *w, struct scap_thread *t)
{
	thread_touch(t);
	if (t->parent_of_some || t->leader_of_some)
		w->epoch++;
}

static struct scap_group **group_slot(struct scap_world *w, int64_t pid)
{
	struct scap_group **g = &w->groups[bucket(pid)];

	while (*g && (*g)->pid != pid)
		g = &(*g)->next;
	return g;
}

static bool join(struct scap_world *w, struct scap_thread *t)
{
	struct scap_group **at = group_slot(w, t->pid), *g = *at;

	if (!g) {
		g = heap_get(&w->heap, sizeof(*g));
		if (!g)
			return false;
		*g = (struct scap_group){ .pid = t->pid };
		*at = g;
	}
	t->group = g;
	t->mate = g->threads;
	g->threads = t;
	g->count++;
	g->alive += !t->dead;
	for (struct scap_thread *m = g->threads; m; m = m->mate)
		m->blob.epoch = 0; /* their number is in the description */
	return true;
}

static void leave(struct scap_world *w, struct scap_thread *t)
{
	struct scap_group *g = t->group, **at;
	struct scap_thread **m;

	if (!g)
		return;
	for (m = &g->threads; *m != t; m = &(*m)->mate)
		;
	*m = t->mate;
	g->count--;
	g->alive -= !t->dead;
	t->group = NULL;
	for (struct scap_thread *o = g->threads; o; o = o->mate)
		o->blob.epoch = 0;
	if (g->count)
		return;
	at = group_slot(w, g->pid);
	*at = g->next;
	heap_put(&w->heap, g, sizeof(*g));
}

static void link_parent(struct scap_world *w, struct scap_thread *t)
{
	struct scap_thread **at = &w->ptids[bucket(t->ptid)], *p, *m;

	t->by_ptid = *at;
	*at = t;
	p = thread_find(w, t->ptid);
	if (!p)
		return;
	p->parent_of_some = true;
	m = thread_main(p);
	if (m)
		m->parent_of_some = true;
}

static void unlink_parent(struct scap_world *w, struct scap_thread *t)
{
	struct scap_thread **at = &w->ptids[bucket(t->ptid)];

	while (*at != t)
		at = &(*at)->by_ptid;
	*at = t->by_ptid;
}

struct scap_thread *thread_new(struct scap_world *w, int64_t tid, int64_t pid, int64_t ptid)
{
	struct scap_thread *t = thread_find(w, tid), **at;

	if (t)
		thread_free(w, t);
	if (w->nthreads >= SCAP_THREADS_MAX || !(t = heap_get(&w->heap, sizeof(*t)))) {
		w->refused++;
		return NULL;
	}
	*t = (struct scap_thread){
		.tid = tid,
		.pid = pid,
		.ptid = ptid,
		.sid = -1,
		.pgid = -1,
		.vpgid = -1,
		.vtid = -1,
		.vpid = -1,
		.reaper = -1,
		.uid = UINT32_MAX,
		.gid = UINT32_MAX,
		.loginuid = UINT32_MAX,
	};
	if (!join(w, t)) {
		heap_put(&w->heap, t, sizeof(*t));
		w->refused++;
		return NULL;
	}
	at = &w->tids[bucket(tid)];
	t->by_tid = *at;
	*at = t;
	w->nthreads++;
	link_parent(w, t);
	/* someone may have named it as parent before it was known */
	if (thread_children(w, tid, NULL)) {
		t->parent_of_some = true;
		w->epoch++;
	}
	return t;
}

struct scap_thread *thread_placeholder(struct scap_world *w, int64_t tid)
{
	struct scap_thread *t = thread_new(w, tid, -1, -1);

	if (!t)
		return NULL;
	t->placeholder = true;
	thread_name_unknown(w, t);
	return t;
}

void thread_name_unknown(struct scap_world *w, struct scap_thread *t)
{
	text_set(&w->heap, &t->comm, text_new(&w->heap, "<NA>", 4));
	text_set(&w->heap, &t->exe, text_ref(t->comm));
}

static struct scap_text *slice(struct scap_world *w, struct scap_slice s)
{
	return text_new(&w->heap, s.s, s.len);
}

/* The kernel says so of a file that has no name any more; it is no part of the name. */
static struct scap_text *exepath(struct scap_world *w, struct scap_slice s)
{
	static const char deleted[] = " (deleted)";
	size_t n = sizeof(deleted) - 1;

	if (s.len > n && !memcmp(s.s + s.len - n, deleted, n))
		s.len -= n;
	return slice(w, s);
}

struct scap_thread *thread_from_list(struct scap_world *w, const struct scap_proc *p)
{
	struct scap_thread *t = thread_new(w, p->tid, p->pid, p->ptid);

	if (!t)
		return NULL;
	t->sid = p->sid;
	t->pgid = p->pgid;
	t->vpgid = p->vpgid;
	t->vtid = p->vtid == -1 ? p->tid : p->vtid;
	t->vpid = p->vpid == -1 ? p->pid : p->vpid;
	t->fdlimit = p->fdlimit;
	t->flags = p->flags;
	t->uid = p->uid;
	t->gid = p->gid;
	t->loginuid = p->loginuid;
	t->tty = p->tty;
	t->vmsize = p->vmsize;
	t->vmrss = p->vmrss;
	t->vmswap = p->vmswap;
	t->pfmajor = p->pfmajor;
	t->pfminor = p->pfminor;
	t->pidns_start = p->pidns_start;
	memcpy(t->cap, p->cap, sizeof(t->cap));
	t->exe_ino = p->exe_ino;
	t->exe_ctime = p->exe_ctime;
	t->exe_mtime = p->exe_mtime;
	t->exe_writable = p->exe_writable;
	t->exe_upper = p->exe_upper;
	t->exe_lower = p->exe_lower;
	t->exe_memfd = p->exe_memfd;
	t->comm = slice(w, p->comm);
	t->exe = slice(w, p->exe);
	t->exepath = exepath(w, p->exepath);
	t->args = slice(w, p->args);
	t->cwd = slice(w, p->cwd);
	t->env = slice(w, p->env);
	t->cgroups = slice(w, p->cgroups);
	t->root = slice(w, p->root);
	return t;
}

void thread_free(struct scap_world *w, struct scap_thread *t)
{
	struct scap_thread **at = &w->tids[bucket(t->tid)];
	struct scap_text **texts[] = { &t->comm, &t->exe, &t->exepath, &t->args,
				       &t->cwd,	 &t->env, &t->cgroups, &t->root };

	while (*at != t)
		at = &(*at)->by_tid;
	*at = t->by_tid;
	unlink_parent(w, t);
	leave(w, t);
	if (t->parent_of_some || t->leader_of_some)
		w->epoch++;
	fds_clear(w, &t->fds);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		text_unref(&w->heap, *texts[i]);
	heap_put(&w->heap, t->blob.buf, t->blob.room);
	heap_put(&w->heap, t, sizeof(*t));
	w->nthreads--;
}

bool thread_set_pid(struct scap_world *w, struct scap_thread *t, int64_t pid)
{
	if (t->pid == pid && t->group)
		return true;
	leave(w, t);
	t->pid = pid;
	thread_touch_name(w, t);
	return join(w, t);
}

void thread_set_parent(struct scap_world *w, struct scap_thread *t, int64_t ptid)
{
	if (t->ptid == ptid)
		return;
	unlink_parent(w, t);
	t->ptid = ptid;
	link_parent(w, t);
	thread_touch_name(w, t);
}
