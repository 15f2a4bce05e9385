/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Who did it: the identity in every record, and the description in those of process life. */
#ifndef BPF_TASK_H
#define BPF_TASK_H

enum {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_PGID,
	PIDTYPE_SID,
	RLIMIT_NOFILE = 7,
	PAGE_KB = 4,
	PIDNS_INIT_INO = 0xeffffffc /* PROC_PID_INIT_INO */
};

static __always_inline __u32 pid_vnr(struct pid *pid)
{
	__u32 level = READ(pid, level);

	return BPF_CORE_READ(pid, numbers[level].nr);
}

static __always_inline struct pid_namespace *pid_ns(struct pid *pid)
{
	__u32 level = READ(pid, level);

	return BPF_CORE_READ(pid, numbers[level].ns);
}

static __always_inline __u64 task_cgroup_id(struct task_struct *task)
{
	return READ(task, cgroups, dfl_cgrp, kn, id);
}

/* record_who(r, task): the identity of a thread. */
static __always_inline void record_who(struct record *r, struct task_struct *task)
{
	struct task_struct *leader = READ(task, group_leader);
	struct task_struct *parent = READ(task, real_parent);
	struct cred *cred = READ(task, cred);
	struct pid *pid = READ(task, thread_pid);
	struct nsproxy *ns = READ(task, nsproxy);

	r->pid = READ(task, tgid);
	r->tid = READ(task, pid);
	r->start = READ(leader, start_boottime);
	r->ppid = READ(parent, tgid);
	r->pstart = READ(parent, group_leader, start_boottime);
	r->vtid = pid_vnr(pid);
	r->vpid = r->pid == r->tid ? r->vtid : pid_vnr(READ(leader, thread_pid));
	r->pidns = READ(pid_ns(pid), ns.inum);
	r->mntns = ns ? READ(ns, mnt_ns, ns.inum) : 0;
	r->uid = READ(cred, uid.val);
	r->euid = READ(cred, euid.val);
	r->gid = READ(cred, gid.val);
	r->egid = READ(cred, egid.val);
	r->loginuid = bpf_core_field_exists(task->loginuid) ? READ(task, loginuid.val) : ~0U;
	r->cgroup = task_cgroup_id(task);
	bpf_core_read(r->comm, sizeof(r->comm), &task->comm);
}

/*
 * The same of the current thread. Where the kernel has typed pointers to it
 * (read.bpf.h) its members are read by plain loads: this is on the path
 * of every event, and a probe read costs as much as ten of them.
 */
static __always_inline void record_current(struct record *r)
{
	struct task_struct *task, *leader, *parent;
	struct cred *cred;
	struct nsproxy *ns;
	struct pid *pid;

	if (!has_typed_task()) {
		record_who(r, (struct task_struct *)bpf_get_current_task());
		return;
	}
	task = typed_task();
	leader = task->group_leader;
	parent = task->real_parent;
	cred = task->cred;
	ns = task->nsproxy;
	pid = task->thread_pid;
	r->pid = task->tgid;
	r->tid = task->pid;
	r->start = leader->start_boottime;
	r->ppid = parent->tgid;
	r->pstart = parent->group_leader->start_boottime;
	if (pid->level == 0) {
		r->vtid = r->tid;
		r->vpid = r->pid;
		r->pidns = PIDNS_INIT_INO;
	} else {
		struct pid *p = (struct pid *)READ(task, thread_pid);

		r->vtid = pid_vnr(p);
		r->vpid = r->pid == r->tid ? r->vtid : pid_vnr(READ(leader, thread_pid));
		r->pidns = READ(pid_ns(p), ns.inum);
	}
	r->mntns = ns ? ns->mnt_ns->ns.inum : 0;
	r->uid = cred->uid.val;
	r->euid = cred->euid.val;
	r->gid = cred->gid.val;
	r->egid = cred->egid.val;
	r->loginuid = bpf_core_field_exists(task->loginuid) ? task->loginuid.val : ~0U;
	r->cgroup = bpf_get_current_cgroup_id();
	__builtin_memcpy(r->comm, task->comm, sizeof(r->comm));
}

/* record_begin(slot, type, ring, hook, task): an empty record of what task does (NULL: the current
 * one), or NULL. */
static __always_inline struct record *record_begin(__u32 slot, __u16 type, __u8 ring, __u8 hook,
						   struct task_struct *task)
{
	struct record *r = scratch(slot);

	if (!r) {
		COUNT_LOST(type, read);
		return NULL;
	}
	r->len = sizeof(*r);
	r->type = type;
	r->ring = ring;
	r->hook = hook;
	r->time = bpf_ktime_get_boot_ns();
	r->cpu = bpf_get_smp_processor_id();
	r->nr = 0;
	r->abi = ABI_64;
	r->flags = 0;
	r->res = 0;
	if (task)
		record_who(r, task);
	else
		record_current(r);
	return r;
}

/* ---- descriptions */

