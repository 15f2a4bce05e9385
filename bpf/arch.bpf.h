/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Registers of a system call, by architecture. */
#ifndef BPF_ARCH_H
#define BPF_ARCH_H

#if defined(__TARGET_ARCH_x86)

enum { X32_BIT = 0x40000000, TS_COMPAT = 2, KERNEL_STACK = 16384 };

#define SYSCALL_FUNCTION "__x64_sys_"
#define COMPAT_FUNCTION	 "__ia32_compat_sys_"
#define regs_nr(regs)	 ((__u32)(regs)->orig_ax & ~X32_BIT)
#define REGS_NR_FIELD	 orig_ax
/* the first four registers as words one behind the other */
#define REGS_WORD(regs, i)                                                                         \
	((i) == 0 ? (regs)->r15 : (i) == 1 ? (regs)->r14 : (i) == 2 ? (regs)->r13 : (regs)->r12)

/* regs_abi(task, raw): who calls; raw is the number as it stands in the register. */
static __always_inline __u32 regs_abi(struct task_struct *task, __u64 raw)
{
	if (READ(task, thread_info.status) & TS_COMPAT)
		return ABI_32;
	return raw & X32_BIT ? ABI_X32 : ABI_64;
}

static __always_inline void regs_args(struct record *r, struct pt_regs *regs)
{
	if (r->abi == ABI_32) {
		r->arg[0] = (__u32)REG(regs, bx);
		r->arg[1] = (__u32)REG(regs, cx);
		r->arg[2] = (__u32)REG(regs, dx);
		r->arg[3] = (__u32)REG(regs, si);
		r->arg[4] = (__u32)REG(regs, di);
		r->arg[5] = (__u32)REG(regs, bp);
		return;
	}
	r->arg[0] = REG(regs, di);
	r->arg[1] = REG(regs, si);
	r->arg[2] = REG(regs, dx);
	r->arg[3] = REG(regs, r10);
	r->arg[4] = REG(regs, r8);
	r->arg[5] = REG(regs, r9);
}

/* what socketcall(2) is to call */
#define regs_socketcall(regs) ((__u32)REG(regs, bx))

/* regs_arg(regs, abi, n): argument n, of the first four */
static __always_inline __u64 regs_arg(struct pt_regs *regs, __u32 abi, __u32 n)
{
	if (abi == ABI_32)
		return (__u32)(n == 0	? REG(regs, bx)
			       : n == 1 ? REG(regs, cx)
			       : n == 2 ? REG(regs, dx)
					: REG(regs, si));
	return n == 0	? REG(regs, di)
	       : n == 1 ? REG(regs, si)
	       : n == 2 ? REG(regs, dx)
			: REG(regs, r10);
}

#elif defined(__TARGET_ARCH_arm64)

enum { X32_BIT = 0, KERNEL_STACK = 16384, TIF_32BIT = 22 };

#define SYSCALL_FUNCTION "__arm64_sys_"
#define regs_nr(regs)	 ((__u32)(regs)->syscallno)
#define REGS_NR_FIELD	 syscallno
#define REGS_WORD(at, i) ((at)->regs[i])

static __always_inline __u32 regs_abi(struct task_struct *task, __u64 raw)
{
	return READ(task, thread_info.flags) & 1UL << TIF_32BIT ? ABI_32 : ABI_64;
}

static __always_inline void regs_args(struct record *r, struct pt_regs *regs)
{
	r->arg[0] = REG(regs, orig_x0);
	r->arg[1] = REG(regs, regs[1]);
	r->arg[2] = REG(regs, regs[2]);
	r->arg[3] = REG(regs, regs[3]);
	r->arg[4] = REG(regs, regs[4]);
	r->arg[5] = REG(regs, regs[5]);
}

#define regs_socketcall(regs) 0 /* there is none */

static __always_inline __u64 regs_arg(struct pt_regs *regs, __u32 abi, __u32 n)
{
	return n == 0	? REG(regs, orig_x0)
	       : n == 1 ? REG(regs, regs[1])
	       : n == 2 ? REG(regs, regs[2])
			: REG(regs, regs[3]);
}

#else
#error "no such architecture yet"
#endif

#endif
