/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * What the kernel side hands to the user side: a record, which is a fixed part
 * and then items, each padded to 8 bytes. Numbers are in host order, times are
 * ns of CLOCK_BOOTTIME, strings are not terminated.
 */
#ifndef BPF_RECORD_H
#define BPF_RECORD_H

#ifndef __bpf__
#include <assert.h>
#include <linux/types.h>
#else
#define static_assert _Static_assert
#endif

enum {
	RECORD_MAX = 32768,	/* bytes of one record, and of scratch memory */
	RECORD_PATH_MAX = 4096, /* of one path */
	RECORD_ARGS_MAX = 8192, /* of arguments: more are cut in the middle */
	RECORD_ENV_MAX = 4096,
	RECORD_STR_MAX = 256,	  /* of a text that is no path */
	RECORD_DEPTH_MAX = 64,	  /* directories and mounts of one path */
	RECORD_NR_MAX = 576,	  /* system call numbers, x32's own included */
	RECORD_CLASSES = 512,	  /* enum event_id */
	RECORD_MESSAGES_MAX = 32, /* records of one call that sends or receives several messages */
	SOCKETCALL_NR = 102,	  /* of 32-bit callers */
	SOCKETCALL_BASE = 512	  /* its calls stand in the table of 32-bit calls from here */
};

enum record_ring { RING_LIFE, RING_BULK, RING_COUNT };

/*
 * Counters and numbers of records are by CPU and lane. Programs that may run in the
 * middle of each other share the first lane and count with atomic instructions, of which
 * each costs as much as fifty others; the one at the end of all system calls, which
 * cannot run in the middle of itself, has the other lane for itself and does without.
 */
enum record_lane { LANE_SHARED, LANE_ALONE, LANE_COUNT };

/*
 * What the reader does. A wakeup costs the one who is watched, so it looks by itself
 * every now and then while there is something to read.
 */
enum reader_state {
	READER_AWAKE,
	READER_ASLEEP, /* wants to be woken by the next record */
	READER_NAPS    /* ... only if a ring fills up meanwhile */
};

enum record_abi { ABI_64, ABI_32, ABI_X32, ABI_COUNT };

enum record_hook { HOOK_SYSCALL, HOOK_SCHED, HOOK_IO_URING, HOOK_ITER };

enum record_flags {
	RECORD_RES = 1 << 0,	 /* res is a result */
	RECORD_TOLD = 1 << 1,	 /* told again: the first telling was lost */
	RECORD_WATCHED = 1 << 2, /* has an ITEM_WATCH */
	RECORD_NO_FD = 1 << 3,	 /* the file that it is about has no descriptor */
	RECORD_ALONE = 1 << 4,	 /* numbered by its program alone, see LANE_ALONE */
};

struct record {
	__u32 len;  /* of all, items included */
	__u16 type; /* enum event_id */
	__u8 ring;  /* enum record_ring */
	__u8 hook;  /* enum record_hook */
	__u64 time;
	__u64 seq;    /* of this CPU, ring and lane, those not delivered counted too */
	__u64 start;  /* of the process */
	__u64 pstart; /* of the parent */
	__u64 cgroup;
	__s64 res;
	__u64 arg[6]; /* of the system call, as the caller gave them; [0] of an exit: the reaper */
	__u32 pid, tid, ppid, vpid, vtid;
	__u32 uid, euid, gid, egid;
	__u32 loginuid;	    /* ~0 if unset */
	__u32 pidns, mntns; /* 0 if unknown */
	__u32 cpu;
	__u16 nr;   /* of the system call */
	__u8 abi;   /* enum record_abi */
	__u8 flags; /* enum record_flags */
	char comm[16];
};
static_assert(sizeof(struct record) == 176, "no padding");

