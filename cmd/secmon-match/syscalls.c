// SPDX-License-Identifier: BSD-2-Clause
/* Names of system calls, from libseccomp's tables. */
#include "cmd/secmon-match/syscalls.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

enum { NR_MAX = 1024 };

const char *syscall_name(uint64_t nr)
{
	static char *names[NR_MAX];
	static uint8_t asked[NR_MAX];

	if (nr >= NR_MAX)
		return NULL;
	if (!asked[nr]) {
		asked[nr] = 1;
		names[nr] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int)nr);
	}
	return names[nr];
}

bool syscall_known(const char *name, size_t len)
{
	char b[64];

	if (len == 0 || len >= sizeof(b))
		return false;
	memcpy(b, name, len);
	b[len] = '\0';
	return seccomp_syscall_resolve_name(b) != __NR_SCMP_ERROR;
}
