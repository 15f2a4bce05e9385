// SPDX-License-Identifier: BSD-2-Clause
/* Flag bits from the kernel's coding to the stream's. */
#include "flagmap.h"

#include <fcntl.h>
#include <sched.h>

#include "common/compat.h"

struct bit {
	uint64_t kernel;
	uint32_t stream;
};

/* what glibc calls 0 on 64-bit machines, the kernel and 32-bit callers do not */
#define KERNEL_O_LARGEFILE 0100000

static const struct bit open_bits[] = {
	{ O_CREAT, 4 }, { O_APPEND, 8 }, { O_DSYNC, 16 }, { O_EXCL, 32 }, { O_NONBLOCK, 64 },
	{ O_TRUNC, 256 }, { O_DIRECT, 512 }, { O_DIRECTORY, 1024 },
	{ KERNEL_O_LARGEFILE, 2048 }, { O_CLOEXEC, 4096 },
};

static const struct bit clone_bits[] = {
	{ CLONE_FILES, 1 }, { CLONE_FS, 2 }, { CLONE_IO, 4 }, { CLONE_NEWIPC, 8 },
	{ CLONE_NEWNET, 16 }, { CLONE_NEWNS, 32 }, { CLONE_NEWPID, 64 }, { CLONE_NEWUTS, 128 },
	{ CLONE_PARENT, 256 }, { CLONE_PARENT_SETTID, 512 }, { CLONE_PTRACE, 1024 },
	{ CLONE_SIGHAND, 2048 }, { CLONE_SYSVSEM, 4096 }, { CLONE_THREAD, 8192 },
	{ CLONE_UNTRACED, 16384 }, { CLONE_VM, 32768 }, { CLONE_NEWUSER, 1048576 },
	{ CLONE_CHILD_CLEARTID, 8388608 }, { CLONE_CHILD_SETTID, 16777216 },
	{ CLONE_SETTLS, 33554432 }, { CLONE_VFORK, 134217728 }, { CLONE_NEWCGROUP, 268435456 },
};

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
