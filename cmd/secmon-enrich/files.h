/* SPDX-License-Identifier: BSD-2-Clause */
/* Small files, read whole. */
#ifndef ENRICH_FILES_H
#define ENRICH_FILES_H

#include <stddef.h>

enum { FILE_BYTES_MAX = 1 << 20 };

/*
 * file_read(dirfd, path, len): a regular file of at most FILE_BYTES_MAX bytes; free() it.
 * NULL with errno: EFBIG if it is larger, ENOTSUP if it is no regular file.
 */
char *file_read(int dirfd, const char *path, size_t *len);

#endif
