// SPDX-License-Identifier: BSD-2-Clause
/* A table of hashes of files. */
#include "hash.h"

#include <stdlib.h>

#include "common/fields.h"
#include "common/pull.h"

enum { HASHES = 4096 };

struct hashes {
	struct hash at[HASHES];
};

struct hashes *hashes_new(void)
{
	return calloc(1, sizeof(struct hashes));
}

bool hash_exe(const struct desc *d, struct exe *exe)
{
	int64_t dev, ino, ctime;
	struct value v;
	const uint8_t *p;
	struct pull pull;
	size_t len;

	if (!desc_i64(d, F_PROC_EXE_DEV, &dev) || !desc_i64(d, F_PROC_EXE_INO, &ino) ||
	    !desc_i64(d, F_PROC_EXE_INO_CTIME, &ctime) || !desc_raw(d, F_PROC_EXEPATH, &p, &len))
		return false;
	pull = (struct pull){ p, p + len };
	if (pull_next(&pull, &v) != PULL_OK || !value_is_text(&v))
		return false;
	*exe = (struct exe){ .dev = (uint64_t)dev,
			     .ino = (uint64_t)ino,
			     .ctime_ns = (uint64_t)ctime,
			     .path = (const char *)v.p,
			     .path_len = v.len };
	return true;
}

struct hash *hashes_at(struct hashes *t, const struct exe *exe)
{
	uint64_t key = (exe->ino ^ exe->dev << 40 ^ exe->ctime_ns) * 0x9e3779b97f4a7c15ULL;
	struct hash *h = &t->at[key >> 52];

	if (h->dev != exe->dev || h->ino != exe->ino || h->ctime_ns != exe->ctime_ns)
		*h = (struct hash){ .dev = exe->dev, .ino = exe->ino, .ctime_ns = exe->ctime_ns };
	return h;
}

void hash_write(struct hashes *t, const struct desc *d, struct wire *w, struct marks *marks)
{
	struct hash *h;
	struct exe exe;

	if (!t || !hash_exe(d, &exe))
		return;
	h = hashes_at(t, &exe);
	if (h->state == HASH_KNOWN)
		wire_text(w, F_PROC_EXE_HASH_SHA256, h->hex, SHA256_HEX);
	else if (h->state == HASH_FAILED)
		marks_add(marks, F_PROC_EXE_HASH_SHA256, h->reason);
	else if (h->state == HASH_PENDING)
		marks_add(marks, F_PROC_EXE_HASH_SHA256, REASON_PENDING);
}
