/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes of a recording, decompressed if they were compressed. */
#ifndef SECMON_CAPTURE_REPLAY_SRC_H
#define SECMON_CAPTURE_REPLAY_SRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay_src;

enum replay_format { REPLAY_UNKNOWN, REPLAY_STREAM, REPLAY_SCAP };

/*
 * replay_src_open(path, err, errlen): open a file, or with "-" standard input;
 * waits for the first bytes, which say how it is compressed and what it holds.
 * NULL with errno, and what is wrong in err.
 */
struct replay_src *replay_src_open(const char *path, char *err, unsigned int errlen);
void replay_src_close(struct replay_src *s);

enum replay_format replay_src_format(const struct replay_src *s);
const char *replay_src_name(const struct replay_src *s);

/*
 * replay_src_read(s, buf, len): as read(2), of the decompressed bytes. -1 with
 * EAGAIN when s waits for more input, EBADMSG when the compressed data is
 * damaged or ends too early (replay_src_error() says where), or read's errno.
 */
long replay_src_read(void *s, void *buf, size_t len);
const char *replay_src_error(const struct replay_src *s);

/*
 * replay_src_fd(s): the descriptor to poll before the next read, or -1 if the
 * next read will not have to wait.
 */
int replay_src_fd(const struct replay_src *s);

/* How much of the file has been read, and its size (0 if unknown), in bytes as stored. */
void replay_src_progress(const struct replay_src *s, uint64_t *done, uint64_t *total);

#endif
