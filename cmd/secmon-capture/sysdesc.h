/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel side is told of system calls: how to read each (struct sysdesc). */
#ifndef SECMON_CAPTURE_SYSDESC_H
#define SECMON_CAPTURE_SYSDESC_H

#include "bpf/record.h"
#include "hooks.h"
#include "options.h"

/*
 * sysdesc_wanted(o, hooks, plan, bits): numbers of system calls, of any ABI, that the
 * options and the plan (if there is one) want from the fallback hook. Whether there are any.
 */
bool sysdesc_wanted(const struct options *o, const struct hook_plan *hooks, const struct plan *plan,
		    uint64_t bits[RECORD_NR_MAX / 64]);

/*
 * sysdesc_fill(map, o, hooks, plan): all calls that the options want, of every ABI, and
 * those without an event of their own that the plan wants. 0, or -1 with errno.
 */
int sysdesc_fill(int map, const struct options *o, const struct hook_plan *hooks,
		 const struct plan *plan);

#endif
