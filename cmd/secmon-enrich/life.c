// SPDX-License-Identifier: BSD-2-Clause
/* The life of processes: snapshot, fork, exec, changes, exit. */
#include "life.h"

#include <errno.h>
#include <string.h>

/* Takes the reference d; NULL with errno 0 means that nothing is known any more. */
static void describe(struct world *w, struct proc *p, struct desc *d)
{
	if ((!d && errno) || d == p->desc) {
		desc_unref(d);
		return;
	}
	desc_unref(p->desc);
	p->desc = d;
	world_changed(w, p);
}

static void contain(struct world *w, struct proc *p, const struct view *v, const struct event *e)
{
	struct container *c;
	struct pull list;
	size_t n;

	if (!w->containers || !event_list(e, F_THREAD_CGROUPS, &list, &n))
		return;
	p->cgroup_id = view_has(v, F_THREAD_CGROUP_ID) ? v->cgroup_id : 0;
	c = containers_learn(w->containers, p->cgroup_id, list, n);
	if (!c)
		return;
	if (c != p->container)
		world_changed(w, p);
	if (w->gap_epoch == w->epoch)
		w->epoch++; /* somebody may have waited for this cgroup id */
	container_unref(w->containers, p->container);
	p->container = c;
}

static void on_description(struct world *w, struct proc *p, const struct view *v,
			   const struct event *e, enum desc_change how)
{
	describe(w, p, desc_from(p->desc, e, how));
	contain(w, p, v, e);
	if (!p->told) {
		p->told = true;
		world_changed(w, p);
	}
}

static bool succeeded(const struct view *v)
{
	return !view_has(v, F_EVT_RAWRES) || v->res >= 0;
}

static void inherit(struct world *w, struct proc *child, const struct proc *p, const struct view *v)
{
	if (!child->desc)
		child->desc = desc_ref(p->desc);
	if (!child->container)
		child->container = container_ref(p->container);
	child->cgroup_id = p->cgroup_id;
	child->told |= p->told;
	child->mntns = child->mntns ? child->mntns : p->mntns;
	if (child->comm_len == 0 && view_has(v, F_PROC_NAME) && v->comm_len <= PROC_COMM_MAX) {
		child->comm_len = (uint8_t)v->comm_len;
		memcpy(child->comm, v->comm, v->comm_len);
	}
	world_changed(w, child);
}

enum { FALCO_CLONE_PARENT = 256, FALCO_CLONE_THREAD = 8192 };

/* Told by the parent, once for each new process; threads are none. */
static void on_fork(struct world *w, struct proc *p, const struct view *v, const struct event *e)
{
	uint64_t start = 0, flags = 0;
	struct proc *child;
	int64_t pid;

	event_u64(e, F_PROC_CHILD_TS, &start);
	event_u64(e, F_ARG(A_FLAGS), &flags);
	if (flags & FALCO_CLONE_THREAD)
		return;
	if (!event_i64(e, F_PROC_CHILD_PID, &pid))
		pid = view_has(v, F_EVT_RAWRES) ? v->res : 0;
	if (pid <= 0 || pid == p->pid)
		return;
	child = proctab_find(w->procs, pid, start);
	if (child && start == 0 && (child->exit_ns || child->ppid != p->pid)) {
		/* without start times a new process of a pid ends the old one */
		proctab_remove(w->procs, child);
		child = NULL;
	}
	if (!child)
		child = world_add(w, pid, start);
	event_i64(e, F_PROC_CHILD_VPID, &child->vpid);
	if (flags & FALCO_CLONE_PARENT)
		proctab_adopt(w->procs, child, p->ppid, p->pstart_ns);
	else
		proctab_adopt(w->procs, child, p->pid, p->start_ns);
	inherit(w, child, p, v);
}

/* The directory that the call went to: as text of its path, or as the file's name. */
static void on_chdir(struct world *w, struct proc *p, const struct event *e, unsigned int field)
{
	const char *path = NULL;
	size_t len = 0;

	if (event_has(e, field)) {
		describe(w, p, desc_from(p->desc, e, DESC_UPDATE));
		return;
	}
	if (!event_text(e, F_ARGTEXT(A_PATH), &path, &len) &&
	    !event_text(e, F_FS_PATH_NAME, &path, &len) && !event_text(e, F_FD_NAME, &path, &len) &&
	    !event_text(e, F_ARG(A_PATH), &path, &len))
		len = 0;
	if (len && path[0] != '/')
		len = 0; /* relative to where we do not know: forget */
	describe(w, p, desc_set_dir(p->desc, field, path, len));
}

static void on_setsid(struct world *w, struct proc *p, const struct view *v)
{
	struct desc *d;
	int64_t vpid = p->vpid ? p->vpid : p->pid;

	if (!view_has(v, F_EVT_RAWRES))
		return;
	describe(w, p, desc_set_int(p->desc, F_PROC_SID, v->res));
	describe(w, p, desc_set_int(p->desc, F_PROC_PGID, p->pid));
	describe(w, p, desc_set_int(p->desc, F_PROC_VPGID, vpid));
	d = desc_set_int(p->desc, F_PROC_TTY, 0); /* a new session has no terminal */
	describe(w, p, d);
}

