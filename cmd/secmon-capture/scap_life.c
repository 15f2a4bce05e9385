// SPDX-License-Identifier: BSD-2-Clause
/* Threads come, execute and go. */
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_path.h"
#include "cmd/secmon-capture/scap_proc.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"

enum {
	/* parameters of clone, fork, vfork and execve that have the same place */
	P_RES,
	P_EXE,
	P_ARGS,
	P_TID,
	P_PID,
	P_PTID,
	P_CWD,
	P_FDLIMIT,
	P_PGFT_MAJ,
	P_PGFT_MIN,
	P_VM_SIZE,
	P_VM_RSS,
	P_VM_SWAP,
	P_COMM,
	P_CGROUPS,
	C_FLAGS = 15,
	C_UID,
	C_GID,
	C_VTID,
	C_VPID,
	C_PIDNS_START,
	E_ENV = 15,
	E_TTY,
	E_VPGID,
	E_LOGINUID,
	E_FLAGS,
	E_CAP_INHERITABLE,
	E_CAP_PERMITTED,
	E_CAP_EFFECTIVE,
	E_INO,
	E_CTIME,
	E_MTIME,
	E_UID,
	E_EXEPATH,
	E_PGID,
	E_GID
};

enum { EXECVEAT_EMPTY_PATH = 1 };

enum { STALE_NS = 2000000000 }; /* a tid made longer ago than this was made again */

static void set_text(struct scap_actor *a, struct scap_text **slot, unsigned int param)
{
	const char *s;
	size_t len;

	if (ev_text(a->e, param, &s, &len))
		text_set(&a->w->heap, slot, text_new(&a->w->heap, s, len));
}

/* A block of texts, each with its NUL. */
static void set_block(struct scap_actor *a, struct scap_text **slot, unsigned int param)
{
	if (param < a->e->n)
		text_set(&a->w->heap, slot,
			 text_new(&a->w->heap, a->e->p[param], a->e->len[param]));
}

/* What container it is in follows from its control groups, which seldom change. */
static void set_cgroups(struct scap_actor *a, struct scap_thread *t)
{
	const struct scap_event *e = a->e;

	if (P_CGROUPS < e->n && t->cgroups && text_len(t->cgroups) == e->len[P_CGROUPS] &&
	    !memcmp(t->cgroups->s, e->p[P_CGROUPS], e->len[P_CGROUPS]))
		return;
	set_block(a, &t->cgroups, P_CGROUPS);
	t->container_known = false;
}

static void set_memory(struct scap_actor *a, struct scap_thread *t)
{
	if (ev_has(a->e, P_PGFT_MAJ))
		t->pfmajor = ev_u64(a->e, P_PGFT_MAJ);
	if (ev_has(a->e, P_PGFT_MIN))
		t->pfminor = ev_u64(a->e, P_PGFT_MIN);
	if (ev_has(a->e, P_VM_SIZE))
		t->vmsize = ev_u64(a->e, P_VM_SIZE);
	if (ev_has(a->e, P_VM_RSS))
		t->vmrss = ev_u64(a->e, P_VM_RSS);
	if (ev_has(a->e, P_VM_SWAP))
		t->vmswap = ev_u64(a->e, P_VM_SWAP);
}

/* What a new thread has from the one that made it. */
static void inherit(struct scap_world *w, struct scap_thread *t, const struct scap_thread *from,
		    bool thread)
{
	t->exepath = text_ref(from->exepath);
	t->root = text_ref(from->root);
	t->exe_writable = from->exe_writable;
	t->exe_upper = from->exe_upper;
	t->exe_lower = from->exe_lower;
	t->exe_memfd = from->exe_memfd;
	t->exe_ino = from->exe_ino;
	t->exe_ctime = from->exe_ctime;
	t->exe_mtime = from->exe_mtime;
	t->sid = from->sid;
	t->pgid = from->pgid;
	t->vpgid = from->vpgid;
	t->tty = from->tty;
	t->loginuid = from->loginuid;
	t->cgroups = text_ref(from->cgroups);
	t->container = from->container;
	t->container_known = from->container_known;
	memcpy(t->cap, from->cap, sizeof(t->cap));
	if (!thread) {
		const struct scap_thread *m = thread_main(from);

		if (!m)
			return;
		fds_copy(w, &t->fds, &m->fds);
		t->cwd = text_ref(m->cwd);
		t->env = text_ref(m->env);
	}
}

