// SPDX-License-Identifier: BSD-2-Clause
/* What must be there for anything to be loaded. */
#include "ground.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool locked_down(void)
{
	FILE *fp = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";
	bool is = fp && fgets(line, sizeof(line), fp) && strstr(line, "[confidentiality]");

	if (fp)
		fclose(fp);
	return is;
}

static int check_btf(const char *path, char *err, size_t errlen)
{
	struct btf *btf = access(path, R_OK) == -1 ? NULL : btf__parse(path, NULL);

	if (btf) {
		btf__free(btf);
		return 0;
	}
	snprintf(err, errlen, "--btf %s: %s", path,
		 errno == ENOENT || errno == EACCES
			 ? strerror(errno)
			 : "this is no BTF file, nor one with BTF in it");
	errno = EINVAL;
	return -1;
}

int ground_missing(const struct options *o, char *err, size_t errlen)
{
	struct stat st;

	if (geteuid() != 0) {
		snprintf(err, errlen,
			 "capturing needs root (or CAP_BPF, CAP_PERFMON and "
			 "CAP_SYS_PTRACE): start it with sudo");
		errno = EPERM;
		return -1;
	}
	if (locked_down()) {
		snprintf(
			err, errlen,
			"the kernel is locked down (confidentiality): BPF may not read its memory");
		errno = EPERM;
		return -1;
	}
	if (stat(KERNEL_BTF, &st) == -1) {
		snprintf(err, errlen,
			 "this kernel shows no type information (" KERNEL_BTF
			 "): CONFIG_DEBUG_INFO_BTF is not set, or /sys is not mounted%s",
			 o->btf ? "; programs cannot be attached without, --btf only says where "
				  "members of its structures are"
				: "");
		errno = ENOENT;
		return -1;
	}
	return o->btf ? check_btf(o->btf, err, errlen) : 0;
}