enum item_kind {
	ITEM_PATH = 1,	   /* path as the caller gave it, argument arg */
	ITEM_BASE,	   /* components of the directory that argument arg begins at */
	ITEM_STR,	   /* text that argument arg points to */
	ITEM_BUF,	   /* bytes that argument arg points to */
	ITEM_ADDR,	   /* socket address that argument arg points to */
	ITEM_FILE,	   /* struct item_file of descriptor argument arg, or ITEM_RES */
	ITEM_FILEPATH,	   /* its components */
	ITEM_SOCK,	   /* struct item_sock of the same */
	ITEM_UNIX,	   /* path of a Unix socket: its own, or if it has none the peer's */
	ITEM_PROC,	   /* struct item_proc */
	ITEM_CHILD,	   /* struct item_child */
	ITEM_EXE,	   /* components of the executable's path */
	ITEM_CWD,	   /* components of the working directory */
	ITEM_ARGS,	   /* arguments, each ended by a zero byte */
	ITEM_ARGS_TAIL,	   /* end of arguments that were cut */
	ITEM_ENV,	   /* environment, each ended by a zero byte */
	ITEM_CGROUP,	   /* components of the cgroup of hierarchy arg; 0: version 2 */
	ITEM_FILENAME,	   /* path given to execve */
	ITEM_INTERP,	   /* interpreter of a script */
	ITEM_WATCH,	   /* struct item_watch of the file of argument arg */
	ITEM_NAMESPACES,   /* struct item_namespaces of the caller */
	ITEM_CAPABILITIES, /* struct item_capabilities of the caller */
	ITEM_STDPATH,	   /* components of standard descriptor arg, which has an ITEM_FILE */
};

enum { ITEM_RES = 0xff }; /* the descriptor is the result */

struct item {
	__u8 kind; /* enum item_kind */
	__u8 arg;
	__u16 len;  /* of the bytes that follow, without padding */
	__u32 full; /* true length if it was cut, else len; ~0: unknown, but cut */
};
static_assert(sizeof(struct item) == 8, "no padding");

/*
 * Components of a path are names from the last to the first, each ended by a
 * zero byte; an empty path is the root.
 */

enum item_file_flags {
	FILE_UPPER = 1 << 0, /* overlayfs: from the upper layer */
	FILE_LOWER = 1 << 1,
	FILE_DELETED = 1 << 3,
	FILE_WRITABLE = 1 << 4, /* by the user of the process */
	FILE_MEMFD = 1 << 5,
	FILE_CREATED = 1 << 6, /* by this open */
};

struct item_file {
	__u64 ino;
	__u64 mtime, ctime; /* ns since the epoch */
	__u32 dev;	    /* kernel's own coding: 12 bits major, 20 minor */
	__u32 magic;	    /* of the file system */
	__u32 open_flags;   /* f_flags */
	__u32 seals;
	__u16 mode;
	__u16 flags; /* enum item_file_flags */
	__u32 nlink;
};
static_assert(sizeof(struct item_file) == 48, "no padding");

struct item_sock {
	__u64 sk, peer;		   /* addresses in the kernel, of Unix sockets */
	__u8 laddr[16], raddr[16]; /* network order; IPv4 in the first four */
	__u16 lport, rport;	   /* host order */
	__u16 family, type, proto;
	__u8 state; /* as TCP's */
	__u8 unused;
	__u32 backlog, backlog_max; /* of the listening socket */
	__u32 unused2;
};
static_assert(sizeof(struct item_sock) == 72, "no padding");

struct item_proc {
	__u64 cap_inheritable, cap_permitted, cap_effective;
	__u64 pidns_start; /* of the first process of the pid namespace */
	__u64 fdlimit, vmsize_kb, pfmajor, pfminor;
	__u32 sid, pgid, vpgid, tty;
	struct item_file exe;
	__u32 flags; /* of the task */
	__u32 unused;
};
static_assert(sizeof(struct item_proc) == 136, "no padding");

struct item_child {
	__u64 start;
	__u64 cgroup;
	__u32 pid, vpid, pidns, unused;
};
static_assert(sizeof(struct item_child) == 32, "no padding");