/* What the event itself says of the new thread. */
static void describe(struct scap_actor *a, struct scap_thread *t)
{
	set_text(a, &t->exe, P_EXE);
	set_block(a, &t->args, P_ARGS);
	set_text(a, &t->comm, P_COMM);
	if (!ev_has(a->e, P_COMM))
		t->comm = text_ref(t->exe);
	set_cgroups(a, t);
	if (ev_has(a->e, P_FDLIMIT))
		t->fdlimit = ev_i64(a->e, P_FDLIMIT);
	set_memory(a, t);
	if (ev_has(a->e, C_UID))
		t->uid = (uint32_t)ev_u64(a->e, C_UID);
	if (ev_has(a->e, C_GID))
		t->gid = (uint32_t)ev_u64(a->e, C_GID);
	t->clone_ts = a->e->ts;
	thread_touch_name(a->w, t);
}

/* A child that told of itself, and of its end, before its maker's call returned. */
static void note_short(struct scap_world *w, const struct scap_thread *t)
{
	if (t->inverted)
		w->short_lived[w->nshort++ % SCAP_SHORT_MAX] = t->tid;
}

static bool was_short(struct scap_world *w, int64_t tid)
{
	for (size_t i = 0; i < SCAP_SHORT_MAX; i++)
		if (w->short_lived[i] == tid && tid) {
			w->short_lived[i] = 0;
			return true;
		}
	return false;
}

/* The maker's half: only this one tells of the child in time when all is simple. */
static void clone_by_parent(struct scap_actor *a, int64_t child_tid)
{
	uint64_t flags = ev_u64(a->e, C_FLAGS);
	bool thread = flags & CL_THREAD;
	struct scap_thread *by = a->t, *t;

	if (flags & (CL_CHILD_IN_PIDNS | CL_NEWPID | CL_PARENT) || thread_in_pidns(by) ||
	    a->e->code == SCAP_VFORK_20_X || flags & CL_VFORK)
		return;
	t = thread_find(a->w, child_tid);
	if (t && t->inverted) {
		t->inverted = false;
		return;
	}
	if (was_short(a->w, child_tid))
		return;
	t = thread_new(a->w, child_tid, thread ? by->pid : child_tid, thread ? by->ptid : by->tid);
	if (!t)
		return;
	t->flags = flags;
	inherit(a->w, t, by, thread);
	describe(a, t);
	t->vtid = child_tid;
	t->vpid = thread ? by->vpid : child_tid;
}

/* The main thread of a thread that is born: nobody told of it, but so much is sure. */
static struct scap_thread *unknown_leader(struct scap_actor *a, int64_t pid, int64_t ptid)
{
	struct scap_thread *t = thread_new(a->w, pid, pid, ptid);

	if (!t)
		return NULL;
	set_text(a, &t->exe, P_EXE);
	set_text(a, &t->comm, ev_has(a->e, P_COMM) ? P_COMM : P_EXE);
	t->fdlimit = -1;
	t->vtid = t->vpid = pid;
	return t;
}

static void clone_by_child(struct scap_actor *a)
{
	uint64_t flags = ev_u64(a->e, C_FLAGS);
	bool thread = flags & CL_THREAD;
	struct scap_thread *t = thread_find(a->w, a->e->tid), *from;
	int64_t pid = ev_i64(a->e, P_PID), ptid = ev_i64(a->e, P_PTID);
	int64_t from_tid = thread ? pid : ptid;

	if (t && t->clone_ts && a->e->ts - t->clone_ts < STALE_NS) {
		a->t = t;
		a->twin = true;
		return;
	}
	from = thread_find(a->w, from_tid);
	if (!from)
		from = thread ? unknown_leader(a, pid, ptid) : thread_placeholder(a->w, from_tid);
	t = thread_new(a->w, a->e->tid, pid, ptid);
	a->t = t;
	if (!t)
		return;
	t->inverted = true;
	t->flags = flags;
	if (from && from != t)
		inherit(a->w, t, from, thread);
	describe(a, t);
	t->vtid = ev_has(a->e, C_VTID) ? ev_i64(a->e, C_VTID) : t->tid;
	t->vpid = ev_has(a->e, C_VPID) ? ev_i64(a->e, C_VPID) : t->pid;
	if (t->vtid != t->tid || t->vpid != t->pid)
		t->flags |= CL_CHILD_IN_PIDNS;
	if (ev_has(a->e, C_PIDNS_START))
		t->pidns_start = ev_u64(a->e, C_PIDNS_START);
}

/* A maker that was not known describes itself in its event. */
static struct scap_thread *unknown_parent(struct scap_actor *a)
{
	struct scap_thread *t;

