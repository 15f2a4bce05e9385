/* SPDX-License-Identifier: BSD-2-Clause */
/* Alerts: the event as it came, and what the rule says of it. */
#ifndef MATCH_ALERT_H
#define MATCH_ALERT_H

#include "cmd/secmon-match/engine.h"

struct why;

/*
 * alert_write(q, a, x, why): the alert of rule a for the event of x. suppressed
 * alerts of that rule that were not told yet are told in it. why (may be NULL)
 * is said too. 0, or -1 with EAGAIN while q has no room.
 */
int alert_write(struct outq *q, struct active *a, struct xctx *x, const struct why *why);

#endif