static __always_inline __u32 task_tty(struct signal_struct *sig)
{
	struct tty_struct *tty = READ(sig, tty);
	__u32 major, minor;

	if (!tty)
		return 0;
	major = READ(tty, driver, major);
	minor = READ(tty, driver, minor_start) + READ(tty, index);
	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

static __always_inline void fill_proc(struct item_proc *p, struct task_struct *task)
{
	struct signal_struct *sig = READ(task, signal);
	struct cred *cred = READ(task, cred);
	struct pid *pgrp = READ(sig, pids[PIDTYPE_PGID]);
	struct pid_namespace *ns = pid_ns(READ(task, thread_pid));

	bpf_core_read(&p->cap_inheritable, sizeof(__u64), &cred->cap_inheritable);
	bpf_core_read(&p->cap_permitted, sizeof(__u64), &cred->cap_permitted);
	bpf_core_read(&p->cap_effective, sizeof(__u64), &cred->cap_effective);
	p->pidns_start = READ(ns, child_reaper, start_boottime);
	p->fdlimit = READ(sig, rlim[RLIMIT_NOFILE].rlim_cur);
	p->vmsize_kb = READ(task, mm, total_vm) * PAGE_KB;
	p->pfmajor = READ(task, maj_flt);
	p->pfminor = READ(task, min_flt);
	p->sid = pid_vnr(READ(sig, pids[PIDTYPE_SID]));
	p->pgid = READ(pgrp, numbers[0].nr);
	p->vpgid = pid_vnr(pgrp);
	p->tty = task_tty(sig);
	p->flags = READ(task, flags);
	p->unused = 0;
}

/* put_cgroup(slot, hierarchy, kn): the path of a cgroup. */
__noinline int put_cgroup(__u32 slot, __u32 hierarchy, __u64 kernfs_node)
{
	struct kernfs_node *kn = (void *)kernfs_node, *parent;
	struct record *r = scratch(slot);
	struct item *it;
	__u32 pos;
	long n;

	if (!r)
		return 0;
	it = item_room(r, RECORD_PATH_MAX + NAME_LEN_MAX);
	if (!it)
		return 0;
	it->full = 0;
	for (int i = 0; i < 24; i++) {
		parent = kernfs_parent(kn);
		if (!parent)
			break;
		pos = *(volatile __u32 *)&it->full;
		if (pos > RECORD_PATH_MAX)
			break;
		n = bpf_probe_read_kernel_str((void *)(it + 1) + pos, NAME_LEN_MAX, READ(kn, name));
		if (n <= 0)
			break;
		*(volatile __u32 *)&it->full = pos + n;
		kn = parent;
	}
	pos = *(volatile __u32 *)&it->full;
	item_end(r, it, ITEM_CGROUP, hierarchy, pos, pos);
	return 0;
}

/* put_cgroup_of(slot, hierarchy, set, id): the cgroup of a controller that is not version 2's. */
static __always_inline void put_cgroup_of(__u32 slot, __u32 hierarchy, struct css_set *set,
					  __u64 id)
{
	struct cgroup_subsys_state *css = NULL;
	struct cgroup *cgroup;

	bpf_probe_read_kernel(&css, sizeof(css),
			      (void *)set + bpf_core_field_offset(set->subsys) + id * sizeof(css));
	cgroup = READ(css, cgroup);
	if (cgroup && READ(cgroup, root) != READ(set, dfl_cgrp, root))
		put_cgroup(slot, hierarchy, (__u64)READ(cgroup, kn));
}

#define PUT_CGROUP_OF(slot, hierarchy, set, name)                                                  \
	do {                                                                                       \
		if (bpf_core_enum_value_exists(enum cgroup_subsys_id___core, name))                \
			put_cgroup_of(slot, hierarchy, set,                                        \
				      bpf_core_enum_value(enum cgroup_subsys_id___core, name));    \
	} while (0)

/* put_cgroups(slot, task): the numbers of the hierarchies are those of decode_life.c. */
__noinline int put_cgroups(__u32 slot, __u64 task_addr)
{
	struct css_set *set = READ((struct task_struct *)task_addr, cgroups);

	put_cgroup(slot, 0, (__u64)READ(set, dfl_cgrp, kn));
	PUT_CGROUP_OF(slot, 1, set, cpu_cgrp_id___core);
	PUT_CGROUP_OF(slot, 2, set, cpuacct_cgrp_id___core);
	PUT_CGROUP_OF(slot, 3, set, cpuset_cgrp_id___core);
	PUT_CGROUP_OF(slot, 4, set, memory_cgrp_id___core);
	PUT_CGROUP_OF(slot, 5, set, pids_cgrp_id___core);
	PUT_CGROUP_OF(slot, 6, set, devices_cgrp_id___core);
	PUT_CGROUP_OF(slot, 7, set, io_cgrp_id___core);
	return 0;
}

/*
 * put_proc(slot, task): the description of a process: numbers, executable,
 * working directory, cgroup. Arguments are not in it.
 */
__noinline int put_proc(__u32 slot, __u64 task_addr)
{
	struct task_struct *task = (void *)task_addr;
	struct record *r = scratch(slot);
	struct item_proc *p;
	struct file *exe;
	struct item *it;

	if (!r)
		return 0;
	it = item_room(r, sizeof(*p));
	if (!it)
		return 0;
	p = (void *)(it + 1);
	fill_proc(p, task);
	exe = READ(task, mm, exe_file);
	if (exe)
		fill_file(&p->exe, exe, task);
	else
		__builtin_memset(&p->exe, 0, sizeof(p->exe));
	item_end(r, it, ITEM_PROC, 0, sizeof(*p), sizeof(*p));
	if (exe) {
		struct path path = {
			.mnt = READ(exe, f_path.mnt),
			.dentry = READ(exe, f_path.dentry),
		};
		put_path(slot, ITEM_EXE, (__u64)path.dentry, (__u64)path.mnt);
	}
	if (READ(task, fs))
		put_path(slot, ITEM_CWD, (__u64)READ(task, fs, pwd.dentry),
			 (__u64)READ(task, fs, pwd.mnt));
	put_cgroups(slot, (__u64)task);
	return 0;
}

#endif
