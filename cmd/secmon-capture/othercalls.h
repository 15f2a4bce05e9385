/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that have no event of their own, and are told as the event "syscall". */
#ifndef SECMON_CAPTURE_OTHERCALLS_H
#define SECMON_CAPTURE_OTHERCALLS_H

#include <stdbool.h>

#include "bpf/record.h"
#include "common/plan.h"

/*
 * othercalls_wanted(plan, calls): set the bits of those that selectors of the plan name
 * (evt.argtext.ID), or all of them if one names none, or if plan is NULL. Whether any.
 */
bool othercalls_wanted(const struct plan *plan, uint64_t calls[ABI_COUNT][RECORD_NR_MAX / 64]);

/* othercalls_name(abi, nr): what the call is called, or NULL. Lives as long as the program. */
const char *othercalls_name(unsigned int abi, unsigned int nr);

#endif
