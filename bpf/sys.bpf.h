/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* System calls: one handler for all, told by a table how to read each. */
#ifndef BPF_SYS_H
#define BPF_SYS_H

/* put_msg_name(slot, arg, addr): the socket address in a struct msghdr. */
__noinline int put_msg_name(__u32 slot, __u32 arg, __u64 addr)
{
	struct record *r = scratch(slot);
	__u64 name = 0;
	__u32 len = 0, word = r && r->abi != ABI_64 ? 4 : 8;

	if (bpf_probe_read_user(&name, word & 15, (void *)addr) ||
	    bpf_probe_read_user(&len, sizeof(len), (void *)addr + word) || !name)
		return 0;
	put_user_bytes(slot, ITEM_ADDR | arg << 8, name, len);
	return 0;
}

enum { MSGHDR_LEN_64 = 56, MMSGHDR_LEN_64 = 64, MSGHDR_LEN_32 = 28, MMSGHDR_LEN_32 = 32 };

/* put_mmsg(slot, arg, addr): the address in a struct mmsghdr, and how much was sent or received. */
__noinline int put_mmsg(__u32 slot, __u32 arg, __u64 addr)
{
	struct record *r = scratch(slot);

	if (!r)
		return 0;
	put_msg_name(slot, arg, addr);
	if (r->res > 0)
		put_user_bytes(slot, ITEM_BUF | arg << 8,
			       addr + (r->abi == ABI_64 ? MSGHDR_LEN_64 : MSGHDR_LEN_32), 4);
	return 0;
}

/* send_messages(slot, keep): a record for each message but the first; keep: what they all have. */
__noinline int send_messages(__u32 slot, __u32 keep)
{
	struct record *r = scratch(slot);
	__u32 size;

	if (!r)
		return 0;
	size = r->abi == ABI_64 ? MMSGHDR_LEN_64 : MMSGHDR_LEN_32;
	for (int i = 1; i < RECORD_MESSAGES_MAX; i++) {
		if (i >= r->res)
			break;
		COUNT(r->type, in);
		r->len = keep;
		put_mmsg(slot, 1, r->arg[1] + i * size);
		send(r);
	}
	return 0;
}

/* run_op(slot, kind, ab): read one argument, as struct op says; ab: its a, and b << 8. */
__noinline int run_op(__u32 slot, __u32 kind, __u32 ab)
{
	struct record *r = scratch(slot);
	__u32 a = ab & 0xff, b = ab >> 8 & 0xff;
	__u64 va, vb;
	__u32 len = 0;

	if (!r)
		return 0;
	va = a < 6 ? r->arg[a] : 0;
	vb = b < 6 ? r->arg[b] : 0;
	switch (kind) {
	case OP_PATH:
		if (put_user_path(slot, ITEM_PATH | a << 8, va) == 1 && b != OP_NOBASE)
			put_base(slot, a, b == OP_CWD ? AT_FDCWD : (__s32)vb);
		break;
	case OP_STR:
		put_user_str(slot, ITEM_STR | a << 8, va);
		break;
	case OP_BUF:
		put_user_bytes(slot, ITEM_BUF | a << 8, va, b);
		break;
	case OP_ADDRP:
		if (bpf_probe_read_user(&len, sizeof(len), (void *)vb))
			break;
		put_user_bytes(slot, ITEM_ADDR | a << 8, va, len);
		break;
	case OP_ADDR:
		put_user_bytes(slot, ITEM_ADDR | a << 8, va, vb);
		break;
	case OP_MSG:
		put_msg_name(slot, a, va);
		break;
	case OP_MMSG:
		put_mmsg(slot, a, va);
		break;
	case OP_BYTES:
		put_user_bytes(slot, ITEM_BUF | a << 8, va, vb);
		break;
	case OP_PAIR:
		if (r->res >= 0 && !bpf_probe_read_user(&len, sizeof(len), (void *)va))
			put_fd(slot, a, len);
		break;
	case OP_CAPS:
		put_capabilities(r, (struct task_struct *)bpf_get_current_task());
		break;
	case OP_QUEUE:
		put_queue(slot, a, va);
		break;
	case OP_CWDNOW:
		put_base(slot, a, AT_FDCWD);
		break;
	}
	return 0;
}

/* run_ops(slot, desc): all that are not for run_fds(). */
static __always_inline void run_ops(__u32 slot, const struct sysdesc *desc)
{
	for (int i = 0; i < OPS_MAX; i++) {
		__u32 kind = desc->op[i].kind;

		if (kind == OP_END)
			break;
		if (kind != OP_FD && kind != OP_RESFD)
			run_op(slot, kind, desc->op[i].a | desc->op[i].b << 8);
	}
}

/* run_fds(slot, desc, r): those that read descriptors, which the filter asks about. */
static __always_inline void run_fds(__u32 slot, const struct sysdesc *desc, struct record *r)
{
	for (int i = 0; i < OPS_MAX; i++) {
		__u32 kind = desc->op[i].kind, a = desc->op[i].a;

		if (kind == OP_END)
			break;
		if (kind == OP_RESFD && r->res >= 0)
			put_fd(slot, ITEM_RES, r->res);
		if (kind == OP_FD && a < 6)
			put_fd(slot, a, r->arg[a]);
	}
}

enum { O_ACCMODE = 3 };

