/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger and the sinks as OpenMetrics. */
#ifndef SHIP_METRICS_H
#define SHIP_METRICS_H

#include "cmd/secmon-ship/ship.h"

enum { METRICS_MAX_BYTES = 2 * 1024 * 1024 };

/* metrics_write(b, s): all of it, "# EOF" included. b->full if there was no room. */
void metrics_write(struct buf *b, const struct ship *s);

/* metrics_file(path, s): write it to a file at once (a new one, renamed). 0, or -1 with errno. */
int metrics_file(const char *path, const struct ship *s);

#endif
