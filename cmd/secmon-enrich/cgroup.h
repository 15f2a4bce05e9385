/* SPDX-License-Identifier: BSD-2-Clause */
/* Which container a cgroup path belongs to, from the forms that the runtimes give their cgroups. */
#ifndef ENRICH_CGROUP_H
#define ENRICH_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

enum runtime {
	RUNTIME_HOST,	 /* no container */
	RUNTIME_UNKNOWN, /* a container whose path does not tell: a pod's under cgroupfs */
	RUNTIME_DOCKER,
	RUNTIME_CONTAINERD,
	RUNTIME_CRIO,
	RUNTIME_PODMAN,
	RUNTIME_LXC,
	RUNTIME_NSPAWN
};

enum { CGROUP_ID_MAX = 64, CGROUP_POD_MAX = 36 };

struct cgroup_name {
	enum runtime runtime;
	char id[CGROUP_ID_MAX + 1];   /* 64 hex digits, or a name (LXC, nspawn) */
	char pod[CGROUP_POD_MAX + 1]; /* Kubernetes pod uid, or "" */
};

/* runtime_name(r): "docker"; NULL if it is not known. */
const char *runtime_name(enum runtime r);

/*
 * cgroup_parse(path, len, name): the innermost container on the path. True if
 * there is one; else name says RUNTIME_HOST: a cgroup of no known form is no
 * container.
 */
bool cgroup_parse(const char *path, size_t len, struct cgroup_name *name);

#endif
