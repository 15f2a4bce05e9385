/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Life of processes: fork, exec, exit, and those that were there before. */
#ifndef BPF_PROC_H
#define BPF_PROC_H

enum { SIGNAL_GROUP_EXIT = 4 };

/* life_lost(pid): the last life record of a process was lost; it is told again before its next
 * event. */
static __always_inline void life_lost(__u32 pid)
{
	proc_set(pid, proc_get(pid) | PROC_UNTOLD);
}

/*
 * retell(): describe the current process, of which a life record was lost.
 * 0 if that was told; the event that wants it must not be told without.
 */
__noinline int retell(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record *r;

	COUNT(EV_SNAPSHOT, in);
	r = record_begin(SLOT_RETELL, EV_SNAPSHOT, RING_LIFE, HOOK_SCHED, task);
	if (!r)
		return -1;
	r->flags = RECORD_TOLD;
	put_proc(SLOT_RETELL, (__u64)task);
	put_user_args(SLOT_RETELL, READ(task, mm, arg_start), READ(task, mm, arg_end));
	if (!send(r))
		return -1;
	proc_set(r->pid, proc_get(r->pid) & ~PROC_UNTOLD);
	return 0;
}

/*
 * told(type, flags): whether the stream knows the current process, whose
 * proc_get() is flags. If it cannot be told, its event is lost: counted here.
 */
static __always_inline bool told(__u16 type, __u32 flags)
{
	if (!(flags & PROC_UNTOLD) || retell() == 0)
		return true;
	COUNT_LOST(type, full);
	return false;
}

/* Whether something that a process does is to be reported; if it is one of our own, counted. */
static __always_inline bool in_scope_by(__u32 lane, __u16 type, __u32 flags)
{
	if (tree_only && !(flags & PROC_TREE))
		return false;
	COUNT_BY(lane, type, in);
	if (flags & PROC_SELF) {
		COUNT_BY(lane, type, self);
		return false;
	}
	return told(type, flags);
}

