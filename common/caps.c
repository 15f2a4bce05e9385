// SPDX-License-Identifier: BSD-2-Clause
/* Sets of capabilities and their names. */
#include "common/caps.h"

#include <string.h>

#include "common/compat.h"

/* in the order of their bits, <linux/capability.h> */
static const char *const names[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

uint64_t caps_mask(const char *s, size_t len)
{
	const char *end = s + len, *sep;
	uint64_t mask = 0;

	for (; s < end; s = sep + 1) {
		sep = memchr(s, ' ', (size_t)(end - s));
		if (!sep)
			sep = end;
		for (size_t i = 0; i < nitems(names); i++)
			if (strlen(names[i]) == (size_t)(sep - s) &&
			    memcmp(names[i], s, (size_t)(sep - s)) == 0)
				mask |= 1ULL << i;
	}
	return mask;
}

size_t caps_text(uint64_t mask, char buf[CAPS_TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < nitems(names); i++) {
		if (!(mask >> i & 1))
			continue;
		if (len)
			buf[len++] = ' ';
		memcpy(buf + len, names[i], strlen(names[i]));
		len += strlen(names[i]);
	}
	return len;
}
