/* SPDX-License-Identifier: BSD-2-Clause */
/* Joining paths as text, as recordings without the kernel's own answer need it. */
#ifndef SECMON_CAPTURE_SCAP_PATH_H
#define SECMON_CAPTURE_SCAP_PATH_H

#include <stddef.h>

enum { PATH_TEXT_MAX = 1200, PATH_RAW_MAX = 4096 };

/*
 * scap_path_join(b, dir, dlen, path, plen): path as seen from dir, into b of
 * PATH_TEXT_MAX bytes: an absolute path stands alone; "." and ".." and repeated
 * slashes are resolved as text; what would be longer than 1024 bytes becomes
 * "/DIR_TOO_LONG/FILENAME_TOO_LONG". The length.
 */
size_t scap_path_join(char *b, const char *dir, size_t dlen, const char *path, size_t plen);

/* scap_path_squeeze(b, path, len): without repeated slashes, cut to PATH_RAW_MAX. The length. */
size_t scap_path_squeeze(char *b, const char *path, size_t len);

#endif
