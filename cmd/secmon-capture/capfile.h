/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capture files: the stream, zstd-compressed in independent frames with
 * checksums, so that "zstdcat FILE" is the stream and a torn file loses at most
 * its last frame. secmon-capfile(5).
 */
#ifndef SECMON_CAPTURE_CAPFILE_H
#define SECMON_CAPTURE_CAPFILE_H

#include <stddef.h>
#include <stdint.h>

struct capfile;

enum {
	CAPFILE_FRAME = 1024 * 1024, /* bytes of stream in a frame, at most */
	CAPFILE_LEVEL = 1	     /* of zstd: capture must not wait for it */
};

/*
 * capfile_open(spec, err, errlen): start a capture file at an endpoint (a path,
 * made with mode 0640 and cut). Allocates all it will ever need: call before
 * the sandbox. NULL with errno, and what went wrong in err.
 */
struct capfile *capfile_open(const char *spec, char *err, unsigned int errlen);

/*
 * capfile_put(c, buf, len): append one whole object (at most WIRE_OBJECT_MAX
 * bytes). Fit for outq_tap(). After a failure it does nothing: ask
 * capfile_error() now and then, at least once a second.
 */
void capfile_put(void *c, const void *buf, size_t len);

/*
 * capfile_tick(c): end the frame, so that what was put so far survives whatever
 * happens to this process. Once a second is good. 0, or -1 with errno.
 */
int capfile_tick(struct capfile *c);

/* capfile_error(c): errno of the first write that failed, or 0. */
int capfile_error(const struct capfile *c);
const char *capfile_name(const struct capfile *c);

/*
 * capfile_close(c): write what is left, release everything, set *c to NULL (which
 * may already be so). 0, or -1 with errno if not all of the stream is in the file.
 */
int capfile_close(struct capfile **c);

#endif
