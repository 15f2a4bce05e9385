/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as text. The date and the second are kept between calls, so it is cheap in sequence. */
#ifndef SHIP_TIMEFMT_H
#define SHIP_TIMEFMT_H

#include "cmd/secmon-ship/buf.h"

/* time_utc(b, ns): 2026-11-22T17:20:00.123456789Z, ns since the epoch. */
void time_utc(struct buf *b, uint64_t ns);

/* time_local(b, ns): 17:20:00.123456789, time of day in the zone of this machine. */
void time_local(struct buf *b, uint64_t ns);

/* time_syslog(b, ns): Nov 22 17:20:00, local, as RFC 3164 wants it. */
void time_syslog(struct buf *b, uint64_t ns);

#endif
