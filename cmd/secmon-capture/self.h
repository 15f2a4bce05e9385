/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is our own: the suite does not report itself. A process is one of the
 * suite if it runs one of the four programs installed beside this one (device
 * and inode, no name that could be faked) and was started by our own parent.
 */
#ifndef SECMON_CAPTURE_SELF_H
#define SECMON_CAPTURE_SELF_H

#include <stdint.h>
#include <sys/types.h>

struct self {
	pid_t ppid;	 /* 0: our parent is init, and says nothing */
	uint64_t ino[4]; /* 0: not there */
	uint32_t dev[4]; /* in the kernel's own coding */
};

void self_find(struct self *s);

#endif
