// SPDX-License-Identifier: BSD-2-Clause
/* Flag bits from the kernel's coding to the stream's. */
#include "flagmap.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "common/compat.h"

struct bit {
	uint64_t kernel;
	uint32_t stream;
};

/* what glibc calls 0 on 64-bit machines, the kernel and 32-bit callers do not */
#define KERNEL_O_LARGEFILE 0100000

static const struct bit open_bits[] = {
	{ O_CREAT, 4 },	     { O_APPEND, 8 },	    { O_DSYNC, 16 },
	{ O_EXCL, 32 },	     { O_NONBLOCK, 64 },    { O_TRUNC, 256 },
	{ O_DIRECT, 512 },   { O_DIRECTORY, 1024 }, { KERNEL_O_LARGEFILE, 2048 },
	{ O_CLOEXEC, 4096 },
};

static const struct bit clone_bits[] = {
	{ CLONE_FILES, 1 },
	{ CLONE_FS, 2 },
	{ CLONE_IO, 4 },
	{ CLONE_NEWIPC, 8 },
	{ CLONE_NEWNET, 16 },
	{ CLONE_NEWNS, 32 },
	{ CLONE_NEWPID, 64 },
	{ CLONE_NEWUTS, 128 },
	{ CLONE_PARENT, 256 },
	{ CLONE_PARENT_SETTID, 512 },
	{ CLONE_PTRACE, 1024 },
	{ CLONE_SIGHAND, 2048 },
	{ CLONE_SYSVSEM, 4096 },
	{ CLONE_THREAD, 8192 },
	{ CLONE_UNTRACED, 16384 },
	{ CLONE_VM, 32768 },
	{ CLONE_NEWUSER, 1048576 },
	{ CLONE_CHILD_CLEARTID, 8388608 },
	{ CLONE_CHILD_SETTID, 16777216 },
	{ CLONE_SETTLS, 33554432 },
	{ CLONE_VFORK, 134217728 },
	{ CLONE_NEWCGROUP, 268435456 },
};

static const struct bit at_bits[] = { { AT_SYMLINK_NOFOLLOW, 1024 }, { AT_EMPTY_PATH, 4096 } };
static const struct bit delete_module_bits[] = { { O_TRUNC, 1 }, { O_NONBLOCK, 2 } };

static const struct bit mmap_bits[] = {
	{ MAP_SHARED, 1 },	 { MAP_PRIVATE, 2 },	       { MAP_FIXED, 4 },
	{ MAP_ANONYMOUS, 8 },	 { 0x40 /* MAP_32BIT */, 16 }, { MAP_NORESERVE, 64 },
	{ MAP_POPULATE, 128 },	 { MAP_NONBLOCK, 256 },	       { MAP_GROWSDOWN, 512 },
	{ MAP_DENYWRITE, 1024 }, { MAP_EXECUTABLE, 2048 },     { MAP_LOCKED, 16384 },
};

/* RESOLVE_* of <linux/openat2.h>: NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH, IN_ROOT, CACHED */
static const struct bit resolve_bits[] = {
	{ 1, 16 }, { 2, 4 }, { 4, 8 }, { 8, 1 }, { 16, 2 }, { 32, 32 },
};

/* IORING_SETUP_*: IOPOLL, SQPOLL, SQ_AFF, CQSIZE, CLAMP, ATTACH_WQ, R_DISABLED */
static const struct bit io_uring_bits[] = {
	{ 1, 1 }, { 2, 2 }, { 4, 8 }, { 8, 16 }, { 16, 32 }, { 32, 64 }, { 64, 128 },
};

/* numbers, not bits */
static const struct bit fcntl_commands[] = {
	{ F_DUPFD, 1 },		 { F_GETFD, 2 },      { F_SETFD, 3 },	    { F_GETFL, 4 },
	{ F_SETFL, 5 },		 { F_GETLK, 6 },      { F_SETLK, 8 },	    { F_SETLKW, 9 },
	{ F_SETOWN, 10 },	 { F_GETOWN, 12 },    { F_SETSIG, 13 },	    { F_GETSIG, 15 },
	{ F_SETOWN_EX, 21 },	 { F_GETOWN_EX, 22 }, { F_SETLEASE, 23 },   { F_GETLEASE, 24 },
	{ F_DUPFD_CLOEXEC, 26 }, { F_NOTIFY, 27 },    { F_SETPIPE_SZ, 28 }, { F_GETPIPE_SZ, 29 },
	{ F_OFD_GETLK, 30 },	 { F_OFD_SETLK, 31 }, { F_OFD_SETLKW, 32 },
};

