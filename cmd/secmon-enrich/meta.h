/* SPDX-License-Identifier: BSD-2-Clause */
/* What runtimes keep on disk about a container, as fields. */
#ifndef ENRICH_META_H
#define ENRICH_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroup.h"
#include "common/wire.h"
#include "reader.h"

enum { META_TEXT = 256, META_LABELS = 4096, META_MOUNTS = 32, META_PACKED = 16384 };

enum meta_flag { META_UNSAID, META_NO, META_YES };

struct meta_mount {
	char source[META_TEXT], dest[META_TEXT], mode[64], propagation[16];
	bool rw;
};

/* "" where it is not known. */
struct meta {
	char name[META_TEXT], image[META_TEXT], image_id[META_TEXT], ip[64];
	char pod_name[META_TEXT], pod_ns[META_TEXT], pod_uid[64], sandbox[CGROUP_ID_MAX + 1];
	enum meta_flag privileged, host_pid, host_net, host_ipc;
	char labels[META_LABELS];
	size_t labels_len;
	struct meta_mount mounts[META_MOUNTS];
	unsigned int nmounts; /* more than META_MOUNTS are counted, not kept */
};

/*
 * meta_parse(m, what, id, text, len): add what the file of that kind says of
 * container id. text is changed. 0, or -1 with EPROTO: it is no such file.
 */
int meta_parse(struct meta *m, enum reader_what what, const char *id, char *text, size_t len);

/* meta_write(m, pod, w): as fields; pod: the uid from the cgroup path stands already. */
void meta_write(const struct meta *m, bool pod, struct wire *w);

#endif
