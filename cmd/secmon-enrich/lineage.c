// SPDX-License-Identifier: BSD-2-Clause
/* Ancestors, session and group as fields. */
#include "lineage.h"

#include <string.h>

struct lineage {
	struct proc *p[LINEAGE_MAX];
	unsigned int n;
	bool whole; /* the last one has no parent, or none that the stream tells */
};

static void lineage_of(struct world *world, struct proc *p, struct lineage *l)
{
	struct proc *last = p;

	l->n = 0;
	for (struct proc *a = p->parent; a && l->n < LINEAGE_MAX; a = a->parent) {
		world_refer(world, a);
		l->p[l->n++] = last = a;
	}
	/* of a command's tree only, the stream begins with the command */
	l->whole = (last->ppid == 0 && last->told) || (last->first && !last->orphan);
}

/* One item of a list, or false if it is not known. */
typedef bool (*item_fn)(const struct proc *p, struct wire *w);

static bool item_name(const struct proc *p, struct wire *w)
{
	if (p->comm_len)
		wire_item_text(w, p->comm, p->comm_len);
	return p->comm_len;
}

static bool item_pid(const struct proc *p, struct wire *w)
{
	wire_item_int(w, p->pid);
	return true;
}

static bool item_raw(const struct proc *p, unsigned int field, struct wire *w)
{
	const uint8_t *value;
	size_t len;

	if (!desc_raw(p->desc, field, &value, &len))
		return false;
	wire_raw(w, value, len, 0);
	return true;
}

static bool item_exe(const struct proc *p, struct wire *w)
{
	return item_raw(p, F_PROC_EXE, w);
}

static bool item_exepath(const struct proc *p, struct wire *w)
{
	return item_raw(p, F_PROC_EXEPATH, w);
}

static bool item_env(const struct proc *p, struct wire *w)
{
	return item_raw(p, F_PROC_ENV, w);
}

static bool joined(const struct proc *p, const char *head, size_t headlen, struct wire *w)
{
	char line[LINEAGE_BYTES];
	long len = desc_cmdline(p->desc, head, headlen, line, sizeof(line));

	if (len < 0)
		return false;
	wire_item_text(w, line, (size_t)len);
	return true;
}

static bool item_cmdline(const struct proc *p, struct wire *w)
{
	return p->comm_len && joined(p, p->comm, p->comm_len, w);
}

static bool item_args(const struct proc *p, struct wire *w)
{
	return joined(p, NULL, 0, w);
}

/*
 * A list whose length shows only while it is written: an array of 65535 items
 * has a header of three bytes, whose count is set right at the end.
 */
static void list(const struct lineage *l, unsigned int field, item_fn item, struct wire *w,
		 struct marks *marks)
{
	struct wire before = *w, whole;
	unsigned int n = 0;
	uint8_t *items;

	wire_array(w, field, UINT16_MAX);
	items = w->pos;
	for (; n < l->n; n++) {
		whole = *w;
		if (!item(l->p[n], w))
			break;
		if (w->pos - items > LINEAGE_BYTES || w->full) {
			*w = whole;
			marks_add(marks, field, REASON_TOO_LONG);
			break;
		}
	}
	if (n == 0) {
		*w = before;
		return;
	}
	items[-2] = (uint8_t)(n >> 8);
	items[-1] = (uint8_t)n;
}

static void field_raw(const struct proc *p, unsigned int from, unsigned int to, struct wire *w)
{
	const uint8_t *value;
	struct wire before = *w;
	size_t len;

	if (!desc_raw(p->desc, from, &value, &len))
		return;
	wire_bool(w, to, false); /* the key, and a value of one byte to step back over */
	w->pos--;
	wire_raw(w, value, len, 0);
	if (w->full)
		*w = before;
}

static void write_parent(const struct proc *parent, struct wire *w)
{
	field_raw(parent, F_PROC_EXE_DEV, F_PROC_PEXE_DEV, w);
	field_raw(parent, F_PROC_EXE_INO, F_PROC_PEXE_INO, w);
	if (parent->mntns)
		wire_uint(w, F_PROC_PMNTNS, parent->mntns);
	if (parent->vpid)
		wire_int(w, F_PROC_PVPID, parent->vpid);
}

static bool is_shell(const struct proc *p)
{
	return p->comm_len >= 2 && memcmp(p->comm + p->comm_len - 2, "sh", 2) == 0;
}

static void write_login_shell(const struct proc *p, const struct lineage *l, struct wire *w)
{
	const struct proc *shell = is_shell(p) ? p : NULL;

	for (unsigned int i = 0; i < l->n; i++)
		if (is_shell(l->p[i]))
			shell = l->p[i];
	if (shell)
		wire_int(w, F_PROC_LOGINSHELLID, shell->pid);
}

static void write_leader(struct world *world, struct proc *leader, unsigned int name,
			 unsigned int exe, unsigned int exepath, struct wire *w)
{
	if (!leader)
		return;
	world_refer(world, leader);
	if (leader->comm_len)
		wire_text(w, name, leader->comm, leader->comm_len);
	field_raw(leader, F_PROC_EXE, exe, w);
	field_raw(leader, F_PROC_EXEPATH, exepath, w);
}

/* In a pid namespace the session id is of that namespace: the leader is an ancestor. */
static struct proc *session_leader(const struct world *world, struct proc *p,
				   const struct lineage *l, int64_t sid)
{
	if (p->vpid == 0 || p->vpid == p->pid)
		return proctab_find(world->procs, sid, 0);
	if (p->vpid == sid)
		return p;
	for (unsigned int i = 0; i < l->n && l->p[i]->pidns == p->pidns; i++)
		if (l->p[i]->vpid == sid)
			return l->p[i];
	return NULL;
}

static void write_leaders(struct world *world, struct proc *p, const struct lineage *l,
			  struct wire *w)
{
	struct proc *group = NULL;
	int64_t id;

	if (desc_i64(p->desc, F_PROC_SID, &id) && id > 0)
		write_leader(world, session_leader(world, p, l, id), F_PROC_SNAME, F_PROC_SID_EXE,
			     F_PROC_SID_EXEPATH, w);
	if (desc_i64(p->desc, F_PROC_PGID, &id) && id > 0)
		group = proctab_find(world->procs, id, 0);
	write_leader(world, group, F_PROC_PGID_NAME, F_PROC_PGID_EXE, F_PROC_PGID_EXEPATH, w);
	if (desc_i64(p->desc, F_PROC_VPGID, &id) && id > 0)
		write_leader(world, group, F_PROC_VPGID_NAME, F_PROC_VPGID_EXE,
			     F_PROC_VPGID_EXEPATH, w);
}

void lineage_write(struct world *world, struct proc *p, struct wire *w, struct marks *marks)
{
	struct lineage l;

	lineage_of(world, p, &l);
	if (!l.whole) {
		marks_add(marks, F_PROC_ANAME, REASON_UNKNOWN);
		world_missed(world);
	}
	list(&l, F_PROC_ANAME, item_name, w, marks);
	list(&l, F_PROC_APID, item_pid, w, marks);
	list(&l, F_PROC_AEXEPATH, item_exepath, w, marks);
	list(&l, F_PROC_AEXE, item_exe, w, marks);
	if (l.n)
		write_parent(l.p[0], w);
	write_login_shell(p, &l, w);
	write_leaders(world, p, &l, w);
	list(&l, F_PROC_ACMDLINE, item_cmdline, w, marks);
	list(&l, F_PROC_AARGS, item_args, w, marks);
	list(&l, F_PROC_AENV, item_env, w, marks);
}