static __always_inline bool in_scope(__u16 type, __u32 flags)
{
	return in_scope_by(LANE_SHARED, type, flags);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(secmon_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 flags = proc_get(READ(parent, tgid));
	__u32 pid = READ(child, tgid);
	struct item_child *c;
	struct pt_regs *regs;
	struct record *r;
	struct pid *cpid;
	struct item *it;

	if (READ(child, pid) != pid)
		return 0;
	if (flags & (PROC_TREE | PROC_SELF))
		proc_set(pid, flags & (PROC_TREE | PROC_SELF));
	if (!in_scope(EV_CLONE, flags)) {
		if (flags & PROC_UNTOLD)
			life_lost(pid);
		return 0;
	}
	r = record_begin(SLOT_FORK, EV_CLONE, RING_LIFE, HOOK_SCHED, parent);
	if (!r)
		return 0;
	regs = current_regs();
	r->abi = regs_abi(parent, REG(regs, REGS_NR_FIELD));
	r->nr = REG(regs, REGS_NR_FIELD);
	regs_args(r, regs);
	it = item_room(r, sizeof(*c));
	if (!it)
		return 0;
	c = (void *)(it + 1);
	cpid = READ(child, thread_pid);
	c->pid = pid;
	c->start = READ(child, start_boottime);
	c->vpid = pid_vnr(cpid);
	c->pidns = READ(pid_ns(cpid), ns.inum);
	c->cgroup = task_cgroup_id(child);
	c->unused = 0;
	item_end(r, it, ITEM_CHILD, 0, sizeof(*c), sizeof(*c));
	r->res = c->pid;
	r->flags = RECORD_RES;
	if (!send(r))
		life_lost(pid);
	return 0;
}

/* One of the suite: its file is one of ours, and it was started beside us. */
static __always_inline bool is_self(struct record *r, struct item_file *exe)
{
	if (!self_ppid || r->ppid != self_ppid)
		return false;
	for (int i = 0; i < 4; i++)
		if (exe->ino == self_ino[i] && exe->dev == self_dev[i] && exe->ino)
			return true;
	return false;
}

static __always_inline void put_bprm(struct record *r, __u32 slot, struct linux_binprm *bprm)
{
	const char *name[2] = { READ(bprm, filename), READ(bprm, interp) };
	struct item *it;
	long n;

	it = item_room(r, RECORD_PATH_MAX);
	if (!it)
		return;
	n = bpf_probe_read_kernel_str(it + 1, RECORD_PATH_MAX, name[0]);
	if (n > 0)
		item_end(r, it, ITEM_FILENAME, 0, n - 1, n - 1);
	if (name[0] == name[1])
		return;
	it = item_room(r, RECORD_PATH_MAX);
	if (!it)
		return;
	n = bpf_probe_read_kernel_str(it + 1, RECORD_PATH_MAX, name[1]);
	if (n > 0)
		item_end(r, it, ITEM_INTERP, 0, n - 1, n - 1);
}

/* put_standard(slot): what the first three descriptors of the current process are. */
__noinline int put_standard(__u32 slot)
{
	struct record *r = scratch(slot);
	struct item_file *f;
	struct file *file;
	struct item *it;

	for (int fd = 0; r && fd < 3; fd++) {
		file = current_file(fd);
		it = item_room(r, sizeof(*f));
		if (!file || !it)
			continue;
		f = (void *)(it + 1);
		fill_file_short(f, file);
		item_end(r, it, ITEM_FILE, fd, sizeof(*f), sizeof(*f));
		if ((f->mode & S_IFMT) == S_IFSOCK && f->magic == MAGIC_SOCKFS)
			put_sock(slot, fd, (__u64)file);
		else
			put_path(slot, ITEM_STDPATH | fd << 8, (__u64)READ(file, f_path.dentry),
				 (__u64)READ(file, f_path.mnt));
	}
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(secmon_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 pid = READ(task, tgid), flags = proc_get(pid);
	struct mm_struct *mm = READ(task, mm);
	__u16 type = READ(bprm, fdpath) ? EV_EXECVEAT : EV_EXECVE;
	struct item_file exe = {};
	struct record *r;

	if (tree_only && !(flags & PROC_TREE))
		return 0;
	COUNT(type, in);
	r = record_begin(SLOT_EXEC, type, RING_LIFE, HOOK_SCHED, task);
	if (!r)
		return 0;
	fill_file(&exe, READ(mm, exe_file), task);
	if (!(flags & PROC_SELF) && is_self(r, &exe)) {
		flags |= PROC_SELF;
		proc_set(pid, flags);
	}
	if (flags & PROC_SELF) {
		COUNT(type, self);
		return 0;
	}
	r->flags = RECORD_RES;
	put_proc(SLOT_EXEC, bpf_get_current_task());
	put_user_args(SLOT_EXEC, READ(mm, arg_start), READ(mm, arg_end));
	if (want_env)
		put_user_env(SLOT_EXEC, READ(mm, env_start), READ(mm, env_end));
	put_bprm(r, SLOT_EXEC, bprm);
	put_standard(SLOT_EXEC);
	if (!send(r))
		life_lost(pid);
	else if (flags & PROC_UNTOLD)
		proc_set(pid, flags & ~PROC_UNTOLD);
	return 0;
}

enum { REAPER_SEARCH = 16 };

/*
 * reaper(task): the process that the children of the last thread of a process go to, or 0 if it
 * has none: the nearest ancestor in its pid namespace that asked for orphans, else the first
 * process there.
 */
static __always_inline __u32 reaper(struct task_struct *task)
{
	struct pid_namespace *ns = pid_ns(READ(task, thread_pid));
	struct task_struct *init = READ(ns, child_reaper), *p = task;
	struct signal_struct *sig = READ(task, signal);

	if ((void *)READ(task, children.next) ==
	    (void *)task + bpf_core_field_offset(task->children))
		return 0;
	if (!BPF_CORE_READ_BITFIELD_PROBED(sig, has_child_subreaper))
		return READ(init, tgid);
	for (int i = 0; i < REAPER_SEARCH; i++) {
		p = READ(p, real_parent);
		if (!p || p == init || pid_ns(READ(p, thread_pid)) != ns)
			break;
		sig = READ(p, signal);
		if (BPF_CORE_READ_BITFIELD_PROBED(sig, is_child_subreaper))
			return READ(p, tgid);
	}
	return READ(init, tgid);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(secmon_exit, struct task_struct *task)
{
	struct signal_struct *sig = READ(task, signal);
	__u64 start, *seen;
	__u32 pid, flags;
	struct record *r;

	if (READ(sig, live.counter))
		return 0;
	pid = READ(task, tgid);
	flags = proc_get(pid);
	if (tree_only && !(flags & PROC_TREE))
		return 0;
	start = READ(task, group_leader, start_boottime);
	seen = bpf_map_lookup_elem(&exited, &pid);
	if (seen && *seen == start)
		return 0;
	bpf_map_update_elem(&exited, &pid, &start, BPF_ANY);
	if (in_scope(EV_PROCEXIT, flags)) {
		r = record_begin(SLOT_EXIT, EV_PROCEXIT, RING_LIFE, HOOK_SCHED, task);
		if (r) {
			r->res = READ(sig, flags) & SIGNAL_GROUP_EXIT ? READ(sig, group_exit_code)
								      : READ(task, exit_code);
			r->arg[0] = reaper(task);
			send(r);
		}
	}
	if (flags)
		proc_set(pid, 0);
	return 0;
}

/* The processes that are there: read by the user side, not through a ring. */
SEC("iter/task")
int secmon_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u64 addr = 0;
	struct record *r;
	__u32 pid, len;

	if (!task)
		return 0;
	pid = READ(task, tgid);
	if (READ(task, pid) != pid)
		return 0;
	if (tree_only && !(proc_get(pid) & (PROC_TREE | PROC_SELF)))
		return 0;
	r = record_begin(SLOT_ITER, EV_SNAPSHOT, RING_LIFE, HOOK_ITER, task);
	if (!r)
		return 0;
	/* a pointer that the verifier trusts cannot be handed on as a number */
	bpf_probe_read_kernel(&addr, sizeof(addr), &ctx->task);
	put_proc(SLOT_ITER, addr);
	len = r->len;
	if (len <= RECORD_MAX)
		bpf_seq_write(ctx->meta->seq, r, len);
	return 0;
}

#endif
