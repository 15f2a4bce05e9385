/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as a .scap file tells it: threads, their descriptors, users,
 * interfaces, containers. Everything is bounded; what does not fit is counted.
 */
#ifndef SECMON_CAPTURE_SCAP_WORLD_H
#define SECMON_CAPTURE_SCAP_WORLD_H

#include "cmd/secmon-capture/scap_file.h"
#include "cmd/secmon-capture/scap_heap.h"

enum {
	SCAP_THREADS_MAX = 131072,
	SCAP_FDS_MAX = 1024 * 1024, /* over all processes */
	SCAP_ACCOUNTS_MAX = 65536,
	SCAP_ADDRS_MAX = 1024,
	SCAP_CONTAINERS_MAX = 4096,
	SCAP_SHORT_MAX = 64
};

/* Flags of a descriptor. */
enum {
	FD_F_CLOEXEC = 1,
	FD_F_CLIENT = 2,
	FD_F_SERVER = 4,
	FD_F_CONNECTED = 8,
	FD_F_UPPER = 16,
	FD_F_LOWER = 32,
	FD_F_FROM_LIST = 64
};

enum l4 { L4_UNKNOWN, L4_NA, L4_TCP, L4_UDP, L4_ICMP, L4_RAW };

/* What a descriptor stands for. Shared by counting: change only what fd_own() gives. */
struct scap_fd {
	uint32_t refs;
	uint8_t type; /* enum scap_fd_type */
	uint8_t l4;   /* enum l4 */
	uint16_t flags;
	uint32_t open_flags, dev;
	uint64_t ino;
	uint64_t unix_src, unix_dst;
	int64_t pid; /* of a pidfd */
	uint16_t sport, dport;
	uint8_t sip[16], dip[16];
	struct scap_text *name, *nameraw;
};

struct scap_slot {
	int64_t num;
	struct scap_fd *fd; /* NULL: free */
};

/* Descriptors of a process: open addressing, a power of two of slots. */
struct scap_fdtable {
	struct scap_slot *slot;
	uint32_t size, used;
	uint32_t of_type[SCAP_FD_TYPES]; /* how many of each */
	uint8_t recent[SCAP_FD_TYPES];	 /* the types, the last that came first */
	uint8_t nrecent;
};

/* Packed fields of a thread, made again when something in them changes. */
struct scap_blob {
	uint8_t *buf;
	uint32_t len, room, fields;
	uint64_t epoch; /* of the world when it was made; 0: never */
};

enum { CAP_INHERITABLE, CAP_PERMITTED, CAP_EFFECTIVE };

struct scap_thread {
	struct scap_thread *by_tid, *by_ptid; /* next in their buckets */
	struct scap_thread *mate;	      /* next of the process */
	struct scap_group *group;
	int64_t tid, pid, ptid, sid, pgid, vpgid, vtid, vpid, fdlimit, reaper;
	uint64_t flags; /* CL_ */
	uint32_t uid, gid, loginuid, tty;
	uint64_t vmsize, vmrss, vmswap, pfmajor, pfminor;
	uint64_t pidns_start, clone_ts, cap[3];
	uint64_t exe_ino, exe_ctime, exe_mtime;
	uint64_t exectime, totexectime;
	uint64_t cpu_all, cpu_user, cpu_system; /* at the last procinfo event */
	bool exe_writable, exe_upper, exe_lower, exe_memfd;
	bool placeholder; /* nothing is known of it */
	bool dead;
	bool parent_of_some, leader_of_some; /* others' blobs may speak of it */
	bool inverted;			     /* made by the child's own event */
	struct scap_text *comm, *exe, *exepath, *args, *cwd, *env, *cgroups, *root;
	struct scap_fdtable fds; /* the main thread's are the process's */
	struct scap_container *container;
	bool container_known; /* container was looked for since cgroups changed */
	struct scap_blob blob;
};

/* The threads of a process. */
struct scap_group {
	struct scap_group *next;
	int64_t pid;
	struct scap_thread *threads;
	uint32_t count, alive;
	bool reaper; /* child subreaper */
};

struct scap_user {
	struct scap_user *next;
	bool group;
	uint32_t id;
	struct scap_text *container; /* id, NULL: the host */
	struct scap_text *name, *home, *shell;
};

struct scap_container;

enum { TID_BUCKETS = 65536, USER_BUCKETS = 1024, CONTAINER_BUCKETS = 1024 };

struct scap_world {
	struct scap_heap heap;
	uint64_t epoch; /* blobs made before it are stale */
	struct scap_thread *tids[TID_BUCKETS], *ptids[TID_BUCKETS];
	struct scap_group *groups[TID_BUCKETS];
	struct scap_user *users[USER_BUCKETS];
	struct scap_container *containers[CONTAINER_BUCKETS];
	size_t nthreads, nfds, nusers, ncontainers;
	uint64_t refused; /* threads, descriptors, accounts that did not fit */
	struct {
		bool v6;
		uint8_t addr[16];
	} addrs[SCAP_ADDRS_MAX];
	size_t naddrs;
	int64_t short_lived[SCAP_SHORT_MAX]; /* threads that ended before their maker spoke */
	size_t nshort;
};

/* Flags of threads, as events and process lists give them. */
enum {
	CL_FILES = 1 << 0,
	CL_NEWPID = 1 << 6,
	CL_PARENT = 1 << 8,
	CL_THREAD = 1 << 13,
	CL_NEWUSER = 1 << 20,
	CL_VFORK = 1 << 27,
	CL_CHILD_IN_PIDNS = 1 << 29
};

/* world_init(w), world_fini(w), and world_reset(w): forget all, a section begins. */
void world_init(struct scap_world *w);
void world_fini(struct scap_world *w);
void world_reset(struct scap_world *w);

/* world_iface(w, i), world_account(w, a, group): entries of the file's lists. */
void world_iface(struct scap_world *w, const struct scap_iface *i);
void world_account(struct scap_world *w, bool group, uint32_t id, struct scap_slice container,
		   struct scap_slice name, struct scap_slice home, struct scap_slice shell);
void world_account_gone(struct scap_world *w, bool group, uint32_t id, struct scap_slice container);

/* world_user(w, group, id, container): the account, or NULL. container NULL: the host's. */
const struct scap_user *world_user(const struct scap_world *w, bool group, uint32_t id,
				   const struct scap_text *container);

/* world_user_name(...): its name; "root" for an unknown 0, "<NA>" for others. */
const char *world_user_name(const struct scap_world *w, bool group, uint32_t id,
			    const struct scap_text *container);

/* world_is_local(w, addr, v6): whether it is an address of the recorded machine. */
bool world_is_local(const struct scap_world *w, const uint8_t *addr, bool v6);

/* world_has_v6(w): whether the recorded machine has any IPv6 address. */
bool world_has_v6(const struct scap_world *w);

#endif