	if (!ev_has(a->e, P_PID) || !ev_has(a->e, P_COMM))
		return thread_placeholder(a->w, a->e->tid);
	t = thread_new(a->w, a->e->tid, ev_i64(a->e, P_PID), ev_i64(a->e, P_PTID));
	if (!t)
		return NULL;
	if (ev_u64(a->e, C_FLAGS) & (CL_CHILD_IN_PIDNS | CL_NEWPID))
		thread_name_unknown(a->w, t);
	else
		describe(a, t);
	t->clone_ts = 0;
	t->uid = t->gid = UINT32_MAX; /* what it says of these is the child's */
	if (t->tid == t->pid)
		t->fdlimit = -1;
	t->vtid = t->tid;
	t->vpid = t->pid;
	return t;
}

static void on_clone(struct scap_actor *a)
{
	if (a->has_res && a->res == 0) {
		clone_by_child(a);
	} else {
		if (!a->t)
			a->t = unknown_parent(a);
		if (a->t && a->has_res && a->res > 0)
			clone_by_parent(a, a->res);
	}
	if (a->t)
		a->fds = thread_fds(a->t);
}

/* Before the kernel said what was executed: the name that was asked for. */
static void exepath_of_enter(struct scap_actor *a)
{
	bool at = a->e->code == SCAP_EXECVEAT_X;
	struct scap_event enter;
	char b[PATH_TEXT_MAX];
	const char *s;
	size_t len;

	if (!convert_enter(a->convert, a->e->tid, at ? SCAP_EXECVEAT_E : SCAP_EXECVE_19_E, &enter))
		return;
	if (!ev_text(&enter, at ? 1 : 0, &s, &len))
		return;
	if (at && ev_u64(&enter, 2) & EXECVEAT_EMPTY_PATH) {
		const struct scap_fd *fd = fds_get(a->fds, ev_i64(&enter, 0));

		text_set(&a->w->heap, &a->t->exepath, fd ? text_ref(fd->name) : NULL);
		return;
	}
	if (len == 4 && !memcmp(s, "<NA>", 4)) {
		text_set(&a->w->heap, &a->t->exepath, text_new(&a->w->heap, s, len));
		return;
	}
	len = actor_path(a, at ? ev_i64(&enter, 0) : -100, s, len, "/", b);
	text_set(&a->w->heap, &a->t->exepath, text_new(&a->w->heap, b, len));
}

/* Each only if the event has it: older writers gave fewer. */
static void exec_numbers(struct scap_actor *a, struct scap_thread *t)
{
	const struct scap_event *e = a->e;

	if (ev_has(e, P_FDLIMIT))
		t->fdlimit = ev_i64(e, P_FDLIMIT);
	if (ev_has(e, E_TTY))
		t->tty = (uint32_t)ev_u64(e, E_TTY);
	if (ev_has(e, E_VPGID))
		t->vpgid = ev_i64(e, E_VPGID);
	if (ev_has(e, E_LOGINUID))
		t->loginuid = (uint32_t)ev_u64(e, E_LOGINUID);
	t->pgid = ev_has(e, E_PGID) ? ev_i64(e, E_PGID) : -1;
	for (unsigned int i = 0; i < 3; i++)
		if (ev_has(e, E_CAP_INHERITABLE + i))
			t->cap[i] = ev_u64(e, E_CAP_INHERITABLE + i);
	if (ev_has(e, E_INO))
		t->exe_ino = ev_u64(e, E_INO);
	if (ev_has(e, E_CTIME))
		t->exe_ctime = ev_u64(e, E_CTIME);
	if (ev_has(e, E_MTIME))
		t->exe_mtime = ev_u64(e, E_MTIME);
	if (ev_has(e, E_UID))
		t->uid = (uint32_t)ev_u64(e, E_UID);
	if (ev_has(e, E_GID))
		t->gid = (uint32_t)ev_u64(e, E_GID);
	set_memory(a, t);
}

static void exec_flags(struct scap_actor *a, struct scap_thread *t)
{
	uint64_t f;

	if (!ev_uint(a->e, E_FLAGS, &f))
		return;
	t->exe_writable = f & 1;
	t->exe_upper = f & 2;
	t->exe_memfd = f & 4;
	t->exe_lower = f & 8;
}

