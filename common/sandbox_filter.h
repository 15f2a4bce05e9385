/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that each role may make. */
#ifndef COMMON_SANDBOX_FILTER_H
#define COMMON_SANDBOX_FILTER_H

#include "common/sandbox.h"

/*
 * sandbox_filter(s): load the seccomp filter for s->role, for every thread of the
 * process. 0, also where the kernel has none, or -1 with errno and a message.
 */
int sandbox_filter(const struct sandbox *s);

#endif
