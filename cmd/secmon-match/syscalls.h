/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of system calls that have no event type of their own. */
#ifndef MATCH_SYSCALLS_H
#define MATCH_SYSCALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* syscall_name(nr): the name of a call of x86-64 by its number, or NULL. */
const char *syscall_name(uint64_t nr);

/* syscall_known(name, len): whether any architecture has a call of that name. */
bool syscall_known(const char *name, size_t len);

#endif