/* Who cares for the children of a process whose last thread has ended. */
static int64_t reaper_of(struct scap_world *w, struct scap_thread *t)
{
	struct scap_thread *p = t;

	for (int depth = 0; depth < 1024; depth++) {
		p = thread_find(w, p->ptid);
		if (!p || !p->group)
			break;
		if (p->group->reaper && p->group->alive)
			return p->tid == p->pid && !p->dead ? p->tid : p->pid;
	}
	return 0;
}

static void reparent(struct scap_world *w, struct scap_thread *t, int64_t told)
{
	int64_t to = told;
	struct scap_thread *c;

	if (!thread_children(w, t->tid, NULL))
		return;
	for (struct scap_thread *m = t->group->threads; to <= 0 && m; m = m->mate)
		if (m != t && !m->dead)
			to = m->tid;
	if (to <= 0)
		to = reaper_of(w, t);
	if (to == t->tid)
		to = 0;
	while ((c = thread_children(w, t->tid, NULL)))
		thread_set_parent(w, c, to);
}

/* A thread that executes is the only one of its process afterwards. */
static void drop_mates(struct scap_world *w, struct scap_thread *t)
{
	struct scap_thread *m, *next;

	if (!t->group || t->tid != t->pid)
		return;
	if (t->dead) { /* before the others go, or it goes with them */
		t->dead = false;
		t->group->alive++;
	}
	for (m = t->group->threads; m; m = next) {
		next = m->mate;
		if (m == t)
			continue;
		reparent(w, m, 0);
		thread_gone(w, m);
	}
}

static void on_exec(struct scap_actor *a)
{
	struct scap_thread *t = a->t;
	const struct scap_event *e = a->e;
	const char *s;
	size_t len;

	if (!t || !a->has_res || a->res < 0)
		return;
	if (ev_has(e, P_PID) && ev_i64(e, P_PID) != t->pid &&
	    !thread_set_pid(a->w, t, ev_i64(e, P_PID)))
		return;
	if (t->placeholder && ev_has(e, P_PTID))
		thread_set_parent(a->w, t, ev_i64(e, P_PTID));
	if (t->placeholder && t->vtid == -1) {
		t->vtid = t->tid;
		t->vpid = t->pid;
	}
	t->placeholder = false;
	set_text(a, &t->exe, P_EXE);
	set_text(a, &t->comm, P_COMM);
	if (!ev_has(e, P_COMM))
		text_set(&a->w->heap, &t->comm, text_ref(t->exe));
	set_block(a, &t->args, P_ARGS);
	if (ev_has(e, P_CGROUPS))
		set_cgroups(a, t);
	if (ev_has(e, E_ENV))
		set_block(a, &t->env, E_ENV);
	if (ev_text(e, E_EXEPATH, &s, &len) && !(len == 4 && !memcmp(s, "<NA>", 4)))
		set_text(a, &t->exepath, E_EXEPATH);
	else
		exepath_of_enter(a);
	exec_numbers(a, t);
	exec_flags(a, t);
	t->flags &= CL_CHILD_IN_PIDNS;
	drop_mates(a->w, t);
	a->fds = thread_fds(t);
	if (a->fds)
		fds_on_exec(a->w, a->fds);
	thread_touch_name(a->w, t);
}

void thread_gone(struct scap_world *w, struct scap_thread *t)
{
	struct scap_group *g = t->group;

	if (!t->dead && g) {
		t->dead = true;
		g->alive--;
	}
	if (t->tid == t->pid && g && g->alive)
		return; /* the others still speak of it */
	if (t->tid != t->pid && g && !g->alive) {
		struct scap_thread *m = thread_main(t);

		thread_free(w, t);
		if (m && m != t && m->dead && m->group->count == 1)
			thread_free(w, m);
		return;
	}
	thread_free(w, t);
}

static void on_procexit(struct scap_actor *a)
{
	if (!a->t || !a->t->group)
		return;
	if (!a->t->dead) {
		a->t->dead = true;
		a->t->group->alive--;
		thread_touch(a->t);
	}
	note_short(a->w, a->t);
	reparent(a->w, a->t, ev_i64(a->e, 4));
	a->remove_thread = true;
}

bool apply_life(struct scap_actor *a)
{
	switch (a->e->code) {
	case SCAP_CLONE_20_X:
	case SCAP_FORK_20_X:
	case SCAP_VFORK_20_X:
	case SCAP_CLONE3_X:
		on_clone(a);
		return true;
	case SCAP_EXECVE_19_X:
	case SCAP_EXECVEAT_X:
		on_exec(a);
		return true;
	case SCAP_PROCEXIT_1_E:
		on_procexit(a);
		return true;
	}
	return false;
}
