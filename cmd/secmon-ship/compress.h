/* SPDX-License-Identifier: BSD-2-Clause */
/* Smaller HTTP bodies. */
#ifndef SHIP_COMPRESS_H
#define SHIP_COMPRESS_H

#include "cmd/secmon-ship/buf.h"
#include "cmd/secmon-ship/conf.h"

/* compress_bound(how, len): room that len bytes may need, for buf_init(). */
size_t compress_bound(enum compress how, size_t len);

/* compress_body(how, from, to): to is written anew. 0, or -1 if it did not fit. */
int compress_body(enum compress how, const struct buf *from, struct buf *to);

/* compress_name(how): for Content-Encoding, or NULL. */
const char *compress_name(enum compress how);

#endif
