/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink's deliveries: bodies being filled, sent, sent again. */
#ifndef SHIP_DELIVER_H
#define SHIP_DELIVER_H

#include "cmd/secmon-ship/sink.h"

/* A record of a queue or a spool: when the alert was read, then the object as it came. */
struct waiting {
	uint64_t arrival_ns; /* monotonic; of no meaning to a later run */
	uint8_t object[];
};

/*
 * deliver_render(s, o, e, arrival_ns, seq, now): put an object into the open
 * delivery. seq is its number in the spool, or 0. False if no delivery could
 * take it now; true also if it can never fit and was counted as lost.
 */
bool deliver_render(struct sink *s, const struct object *o, const struct event *e,
		    uint64_t arrival_ns, uint64_t seq, uint64_t now);

/* deliver_waiting(s, p, len, seq, now): the same for a record; e is not known. */
bool deliver_waiting(struct sink *s, const uint8_t *p, size_t len, uint64_t seq, uint64_t now);

/* deliver_due(s, now): close and send what is due. True if more could be sent at once. */
bool deliver_due(struct sink *s, uint64_t now);

/* deliver_can_fill(s, now): whether a delivery takes alerts now; opens one if need be. */
bool deliver_can_fill(struct sink *s, uint64_t now);

/* deliver_held(s): alerts in deliveries that have not ended. */
uint64_t deliver_held(const struct sink *s);

#endif