/* syscall_facts(desc, regs, abi, task, ret): enum filter_facts, before anything is read. */
static __always_inline __u32 syscall_facts(const struct sysdesc *desc, struct pt_regs *regs,
					   __u32 abi, struct task_struct *task, __s64 ret)
{
	__u32 facts = ret >= 0 ? FACT_SUCCESS : 0, how;

	if (READ(task, cred, euid.val) == 0)
		facts |= FACT_ROOT;
	if (desc->flags & SYSDESC_FLAGS_1)
		how = regs_arg(regs, abi, 1);
	else if (desc->flags & SYSDESC_FLAGS_2)
		how = regs_arg(regs, abi, 2);
	else
		return facts | FACT_NO_FLAGS;
	if ((how & O_ACCMODE) != 1) /* O_WRONLY */
		facts |= FACT_READ;
	if ((how & O_ACCMODE) != 0) /* O_RDONLY */
		facts |= FACT_WRITE;
	return facts;
}

/*
 * ended(slot, hooked, regs, ret): a system call of the current task has ended.
 * hooked: SYSDESC_PREFERRED from a preferred hook, 0 from the fallback; each call is
 * taken from the hook that the table names, so that none is told twice.
 */
static __always_inline int ended(const __u32 slot, const __u32 hooked, struct pt_regs *regs,
				 __s64 ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 raw = REG(regs, REGS_NR_FIELD);
	__u32 abi = regs_abi(task, raw), nr = raw & ~X32_BIT;
	__u32 key = abi * RECORD_NR_MAX + nr;
	struct sysdesc *desc;
	const __u32 lane = slot == SLOT_SYS_EXIT ? LANE_ALONE : LANE_SHARED;
	__u32 words[6] = {}, keep;
	int wanted_by = 1;
	struct record *r;
	bool socketcall = abi == ABI_32 && nr == SOCKETCALL_NR;

	if (nr >= RECORD_NR_MAX)
		return 0;
	if (socketcall)
		key = ABI_32 * RECORD_NR_MAX + SOCKETCALL_BASE + (regs_socketcall(regs) & 31);
	desc = bpf_map_lookup_elem(&syscalls, &key);
	if (!desc || !desc->type || (desc->flags & SYSDESC_PREFERRED) != hooked)
		return 0;
	if (desc->flags & SYSDESC_FAILED && ret >= 0)
		return 0;
	if (desc->test_bits && !(regs_arg(regs, abi, 2) & desc->test_bits))
		return 0;
	if (!in_scope_by(lane, desc->type, proc_get_by(lane, READ(task, tgid))))
		return 0;
	if (filtering)
		wanted_by = quick(slot, desc, regs, abi, ret,
				  syscall_facts(desc, regs, abi, task, ret));
	if (wanted_by == FILTER_SHED) {
		COUNT_BY(lane, desc->type, shed);
		return 0;
	}
	if (!wanted_by) {
		COUNT_BY(lane, desc->type, filtered);
		return 0;
	}
	r = record_begin(slot, desc->type, RING_BULK, HOOK_SYSCALL, NULL);
	if (!r)
		return 0;
	r->abi = abi;
	r->nr = nr;
	r->flags = RECORD_RES;
	r->res = ret;
	regs_args(r, regs);
	if (socketcall) {
		bpf_probe_read_user(words, sizeof(words), (void *)r->arg[1]);
		for (int i = 0; i < 6; i++)
			r->arg[i] = words[i];
	}
	run_fds(slot, desc, r);
	if (filtering && !(r->flags & RECORD_WATCHED) && !filter_late(slot)) {
		COUNT_BY(lane, desc->type, filtered);
		return 0;
	}
	keep = r->len;
	run_ops(slot, desc);
	if (telling)
		put_told(slot);
	send_by(lane, r);
	if (desc->flags & SYSDESC_MESSAGES && ret > 1)
		send_messages(slot, keep);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(secmon_sys_exit, struct pt_regs *regs, long ret)
{
	__u32 nr = regs_nr(regs);

	if (nr >= RECORD_NR_MAX || !(wanted[nr / 64] >> (nr % 64) & 1))
		return 0;
	return ended(SLOT_SYS_EXIT, 0, regs, ret);
}

__noinline int preferred(__u32 slot, __s64 ret)
{
	return ended(slot, SYSDESC_PREFERRED, current_regs(), ret);
}

/*
 * The preferred hooks: the ends of the functions that these system calls are,
 * whichever way they were called. They cost other calls nothing. The result
 * stands behind the arguments, of which there are n.
 */
#define PREFERRED(name, function, slot, n)                                                         \
	SEC("fexit/" function)                                                                     \
	int name(__u64 *ctx)                                                                       \
	{                                                                                          \
		return preferred(slot, (int)ctx[n]);                                               \
	}

PREFERRED(secmon_open, "do_sys_openat2", SLOT_OPEN, 3)
PREFERRED(secmon_connect, "__sys_connect", SLOT_CONNECT, 3)
PREFERRED(secmon_bind, "__sys_bind", SLOT_BIND, 3)
PREFERRED(secmon_listen, "__sys_listen", SLOT_LISTEN, 2)
PREFERRED(secmon_accept, "__sys_accept4", SLOT_ACCEPT, 4)
PREFERRED(secmon_execve, SYSCALL_FUNCTION "execve", SLOT_EXECVE, 1)
PREFERRED(secmon_execveat, SYSCALL_FUNCTION "execveat", SLOT_EXECVEAT, 1)
#ifdef COMPAT_FUNCTION
PREFERRED(secmon_execve32, COMPAT_FUNCTION "execve", SLOT_EXECVE32, 1)
PREFERRED(secmon_execvat32, COMPAT_FUNCTION "execveat", SLOT_EXECVEAT32, 1)
#endif

#endif
