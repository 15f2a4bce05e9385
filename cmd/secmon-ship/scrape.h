/* SPDX-License-Identifier: BSD-2-Clause */
/* The small HTTP server behind --metrics: /metrics, /healthz, /readyz. */
#ifndef SHIP_SCRAPE_H
#define SHIP_SCRAPE_H

#include "cmd/secmon-ship/ship.h"

enum { SCRAPE_CONNECTIONS = 8, SCRAPE_TIME_MS = 5000 };

/*
 * scrape_open(s, where, err, len): listen at ADDR:PORT. 0, or -1 with a text; EINVAL
 * if where is no such thing.
 */
int scrape_open(struct ship *s, const char *where, char *err, size_t len);

/* scrape_tick(now): once a second: end connections that took longer than SCRAPE_TIME_MS. */
void scrape_tick(uint64_t now);
void scrape_close(void);

#endif
