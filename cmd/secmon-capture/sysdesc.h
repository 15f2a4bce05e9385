/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel side is told of system calls: how to read each (struct sysdesc). */
#ifndef SECMON_CAPTURE_SYSDESC_H
#define SECMON_CAPTURE_SYSDESC_H

#include "hooks.h"
#include "options.h"

/* sysdesc_fill(map, o, hooks): all calls that the options want, of every ABI. 0, or -1 with errno.
 */
int sysdesc_fill(int map, const struct options *o, const struct hook_plan *hooks);

#endif
