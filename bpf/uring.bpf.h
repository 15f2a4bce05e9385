/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * What is submitted through io_uring: no system call's end sees it. Told when
 * it is submitted, so without a result; paths are the kernel's own copies.
 */
#ifndef BPF_URING_H
#define BPF_URING_H

/* enum io_uring_op of <linux/io_uring.h> */
enum {
	URING_CONNECT = 16,
	URING_OPENAT = 18,
	URING_OPENAT2 = 28,
	URING_RENAMEAT = 35,
	URING_UNLINKAT = 36,
	URING_MKDIRAT = 37,
	URING_OPS = 64
};

/* put_kernel_path(slot, arg, filename, dirfd): a path that the kernel has copied already. */
__noinline int put_kernel_path(__u32 slot, __u32 arg, __u64 filename, __s32 dirfd)
{
	struct record *r = scratch(slot);
	struct item *it;
	long n;

	if (!r || !filename)
		return 0;
	it = item_room(r, RECORD_PATH_MAX);
	if (!it)
		return 0;
	n = bpf_probe_read_kernel_str(it + 1, RECORD_PATH_MAX,
				      READ((struct filename *)filename, name));
	if (n <= 0)
		return 0;
	item_end(r, it, ITEM_PATH, arg, n - 1, n == RECORD_PATH_MAX ? ~0U : n - 1);
	if (*(char *)(it + 1) != '/')
		put_base(slot, arg, dirfd);
	return 0;
}

static __always_inline void uring_open(struct record *r, struct io_open *open)
{
	struct item *it = item_room(r, sizeof(struct open_how));

	r->arg[0] = READ(open, dfd);
	r->arg[2] = READ(open, how.flags);
	r->arg[3] = READ(open, how.mode);
	if (it && !bpf_core_read(it + 1, sizeof(struct open_how), &open->how))
		item_end(r, it, ITEM_BUF, 2, sizeof(struct open_how), sizeof(struct open_how));
}

/* uring_args(r, slot, op, req): the arguments, in the places that the system call has them. */
static __always_inline void uring_args(struct record *r, __u32 slot, __u8 op, void *req)
{
	struct io_unlink *u = req;
	struct io_rename *n = req;
	struct io_mkdir *m = req;
	struct io_connect *c = req;

	switch (op) {
	case URING_OPENAT:
	case URING_OPENAT2:
		uring_open(r, req);
		put_kernel_path(slot, 1, io_open_name(req), r->arg[0]);
		break;
	case URING_UNLINKAT:
		r->arg[0] = READ(u, dfd);
		r->arg[2] = READ(u, flags);
		put_kernel_path(slot, 1, io_unlink_name(u), r->arg[0]);
		break;
	case URING_MKDIRAT:
		r->arg[0] = READ(m, dfd);
		r->arg[2] = READ(m, mode);
		put_kernel_path(slot, 1, io_mkdir_name(m), r->arg[0]);
		break;
	case URING_RENAMEAT:
		r->arg[0] = READ(n, old_dfd);
		r->arg[2] = READ(n, new_dfd);
		r->arg[4] = READ(n, flags);
		put_kernel_path(slot, 1, io_rename_old(n), r->arg[0]);
		put_kernel_path(slot, 3, io_rename_new(n), r->arg[2]);
		break;
	case URING_CONNECT:
		r->arg[0] = READ((struct io_kiocb *)req, cqe.fd);
		put_fd(slot, 0, r->arg[0]);
		put_user_bytes(slot, ITEM_ADDR | 1 << 8, (__u64)READ(c, addr),
			       READ(c, addr_len));
		break;
	}
}

static __always_inline __u16 uring_type(__u8 op)
{
	switch (op) {
	case URING_OPENAT:
		return EV_OPENAT;
	case URING_OPENAT2:
		return EV_OPENAT2;
	case URING_UNLINKAT:
		return EV_UNLINKAT;
	case URING_MKDIRAT:
		return EV_MKDIRAT;
	case URING_RENAMEAT:
		return EV_RENAMEAT2;
	case URING_CONNECT:
		return EV_CONNECT;
	}
	return 0;
}

/* on_uring(slot, req): the current thread submits a request. */
__noinline int on_uring(__u32 slot, __u64 req_addr)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct io_kiocb *req = (void *)req_addr;
	struct record *r;
	__u16 type;
	__u8 op;

	/* ede04747b38e (6.0) a request begins with its command */
	if (!bpf_core_type_exists(struct io_cmd_data))
		return 0;
	op = READ(req, opcode);
	if (op >= URING_OPS || !(wanted_uring >> op & 1))
		return 0;
	type = uring_type(op);
	if (!type || !in_scope(type, proc_get(READ(task, tgid))))
		return 0;
	r = record_begin(slot, type, RING_BULK, HOOK_IO_URING, NULL);
	if (!r)
		return 0;
	r->res = -1; /* none yet, and none that RECORD_RES would tell */
	__builtin_memset(r->arg, 0, sizeof(r->arg));
	uring_args(r, slot, op, req);
	send(r);
	return 0;
}

/* 2ad57931db64 (6.4) named it so; before it was io_uring_submit_sqe */
SEC("tp_btf/io_uring_submit_req")
int secmon_uring(__u64 *ctx)
{
	__u64 req = 0;

	bpf_probe_read_kernel(&req, sizeof(req), ctx);
	return on_uring(SLOT_URING, req);
}

SEC("tp_btf/io_uring_submit_sqe")
int secmon_uringsqe(__u64 *ctx)
{
	__u64 req = 0;

	bpf_probe_read_kernel(&req, sizeof(req), ctx);
	return on_uring(SLOT_URING, req);
}

#endif
