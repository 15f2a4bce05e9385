/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Where kernels differ: each difference once, with the commit that made it. */
#ifndef BPF_CORE_FIXES_H
#define BPF_CORE_FIXES_H

enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* 13bc24457850 (6.6) i_ctime became __i_ctime; 3aa63a569c64 (6.11) and then two numbers */
struct inode___secs {
	__s64 i_ctime_sec, i_mtime_sec;
	__u32 i_ctime_nsec, i_mtime_nsec;
};
struct inode___priv {
	struct timespec64 __i_ctime, __i_mtime;
};
struct inode___ctime {
	struct timespec64 i_ctime;
};
struct inode___mtime {
	struct timespec64 i_mtime;
};

/* 7.0: the names of io_uring's requests became struct delayed_filename, which is one pointer */
struct delayed_filename {
	struct filename *__incomplete_filename;
};
struct io_open___delayed {
	struct delayed_filename filename;
};
struct io_unlink___delayed {
	struct delayed_filename filename;
};
struct io_mkdir___delayed {
	struct delayed_filename filename;
};
struct io_rename___delayed {
	struct delayed_filename oldpath, newpath;
};

struct io_link___delayed {
	struct delayed_filename oldpath, newpath;
};

/* 6.10: addresses are copied when a request is made, into its io_async_msghdr; before, it kept
 * where the caller has them */
struct io_async_connect {
	struct sockaddr_storage address;
};
struct io_sr_msg___addr {
	void *addr;
	__u16 addr_len;
};

/* 7029acd8a950 (6.13) registered files became nodes */
struct io_fixed_file {
	unsigned long file_ptr;
};
struct io_file_table___files {
	struct io_fixed_file *files;
};

/* 633488947ef6 (6.15) kernfs_node.parent became __parent */
struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

#pragma clang attribute pop

static __always_inline __u64 inode_ctime(struct inode *inode)
{
	struct inode___secs *s = (void *)inode;
	struct inode___priv *p = (void *)inode;
	struct inode___ctime *c = (void *)inode;

	if (bpf_core_field_exists(s->i_ctime_sec))
		/* 4e40eff0b573 (6.13): the highest bit of the nanoseconds is a flag */
		return READ(s, i_ctime_sec) * 1000000000ULL + (READ(s, i_ctime_nsec) & 0x7fffffff);
	if (bpf_core_field_exists(p->__i_ctime))
		return READ(p, __i_ctime.tv_sec) * 1000000000ULL + READ(p, __i_ctime.tv_nsec);
	return READ(c, i_ctime.tv_sec) * 1000000000ULL + READ(c, i_ctime.tv_nsec);
}

/* 12cd44023651 (6.7) the same for i_mtime */
static __always_inline __u64 inode_mtime(struct inode *inode)
{
	struct inode___secs *s = (void *)inode;
	struct inode___priv *p = (void *)inode;
	struct inode___mtime *m = (void *)inode;

	if (bpf_core_field_exists(s->i_mtime_sec))
		return READ(s, i_mtime_sec) * 1000000000ULL + READ(s, i_mtime_nsec);
	if (bpf_core_field_exists(p->__i_mtime))
		return READ(p, __i_mtime.tv_sec) * 1000000000ULL + READ(p, __i_mtime.tv_nsec);
	return READ(m, i_mtime.tv_sec) * 1000000000ULL + READ(m, i_mtime.tv_nsec);
}

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *kn)
{
	struct kernfs_node___rcu *r = (void *)kn;

	if (bpf_core_field_exists(r->__parent))
		return READ(r, __parent);
	return READ(kn, parent);
}

/* io_open_name(req) and the like: the struct filename of a request, as a number. */
#define URING_NAME(function, type, member)                                                         \
	static __always_inline __u64 function(void *req)                                           \
	{                                                                                          \
		struct type##___delayed *delayed = req;                                            \
		struct type *plain = req;                                                          \
                                                                                                   \
		if (bpf_core_field_exists(delayed->member))                                        \
			return (__u64)READ(delayed, member.__incomplete_filename);                 \
		return (__u64)READ(plain, member);                                                 \
	}

URING_NAME(io_open_name, io_open, filename)
URING_NAME(io_unlink_name, io_unlink, filename)
URING_NAME(io_mkdir_name, io_mkdir, filename)
URING_NAME(io_rename_old, io_rename, oldpath)
URING_NAME(io_rename_new, io_rename, newpath)
URING_NAME(io_link_old, io_link, oldpath)
URING_NAME(io_link_new, io_link, newpath)

/* uring_copies(): whether a request has a copy of its own of the address it is about. */
static __always_inline bool uring_copies(void)
{
	return !bpf_core_type_exists(struct io_async_connect);
}

/*
 * uring_address(copy, only): where the copy has the address that a request names. Connect and
 * bind have an io_async_msghdr as well, or (from 6.16 on, and in later 6.12) only the address:
 * no type says which, but its first bytes are a family.
 */
static __always_inline __u64 uring_address(struct io_async_msghdr *copy, bool only)
{
	__u16 family = 0;

	bpf_probe_read_kernel(&family, sizeof(family), copy);
	if (only && (family == AF_UNIX || family == AF_INET || family == AF_INET6))
		return (__u64)copy;
	return (__u64)copy + bpf_core_field_offset(copy->addr);
}

/* uring_registered(ctx, n): the file that an io_uring has registered as number n, or NULL. */
static __always_inline struct file *uring_registered(struct io_ring_ctx *ctx, __u32 n)
{
	struct io_file_table___files *old = (void *)&ctx->file_table;
	unsigned long ptr = 0;

	if (bpf_core_field_exists(old->files)) {
		struct io_fixed_file *files = BPF_CORE_READ(old, files);

		bpf_probe_read_kernel(&ptr, sizeof(ptr), &files[n]);
	} else if (bpf_core_field_exists(ctx->file_table.data.nodes) &&
		   n < BPF_CORE_READ(ctx, file_table.data.nr)) {
		struct io_rsrc_node **nodes = BPF_CORE_READ(ctx, file_table.data.nodes), *node = 0;

		bpf_probe_read_kernel(&node, sizeof(node), &nodes[n]);
		ptr = BPF_CORE_READ(node, file_ptr);
	}
	return (struct file *)(ptr & ~7UL); /* the lowest bits are flags */
}

/*
 * Registers of the current system call. dd6e10fbd9fb (5.15) gave a helper;
 * before it there was no FRED either, so that the place is known.
 */
static __always_inline struct pt_regs *current_regs(void)
{
	struct task_struct *task;

	if (has_typed_regs())
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	task = (struct task_struct *)bpf_get_current_task();
	return READ(task, stack) + KERNEL_STACK - bpf_core_type_size(struct pt_regs);
}

#endif