/* A process by the pid that p's namespace has for it: p, or a child. */
static struct proc *by_vpid(struct proc *p, int64_t vpid)
{
	if (vpid == 0 || vpid == (p->vpid ? p->vpid : p->pid))
		return p;
	for (struct proc *c = p->child; c; c = c->next)
		if (!c->exit_ns && (c->vpid ? c->vpid : c->pid) == vpid)
			return c;
	return NULL;
}

static void on_setpgid(struct world *w, struct proc *p, const struct event *e)
{
	struct proc *who, *leader;
	int64_t pid = 0, pgid = 0;

	if (!event_i64(e, F_ARG(A_PID), &pid) || !event_i64(e, F_ARG(A_PGID), &pgid))
		return;
	who = by_vpid(p, pid);
	if (!who)
		return;
	leader = pgid == 0 ? who : by_vpid(p, pgid);
	if (pgid == 0)
		pgid = who->vpid ? who->vpid : who->pid;
	describe(w, who, desc_set_int(who->desc, F_PROC_VPGID, pgid));
	if (leader)
		describe(w, who, desc_set_int(who->desc, F_PROC_PGID, leader->pid));
	else if (!p->vpid || p->vpid == p->pid)
		describe(w, who, desc_set_int(who->desc, F_PROC_PGID, pgid));
	else
		describe(w, who, desc_without(who->desc, (uint16_t[]){ F_PROC_PGID }, 1));
}

/* Credentials are new: if the event does not tell the capabilities, they are not known. */
static void on_credentials(struct world *w, struct proc *p, const struct event *e)
{
	static const uint16_t caps[] = { F_THREAD_CAP_PERMITTED, F_THREAD_CAP_INHERITABLE,
					 F_THREAD_CAP_EFFECTIVE };

	if (event_has(e, F_THREAD_CAP_EFFECTIVE))
		describe(w, p, desc_from(p->desc, e, DESC_UPDATE));
	else
		describe(w, p, desc_without(p->desc, caps, 3));
}

/* What a type of event is to the table. */
enum life {
	LIFE_NONE,
	LIFE_SNAPSHOT,
	LIFE_EXEC,
	LIFE_FORK,
	LIFE_EXIT,
	LIFE_CHDIR,
	LIFE_CHROOT,
	LIFE_SETSID,
	LIFE_SETPGID,
	LIFE_CREDENTIALS
};

static const uint8_t kinds[EVENT_ID_END] = {
	[EV_SNAPSHOT] = LIFE_SNAPSHOT,	  [EV_EXECVE] = LIFE_EXEC,
	[EV_EXECVEAT] = LIFE_EXEC,	  [EV_CLONE] = LIFE_FORK,
	[EV_CLONE3] = LIFE_FORK,	  [EV_FORK] = LIFE_FORK,
	[EV_VFORK] = LIFE_FORK,		  [EV_PROCEXIT] = LIFE_EXIT,
	[EV_CHDIR] = LIFE_CHDIR,	  [EV_FCHDIR] = LIFE_CHDIR,
	[EV_GETCWD] = LIFE_CHDIR,	  [EV_CHROOT] = LIFE_CHROOT,
	[EV_SETSID] = LIFE_SETSID,	  [EV_SETPGID] = LIFE_SETPGID,
	[EV_CAPSET] = LIFE_CREDENTIALS,	  [EV_SETUID] = LIFE_CREDENTIALS,
	[EV_SETREUID] = LIFE_CREDENTIALS, [EV_SETRESUID] = LIFE_CREDENTIALS,
	[EV_UNSHARE] = LIFE_CREDENTIALS,  [EV_SETNS] = LIFE_CREDENTIALS,
};

static enum life kind(unsigned int type)
{
	return type < EVENT_ID_END ? (enum life)kinds[type] : LIFE_NONE;
}

bool life_is(unsigned int type)
{
	return kind(type) != LIFE_NONE;
}

void life_before(struct world *w, struct proc *p, const struct view *v, const struct event *e)
{
	if (!succeeded(v))
		return;
	switch (kind(e->type)) {
	case LIFE_SNAPSHOT:
		p->first = true;
		return on_description(w, p, v, e, DESC_UPDATE);
	case LIFE_EXEC:
		return on_description(w, p, v, e, DESC_EXEC);
	case LIFE_FORK:
		if (v->res > 0 || event_has(e, F_PROC_CHILD_PID))
			on_fork(w, p, v, e);
		return;
	case LIFE_CHDIR:
		return on_chdir(w, p, e, F_PROC_CWD);
	case LIFE_CHROOT:
		return on_chdir(w, p, e, F_PROC_ROOT);
	case LIFE_SETSID:
		return on_setsid(w, p, v);
	case LIFE_SETPGID:
		return on_setpgid(w, p, e);
	case LIFE_CREDENTIALS:
		return on_credentials(w, p, e);
	case LIFE_EXIT:
	case LIFE_NONE:
		return;
	}
}

void life_after(struct world *w, struct proc *p, const struct view *v, const struct event *e)
{
	int64_t reaper = 0;

	if (kind(e->type) != LIFE_EXIT)
		return;
	/* other threads may end and leave the process alive */
	if (view_has(v, F_THREAD_TID) && v->tid != p->pid && !event_has(e, F_PROC_EXIT_CODE) &&
	    !event_has(e, F_PROC_EXIT_SIGNAL))
		return;
	event_i64(e, F_ARG(A_REAPER_TID), &reaper);
	if (p->child)
		world_changed(w, p);
	proctab_exit(w->procs, p, reaper, v->time_ns);
}
