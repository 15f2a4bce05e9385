/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * The ends of requests of io_uring that open files: what file was reached is known
 * only then. Their records wait here from when they are submitted. Those whose end
 * nobody tells (the ring of completions was full) are told by the user side's order,
 * as they were submitted.
 */
#ifndef BPF_URINGDONE_H
#define BPF_URINGDONE_H

enum {
	URING_OPENAT = 18,
	URING_OPENAT2 = 28,
	URING_RECORD = 8704,  /* a request to open, with the longest path and directory */
	REQ_CQE_SKIP = 1 << 6 /* IOSQE_CQE_SKIP_SUCCESS: its end is not told */
};

const volatile bool uring_waits; /* the program that sees the ends is loaded */

struct uring_record {
	__u8 bytes[URING_RECORD];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u64); /* address of the request */
	__type(value, struct uring_record);
} uring_waiting SEC(".maps");

/* uring_result(slot, req): its result and the file that it opened become part of its record. */
__noinline int uring_result(__u32 slot, __u64 req_addr)
{
	struct io_kiocb *req = (void *)req_addr;
	struct io_open *open = (void *)req_addr;
	struct record *r = scratch(slot);
	__u32 n;

	if (!r)
		return 0;
	r->flags |= RECORD_RES;
	r->res = BPF_CORE_READ(req, cqe.res);
	/* a ring can be shared: of another's descriptors nothing is known here */
	if (r->res < 0 || bpf_get_current_pid_tgid() >> 32 != r->pid)
		return 0;
	n = BPF_CORE_READ(open, file_slot);
	if (!n)
		return put_fd(slot, ITEM_RES, r->res);
	/* registered under this number less one, or under that which the result is */
	r->flags |= RECORD_NO_FD;
	n = n == ~0U ? r->res : n - 1;
	return put_file(slot, ITEM_RES, (__u64)uring_registered(BPF_CORE_READ(req, ctx), n));
}

/* uring_tell(slot, req, done): the record of a request that waits, if none else tells it. */
__noinline int uring_tell(__u32 slot, __u64 req, __u32 done)
{
	struct uring_record *waiting = bpf_map_lookup_elem(&uring_waiting, &req);
	struct record *r = scratch(slot);

	if (!r || !waiting)
		return 0;
	bpf_probe_read_kernel(r, URING_RECORD, waiting);
	if (bpf_map_delete_elem(&uring_waiting, &req))
		return 0;
	r->time = bpf_ktime_get_boot_ns();
	if (done)
		uring_result(slot, req);
	send(r);
	return 0;
}

/* uring_wait(r, req): whether the record of a request waits for its end; if not, it is sent. */
static __always_inline bool uring_wait(struct record *r, __u64 req)
{
	if (!uring_waits || (r->type != EV_OPENAT && r->type != EV_OPENAT2) ||
	    r->len > URING_RECORD || BPF_CORE_READ((struct io_kiocb *)req, flags) & REQ_CQE_SKIP)
		return false;
	if (!bpf_map_update_elem(&uring_waiting, &req, r, BPF_NOEXIST))
		return true;
	/* full; or one that was never told to end had the same place */
	uring_tell(SLOT_URING_OLD, req, 0);
	return !bpf_map_update_elem(&uring_waiting, &req, r, BPF_NOEXIST);
}

SEC("tp_btf/io_uring_complete")
int secmon_uringend(__u64 *ctx)
{
	__u64 req = 0;
	__u8 op;

	bpf_probe_read_kernel(&req, sizeof(req), ctx + 1);
	if (!req)
		return 0;
	op = BPF_CORE_READ((struct io_kiocb *)req, opcode);
	if (op != URING_OPENAT && op != URING_OPENAT2)
		return 0;
	return uring_tell(SLOT_URING_END, req, 1);
}

/* Run by the user side: the request ctx[0] waits in vain. */
SEC("raw_tp")
int secmon_uringlat(__u64 *ctx)
{
	return uring_tell(SLOT_URING_LATE, ctx[0], 0);
}

#endif