/* A file that is watched, whatever its name; id 0: only the user side can tell if it is. */
struct item_watch {
	__u64 inode; /* its address in the kernel */
	__u64 ino;
	__u32 dev; /* as in item_file */
	__u32 generation;
	__u32 id; /* of the watched path */
	__u32 unused;
};
static_assert(sizeof(struct item_watch) == 32, "no padding");

/* Inodes of namespaces. */
struct item_namespaces {
	__u32 uts, ipc, net, user, cgroup, time, pid_children, time_children;
};
static_assert(sizeof(struct item_namespaces) == 32, "no padding");

struct item_capabilities {
	__u64 inheritable, permitted, effective;
};
static_assert(sizeof(struct item_capabilities) == 24, "no padding");

/* ---- what the user side tells the kernel side */

/* What a plan asks for of callers of system calls: variable telling. */
enum telling { TELL_NAMESPACES = 1 << 0, TELL_CAPABILITIES = 1 << 1 };

/* How to read one argument of a system call. */
enum op_kind {
	OP_END,
	OP_PATH,   /* path in a, relative to descriptor b, or see OP_CWD */
	OP_STR,	   /* text in a */
	OP_BUF,	   /* b bytes in a */
	OP_ADDR,   /* socket address in a, its length in b */
	OP_ADDRP,  /* the same, the length is pointed to by b */
	OP_FD,	   /* descriptor a */
	OP_RESFD,  /* the result, if it is a descriptor */
	OP_MSG,	   /* socket address in the struct msghdr in a */
	OP_MMSG,   /* the same in the struct mmsghdr in a, and its length; told for each message */
	OP_CWDNOW, /* the working directory as it is now, as the base of argument a */
	OP_BYTES,  /* what argument a points to, as many bytes as argument b says */
	OP_PAIR,   /* the first of the two descriptors that a call has put where a points */
	OP_CAPS,   /* the caller's capabilities as they are now */
	OP_QUEUE,  /* how many wait at the listening socket a, and how many may: two 32-bit words */
};

/* b of OP_PATH: relative to the working directory; or no path at all, only text */
enum { OP_CWD = 0xff, OP_NOBASE = 0xfe, OPS_MAX = 4 };

struct op {
	__u8 kind; /* enum op_kind */
	__u8 a, b;
	__u8 unused;
};

struct sysdesc {
	__u16 type;	 /* enum event_id; 0: not wanted */
	__u8 flags;	 /* enum sysdesc_flags */
	__u8 file;	 /* argument that is the descriptor of the one file that it is about, or: */
	__u32 test_bits; /* wanted only if the third argument has one of these; 0: no test */
	struct op op[OPS_MAX];
};
static_assert(sizeof(struct sysdesc) == 24, "no padding");

enum { SYSDESC_RESULT = 0xfe, SYSDESC_NO_FILE = 0xff };

enum sysdesc_flags {
	SYSDESC_FAILED = 1 << 0,    /* only calls that failed */
	SYSDESC_FLAGS_1 = 1 << 1,   /* argument 1 is flags of open */
	SYSDESC_FLAGS_2 = 1 << 2,   /* argument 2 is */
	SYSDESC_PREFERRED = 1 << 3, /* taken from its preferred hook */
	SYSDESC_MESSAGES = 1 << 4,  /* argument 1 is an array of messages, the result how many */
};

/* What is known of a process: value of the map procs. */
enum proc_flags {
	PROC_TREE = 1 << 0,   /* of the command's tree */
	PROC_SELF = 1 << 1,   /* one of secmon's own */
	PROC_UNTOLD = 1 << 2, /* its last life record was lost */
};

/* Counters of one class on one CPU. */
struct counts {
	__u64 in;  /* seen by a hook */
	__u64 out; /* put into a ring */
	__u64 filtered;
	__u64 limited;
	__u64 shed; /* only selectors that are shed were left */
	__u64 self;
	__u64 full; /* lost: ring full */
	__u64 big;  /* lost: too large for a record */
	__u64 read; /* lost: no memory of the kernel to read into, or not readable */
};

#endif