/* SO_* behind SO_ATTACH_BPF: up to there the stream's number is the kernel's */
static const struct bit socket_options[] = {
	{ 55 /* MEMINFO */, 52 },	  { 57 /* COOKIE */, 53 },
	{ 59 /* PEERGROUPS */, 51 },	  { 63 /* TIMESTAMP_NEW */, 29 },
	{ 64 /* TIMESTAMPNS_NEW */, 35 }, { 65 /* TIMESTAMPING_NEW */, 37 },
	{ 66 /* RCVTIMEO_NEW */, 20 },	  { 67 /* SNDTIMEO_NEW */, 21 },
};

static const struct bit ptrace_requests[] = {
	{ 0, 1 },	{ 1, 2 },	{ 2, 3 },	{ 3, 4 },	{ 4, 5 },
	{ 5, 6 },	{ 6, 7 },	{ 7, 8 },	{ 8, 9 },	{ 9, 10 },
	{ 12, 26 },	{ 13, 27 },	{ 14, 28 },	{ 15, 29 },	{ 16, 11 },
	{ 17, 12 },	{ 18, 30 },	{ 19, 31 },	{ 21, 32 },	{ 24, 13 },
	{ 25, 33 },	{ 26, 34 },	{ 30, 35 },	{ 31, 36 },	{ 32, 37 },
	{ 33, 38 },	{ 0x4200, 14 }, { 0x4201, 15 }, { 0x4202, 16 }, { 0x4203, 17 },
	{ 0x4204, 18 }, { 0x4205, 19 }, { 0x4206, 20 }, { 0x4207, 21 }, { 0x4208, 22 },
	{ 0x4209, 23 }, { 0x420a, 24 }, { 0x420b, 25 },
};

static uint32_t number(const struct bit *table, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].kernel == v)
			return table[i].stream;
	return 0;
}

static uint32_t map(const struct bit *bits, size_t n, uint64_t flags)
{
	uint32_t out = 0;

	for (size_t i = 0; i < n; i++)
		if ((flags & bits[i].kernel) == bits[i].kernel)
			out |= bits[i].stream;
	return out;
}

uint32_t flagmap_open(uint64_t flags)
{
	uint32_t out = map(open_bits, nitems(open_bits), flags);

	/* an access mode of 3 opens for neither */
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		out |= 1;
		break;
	case O_WRONLY:
		out |= 2;
		break;
	case O_RDWR:
		out |= 3;
		break;
	}
	/* both contain the bits of another flag */
	if ((flags & O_SYNC) == O_SYNC)
		out |= 128;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		out |= 8192;
	return out;
}

uint32_t flagmap_clone(uint64_t flags)
{
	return map(clone_bits, nitems(clone_bits), flags);
}

uint32_t flagmap_at(uint64_t v)
{
	return map(at_bits, nitems(at_bits), v);
}

uint32_t flagmap_delete_module(uint64_t v)
{
	return map(delete_module_bits, nitems(delete_module_bits), v);
}

uint32_t flagmap_mmap(uint64_t v)
{
	return map(mmap_bits, nitems(mmap_bits), v);
}

uint32_t flagmap_resolve(uint64_t v)
{
	return map(resolve_bits, nitems(resolve_bits), v);
}

uint32_t flagmap_io_uring(uint64_t v)
{
	return map(io_uring_bits, nitems(io_uring_bits), v);
}

uint32_t flagmap_socket_level(uint64_t v)
{
	return v == SOL_SOCKET ? 1 : v == IPPROTO_TCP ? 2 : 0;
}

uint32_t flagmap_socket_option(uint64_t level, uint64_t v)
{
	if (level != SOL_SOCKET)
		return 0;
	return v <= SO_ATTACH_BPF ? (uint32_t)v : number(socket_options, nitems(socket_options), v);
}

uint32_t flagmap_fcntl(uint64_t v)
{
	return number(fcntl_commands, nitems(fcntl_commands), v);
}

uint32_t flagmap_ptrace(uint64_t v)
{
	return number(ptrace_requests, nitems(ptrace_requests), v);
}
