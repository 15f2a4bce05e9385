/* SPDX-License-Identifier: BSD-2-Clause */
/* The blocks of a .scap file, one record at a time: views into a bounded window. */
#ifndef SECMON_CAPTURE_SCAP_FILE_H
#define SECMON_CAPTURE_SCAP_FILE_H

#include "cmd/secmon-capture/replay_src.h"
#include "cmd/secmon-capture/scap_event.h"

struct scap_file;

enum scap_kind {
	SCAP_END,     /* the file has ended, between two blocks */
	SCAP_WAIT,    /* the source must be readable first */
	SCAP_BROKEN,  /* scap_file_error() says how */
	SCAP_SECTION, /* a section begins: what was told so far is void */
	SCAP_MACHINE,
	SCAP_PROC,
	SCAP_FD,
	SCAP_IFACE,
	SCAP_USER,
	SCAP_GROUP,
	SCAP_EVENT,
	SCAP_TOO_BIG, /* an event of more bytes than we take, stepped over */
	SCAP_UNKNOWN  /* an event of a code, or a block, that we do not know */
};

struct scap_slice {
	const char *s;
	size_t len;
};

struct scap_machine {
	struct scap_slice hostname;
	uint64_t boot_ns; /* since the epoch, 0 if unknown */
};

/* A thread of the process list. */
struct scap_proc {
	int64_t tid, pid, ptid, sid, pgid, vpgid, vtid, vpid, fdlimit;
	struct scap_slice comm, exe, exepath, args, cwd, env, cgroups, root;
	uint32_t flags, uid, gid, loginuid, tty;
	uint32_t vmsize, vmrss, vmswap;
	uint64_t pfmajor, pfminor, pidns_start, cap[3]; /* inheritable, permitted, effective */
	uint64_t exe_ino, exe_ctime, exe_mtime;
	bool exe_writable, exe_upper, exe_lower, exe_memfd;
};

/* Types of descriptors in files. */
enum scap_fd_type {
	SCAP_FD_FILE = 1,
	SCAP_FD_DIR,
	SCAP_FD_IPV4,
	SCAP_FD_IPV6,
	SCAP_FD_IPV4_SERVER,
	SCAP_FD_IPV6_SERVER,
	SCAP_FD_FIFO,
	SCAP_FD_UNIX,
	SCAP_FD_EVENT,
	SCAP_FD_UNSUPPORTED,
	SCAP_FD_SIGNALFD,
	SCAP_FD_EPOLL,
	SCAP_FD_INOTIFY,
	SCAP_FD_TIMERFD,
	SCAP_FD_NETLINK,
	SCAP_FD_FILE_V2,
	SCAP_FD_BPF,
	SCAP_FD_USERFAULTFD,
	SCAP_FD_IO_URING,
	SCAP_FD_MEMFD,
	SCAP_FD_PIDFD,
	SCAP_FD_TYPES,
	SCAP_FD_UNKNOWN = 0
};

struct scap_fd_rec {
	int64_t tid, fd;
	uint64_t ino;
	uint8_t type; /* enum scap_fd_type */
	uint8_t l4;
	uint32_t open_flags, dev;
	uint64_t unix_src, unix_dst;
	uint16_t sport, dport; /* a listening socket has sip and sport only */
	uint8_t sip[16], dip[16];
	struct scap_slice name;
};

struct scap_iface {
	bool v6;
	uint8_t addr[16], mask[16];
	struct scap_slice name;
};

struct scap_account {
	uint32_t id, gid;
	struct scap_slice name, home, shell;
};

struct scap_record {
	enum scap_kind kind;
	uint64_t offset; /* of its block in the decompressed file */
	union {
		struct scap_machine machine;
		struct scap_proc proc;
		struct scap_fd_rec fd;
		struct scap_iface iface;
		struct scap_account account;
		struct scap_event event;
	};
};

/* scap_file_new(src): a reader of src, which it does not own. NULL with ENOMEM. */
struct scap_file *scap_file_new(struct replay_src *src);
void scap_file_free(struct scap_file *f);

/* scap_file_next(f, r): the next record; its slices stay until the next call. */
enum scap_kind scap_file_next(struct scap_file *f, struct scap_record *r);

/* "byte 1234: ..." */
const char *scap_file_error(const struct scap_file *f);

#endif
