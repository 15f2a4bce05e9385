/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Knobs that are set before load, and the maps. */
#ifndef BPF_STATE_H
#define BPF_STATE_H

/* ---- knobs */

const volatile bool tree_only; /* report only processes marked PROC_TREE */
const volatile bool want_env;
const volatile __u64 wanted_uring;	    /* operations of io_uring */
const volatile __u32 nrings = 1;	    /* of each kind */
const volatile __u64 watermark[RING_COUNT]; /* bytes in a ring that wake a reader who naps */
/* executables of the suite and the parent they share, see self.h */
const volatile __u64 self_ino[4];
const volatile __u32 self_dev[4];
const volatile __u32 self_ppid;

/* ---- shared with the user side while running */

/* system calls of any ABI that somebody wants: the cheapest test, made first */
__u64 wanted[RECORD_NR_MAX / 64];
__u64 dropped; /* grows with every record that is lost */
__u32 reader;  /* enum reader_state */

/*
 * Scratch memory is one slot for each CPU and program: a program cannot be
 * entered twice on one CPU, but where preemption is possible inside of one,
 * another may run in between.
 */
enum slot {
	SLOT_FORK,
	SLOT_EXEC,
	SLOT_EXIT,
	SLOT_ITER,
	SLOT_SYS_EXIT,
	SLOT_RETELL,
	SLOT_OPEN,
	SLOT_CONNECT,
	SLOT_BIND,
	SLOT_LISTEN,
	SLOT_ACCEPT,
	SLOT_EXECVE,
	SLOT_EXECVEAT,
	SLOT_EXECVE32,
	SLOT_EXECVEAT32,
	SLOT_URING,
	SLOT_URING_OLD,
	SLOT_URING_END,
	SLOT_URING_LATE,
	SLOT_COUNT
};

struct scratch {
	__u8 bytes[RECORD_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOT_COUNT); /* times CPUs, set before load */
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16); /* each is made by the user side, of the size asked for */
};

/* nrings for life, and then as many for bulk; CPUs take turns */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RING_COUNT); /* times nrings, set before load */
	__type(key, __u32);
	__array(values, struct ring_map);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LANE_COUNT *RECORD_CLASSES);
	__type(key, __u32);
	__type(value, struct counts);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LANE_COUNT *RING_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} sequence SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ABI_COUNT *RECORD_NR_MAX);
	__type(key, __u32);
	__type(value, struct sysdesc);
} syscalls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, __u32);   /* pid */
	__type(value, __u32); /* enum proc_flags */
} procs SEC(".maps");

/* processes whose exit was told: two last threads may see each other gone */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);   /* pid */
	__type(value, __u64); /* its start */
} exited SEC(".maps");

__u64 procs_generation; /* grows with every change of procs, on both sides */

/* what the program of LANE_ALONE last found in procs on this CPU */
struct proc_last {
	__u64 generation;
	__u32 pid, flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct proc_last);
} proc_lasts SEC(".maps");

static __always_inline struct record *scratch(__u32 slot)
{
	__u32 key = bpf_get_smp_processor_id() * SLOT_COUNT + slot;

	return bpf_map_lookup_elem(&scratches, &key);
}

static __always_inline __u32 proc_get(__u32 pid)
{
	__u32 *flags = bpf_map_lookup_elem(&procs, &pid);

	return flags ? *flags : 0;
}

static __always_inline void proc_set(__u32 pid, __u32 flags)
{
	if (flags)
		bpf_map_update_elem(&procs, &pid, &flags, BPF_ANY);
	else
		bpf_map_delete_elem(&procs, &pid);
	__sync_fetch_and_add(&procs_generation, 1);
}

/* proc_get_by(lane, pid): proc_get(), remembered in LANE_ALONE. */
static __always_inline __u32 proc_get_by(__u32 lane, __u32 pid)
{
	__u64 generation = *(volatile __u64 *)&procs_generation;
	struct proc_last *last;
	__u32 zero = 0;

	if (lane != LANE_ALONE)
		return proc_get(pid);
	last = bpf_map_lookup_elem(&proc_lasts, &zero);
	if (!last)
		return proc_get(pid);
	if (last->pid != pid || last->generation != generation) {
		last->flags = proc_get(pid);
		last->pid = pid;
		last->generation = generation;
	}
	return last->flags;
}

#endif
