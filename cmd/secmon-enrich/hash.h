/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes of executed files, remembered by what the file is: device, inode, change time. */
#ifndef ENRICH_HASH_H
#define ENRICH_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "blob.h"
#include "desc.h"
#include "sha256.h"

/* The file that a process executes; path is a view into its description. */
struct exe {
	uint64_t dev, ino, ctime_ns;
	const char *path;
	uint32_t path_len;
};

enum hash_state { HASH_NONE, HASH_PENDING, HASH_KNOWN, HASH_FAILED };

struct hash {
	uint64_t dev, ino, ctime_ns;
	enum hash_state state;
	enum reason reason;	  /* with HASH_FAILED */
	char hex[SHA256_HEX + 1]; /* with HASH_KNOWN */
};

struct hashes;

/* hashes_new(): an empty table, for as long as the program runs. NULL with ENOMEM. */
struct hashes *hashes_new(void);

/* hash_exe(d, exe): the file of a description. False if it is not known, or there is none. */
bool hash_exe(const struct desc *d, struct exe *exe);

/* hashes_at(t, exe): its entry; one of another file is taken over and is HASH_NONE then. */
struct hash *hashes_at(struct hashes *t, const struct exe *exe);

/* hash_write(t, d, w, marks): the hash as a field, or why there is none. t and d may be NULL. */
void hash_write(struct hashes *t, const struct desc *d, struct wire *w, struct marks *marks);

#endif
