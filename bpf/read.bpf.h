/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* How the kernel's own objects are read. */
#ifndef BPF_READ_H
#define BPF_READ_H

/*
 * Where the kernel lets an address be looked at as an object of its own
 * (a35b9af4ec2c, 6.2) a member is a plain load, which yields 0 if there is no
 * memory. Elsewhere it is a call that costs as much as twenty of them.
 */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

static __always_inline bool has_cast(void)
{
	return bpf_core_enum_value_exists(enum special_kfunc_type___core,
					  KF_bpf_rdonly_cast___core);
}

#define AS(type, addr) ((type *)bpf_rdonly_cast((void *)(addr), bpf_core_type_id_kernel(type)))

/* What has nothing but words at its beginning, on every kernel, are the registers. */
#define WORD(addr, i) REGS_WORD(AS(struct pt_regs, addr), i)

/*
 * READ_1(p, member): a pointer is read as a word: as a pointer the verifier would know
 * it, and not let it be handed to a function as the number it is.
 */
#define READ_1(p, a)                                                                               \
	({                                                                                         \
		typeof(p) p_ = (p);                                                                \
		typeof(p_->a) v_;                                                                  \
		__u64 w_;                                                                          \
                                                                                                   \
		if (!has_cast()) {                                                                 \
			v_ = BPF_CORE_READ(p_, a);                                                 \
		} else if (sizeof(v_) == sizeof(w_)) {                                             \
			w_ = WORD((void *)p_ + bpf_core_field_offset(p_->a), 0);                   \
			v_ = *(typeof(v_) *)&w_;                                                   \
		} else {                                                                           \
			v_ = AS(typeof(*p_), p_)->a;                                               \
		}                                                                                  \
		v_;                                                                                \
	})
#define READ_2(p, a, b)				 READ_1(READ_1(p, a), b)
#define READ_3(p, a, b, c)			 READ_1(READ_2(p, a, b), c)
#define READ_4(p, a, b, c, d)			 READ_1(READ_3(p, a, b, c), d)
#define READ_PICK(_1, _2, _3, _4, _5, pick, ...) pick

/* READ(p, member...): p->member of an object of the kernel; of more members p->member->member. */
#define READ(...) READ_PICK(__VA_ARGS__, READ_4, READ_3, READ_2, READ_1)(__VA_ARGS__)

/* 3ca1032ab7ab (5.11) bpf_get_current_task_btf() */
static __always_inline bool has_typed_task(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id___core,
					  BPF_FUNC_get_current_task_btf___core);
}

/*
 * typed_task(): the current thread, if has_typed_task(). Not as the one that the
 * verifier trusts where it can be had otherwise: for each member of that one it
 * looks through all of the kernel's types by name, milliseconds of the start.
 */
static __always_inline struct task_struct *typed_task(void)
{
	if (has_cast())
		return AS(struct task_struct, bpf_get_current_task());
	return bpf_get_current_task_btf();
}

/* dd6e10fbd9fb (5.15) bpf_task_pt_regs() */
static __always_inline bool has_typed_regs(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id___core, BPF_FUNC_task_pt_regs___core);
}

/* REG(regs, name): a register of current_regs(), or of a program's own argument. */
#define REG(regs, name) (has_typed_regs() ? (regs)->name : BPF_CORE_READ(regs, name))

#endif
