/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * What is submitted through io_uring: no system call's end sees it. Told when
 * it is submitted, so without a result; paths are the kernel's own copies.
 */
#ifndef BPF_URING_H
#define BPF_URING_H

enum { URING_OPS = 64, REQ_FIXED_FILE = 1, DIRFD_NONE = -1 };

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

/* put_uring_file(slot, req): the descriptor that a request is about, or the file that its ring
 * has registered: those have no number of their own. */
__noinline int put_uring_file(__u32 slot, __u64 req_addr)
{
	struct io_kiocb *req = (void *)req_addr;
	struct record *r = scratch(slot);
	__u32 fd = READ(req, cqe.fd);

	if (!r)
		return 0;
	if (READ(req, flags) & REQ_FIXED_FILE) {
		r->flags |= RECORD_NO_FD;
		return put_file(slot, 0, (__u64)uring_registered(READ(req, ctx), fd));
	}
	r->arg[0] = fd;
	return put_fd(slot, 0, fd);
}

/* put_uring_address(slot, req, addr, len): the address that a request names: the caller's, or
 * the copy that the request already has; len 0: as long as the copy says. */
__noinline int put_uring_address(__u32 slot, __u32 arg, __u64 req_addr, __u64 addr, __u32 len)
{
	struct io_kiocb *req = (void *)req_addr;
	struct io_async_msghdr *copy;
	bool only_address;

	if (!uring_copies())
		return put_user_bytes(slot, ITEM_ADDR | arg << 8, addr, len);
	only_address = len != 0;
	copy = READ(req, async_data);
	if (!copy)
		return 0;
	if (!len && READ(copy, msg.msg_name))
		len = READ(copy, msg.msg_namelen);
	return put_kernel_bytes(slot, ITEM_ADDR | arg << 8, uring_address(copy, only_address), len);
}

/* the arguments of requests on names, in the places that the system call has them; false: it is
 * none of those */
static __always_inline bool uring_names(struct record *r, __u32 slot, __u16 type, void *req)
{
	struct io_unlink *u = req;
	struct io_rename *n = req;
	struct io_mkdir *m = req;
	struct io_link *l = req;

	switch (type) {
	case EV_OPENAT:
	case EV_OPENAT2:
		uring_open(r, req);
		put_kernel_path(slot, 1, io_open_name(req), r->arg[0]);
		return true;
	case EV_UNLINKAT:
		r->arg[0] = READ(u, dfd);
		r->arg[2] = READ(u, flags);
		put_kernel_path(slot, 1, io_unlink_name(u), r->arg[0]);
		return true;
	case EV_MKDIRAT:
		r->arg[0] = READ(m, dfd);
		r->arg[2] = READ(m, mode);
		put_kernel_path(slot, 1, io_mkdir_name(m), r->arg[0]);
		return true;
	case EV_RENAMEAT2:
		r->arg[0] = READ(n, old_dfd);
		r->arg[2] = READ(n, new_dfd);
		r->arg[4] = READ(n, flags);
		put_kernel_path(slot, 1, io_rename_old(n), r->arg[0]);
		put_kernel_path(slot, 3, io_rename_new(n), r->arg[2]);
		return true;
	case EV_LINKAT:
		r->arg[0] = READ(l, old_dfd);
		r->arg[2] = READ(l, new_dfd);
		r->arg[4] = READ(l, flags);
		put_kernel_path(slot, 1, io_link_old(l), r->arg[0]);
		put_kernel_path(slot, 3, io_link_new(l), r->arg[2]);
		return true;
	case EV_SYMLINKAT:
		r->arg[1] = READ(l, new_dfd);
		put_kernel_path(slot, 0, io_link_old(l), DIRFD_NONE);
		put_kernel_path(slot, 2, io_link_new(l), r->arg[1]);
		return true;
	}
	return false;
}

/* the address in the message of a request */
static __always_inline void uring_message(struct record *r, __u32 slot, __u16 type, void *req)
{
	struct io_sr_msg___addr *s = req;
	struct io_sr_msg *m = req;

	r->arg[2] = READ(m, len);
	if (uring_copies())
		put_uring_address(slot, type == EV_SENDTO ? 4 : 1, (__u64)req, 0, 0);
	else if (type == EV_SENDMSG)
		put_msg_name(slot, 1, (__u64)READ(m, umsg));
	else if (bpf_core_field_exists(s->addr))
		put_user_bytes(slot, ITEM_ADDR | 4 << 8, (__u64)READ(s, addr), READ(s, addr_len));
}

/* ... of those on sockets and files */
static __always_inline void uring_files(struct record *r, __u32 slot, __u16 type, void *req)
{
	struct io_socket *s = req;
	struct io_connect *c = req;

	if (type == EV_SOCKET) {
		r->arg[0] = READ(s, domain);
		r->arg[1] = READ(s, type);
		r->arg[2] = READ(s, protocol);
		return;
	}
	if (type == EV_CLOSE) {
		r->arg[0] = READ((struct io_close *)req, fd);
		return;
	}
	put_uring_file(slot, (__u64)req);
	switch (type) {
	case EV_CONNECT:
		put_uring_address(slot, 1, (__u64)req, (__u64)READ(c, addr), READ(c, addr_len));
		break;
	case EV_BIND:
		if (bpf_core_type_exists(struct io_bind))
			put_uring_address(slot, 1, (__u64)req, 0,
					  READ((struct io_bind *)req, addr_len));
		break;
	case EV_LISTEN:
		if (bpf_core_type_exists(struct io_listen))
			r->arg[1] = READ((struct io_listen *)req, backlog);
		break;
	case EV_FTRUNCATE:
		if (bpf_core_type_exists(struct io_ftrunc))
			r->arg[1] = READ((struct io_ftrunc *)req, len);
		break;
	case EV_SHUTDOWN:
		r->arg[1] = READ((struct io_shutdown *)req, how);
		break;
	case EV_ACCEPT4:
		r->arg[3] = READ((struct io_accept *)req, flags);
		break;
	case EV_READ:
	case EV_WRITE:
		r->arg[2] = READ((struct io_rw *)req, len);
		break;
	case EV_SENDTO:
	case EV_SENDMSG:
		uring_message(r, slot, type, req);
		break;
	case EV_RECVFROM:
		r->arg[2] = READ((struct io_sr_msg *)req, len);
		break;
	}
}

static __always_inline __u16 uring_type(__u8 op)
{
	switch (op) {
#define URING(number, event)                                                                       \
	case number:                                                                               \
		return EV_##event;
#include "bpf/uring.def"
#undef URING
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
	if (!uring_names(r, slot, type, req))
		uring_files(r, slot, type, req);
	if (!uring_wait(r, req_addr))
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
