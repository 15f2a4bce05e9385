/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* What is told of the caller only because a plan asks for it: namespaces and capabilities. */
#ifndef BPF_TOLD_H
#define BPF_TOLD_H

__u32 telling; /* enum telling; set by the user side */

static __always_inline void put_namespaces(struct record *r, struct task_struct *task)
{
	struct nsproxy *ns = READ(task, nsproxy);
	struct item *it = item_room(r, sizeof(struct item_namespaces));
	struct item_namespaces *n;

	if (!it)
		return;
	n = (void *)(it + 1);
	__builtin_memset(n, 0, sizeof(*n));
	n->user = READ(task, cred, user_ns, ns.inum);
	if (ns) {
		n->uts = READ(ns, uts_ns, ns.inum);
		n->ipc = READ(ns, ipc_ns, ns.inum);
		n->net = READ(ns, net_ns, ns.inum);
		n->cgroup = READ(ns, cgroup_ns, ns.inum);
		n->pid_children = READ(ns, pid_ns_for_children, ns.inum);
	}
	/* CONFIG_TIME_NS; kernels without it have none to tell */
	if (ns && bpf_core_field_exists(ns->time_ns)) {
		n->time = READ(ns, time_ns, ns.inum);
		n->time_children = READ(ns, time_ns_for_children, ns.inum);
	}
	item_end(r, it, ITEM_NAMESPACES, 0, sizeof(*n), sizeof(*n));
}

static __always_inline void put_capabilities(struct record *r, struct task_struct *task)
{
	const struct cred *cred = READ(task, cred);
	struct item *it = item_room(r, sizeof(struct item_capabilities));
	struct item_capabilities *c;

	if (!it)
		return;
	c = (void *)(it + 1);
	bpf_core_read(&c->inheritable, sizeof(__u64), &cred->cap_inheritable);
	bpf_core_read(&c->permitted, sizeof(__u64), &cred->cap_permitted);
	bpf_core_read(&c->effective, sizeof(__u64), &cred->cap_effective);
	item_end(r, it, ITEM_CAPABILITIES, 0, sizeof(*c), sizeof(*c));
}

/* put_told(slot): what is asked for of the current thread. */
__noinline int put_told(__u32 slot)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record *r = scratch(slot);

	if (r && telling & TELL_NAMESPACES)
		put_namespaces(r, task);
	if (r && telling & TELL_CAPABILITIES)
		put_capabilities(r, task);
	return 0;
}

#endif
