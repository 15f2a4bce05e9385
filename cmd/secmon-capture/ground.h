/* SPDX-License-Identifier: BSD-2-Clause */
/* What must be there for anything to be loaded. */
#ifndef SECMON_CAPTURE_GROUND_H
#define SECMON_CAPTURE_GROUND_H

#include <stddef.h>

#include "options.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/*
 * ground_missing(o, err, errlen): -1 with errno and in err why nothing can be loaded at
 * all, and what to do; 0 if nothing is known to be wrong.
 */
int ground_missing(const struct options *o, char *err, size_t errlen);

#endif
