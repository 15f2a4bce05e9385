/* SPDX-License-Identifier: BSD-2-Clause */
/* When a sink that failed may try again: backoff with jitter, circuit breaker. */
#ifndef SHIP_RETRY_H
#define SHIP_RETRY_H

#include "cmd/secmon-ship/sink.h"

/*
 * retry_delay_ns(c, tries): how long to wait after that many failures of one
 * delivery: backoff doubled each time up to backoff-max, of which the upper
 * half is random, so that many senders do not come back together.
 */
uint64_t retry_delay_ns(const struct sink_conf *c, unsigned int tries);

/*
 * retry_allowed(s, now): whether the breaker lets a delivery through. When it has
 * been open for its time, one delivery is let through to probe.
 */
bool retry_allowed(struct sink *s, uint64_t now);

/* retry_failed(s, why, now), retry_succeeded(s): how a delivery went. */
void retry_failed(struct sink *s, const char *why, uint64_t now);
void retry_succeeded(struct sink *s);

#endif
