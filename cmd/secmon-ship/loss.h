/* SPDX-License-Identifier: BSD-2-Clause */
/* Loss is loud: alerts of ship's own about what was lost, and the heartbeat. */
#ifndef SHIP_LOSS_H
#define SHIP_LOSS_H

#include "common/inq.h"
#include "common/stats.h"

enum { LOSS_ENTRIES = 64, LOSS_NAME_MAX = 96 };

/* What has been lost in one place since the last alert about it. */
struct loss_entry {
	char stage[16];
	char counter[48];
	char label[LOSS_NAME_MAX];
	uint64_t count;
	uint64_t since_ns, until_ns; /* ns since the epoch */
	uint64_t said_ns;	     /* monotonic; 0: never */
};

struct loss {
	struct loss_entry entries[LOSS_ENTRIES];
	size_t n;
	uint64_t heartbeat_ns; /* monotonic, of the last one */
};

/*
 * loss_note(l, e): count was lost. What finds no place in the table is added to
 * its last entry, whose name then says "other places".
 */
void loss_note(struct loss *l, const struct loss_entry *e);

/* loss_read(l, o): a LOSS object of the stream. 0, or -1 with EPROTO. */
int loss_read(struct loss *l, const struct object *o);

/*
 * loss_next(l, now, pause_ns): an entry to raise an alert about: one with a count
 * and not spoken of in the last pause_ns. It is then marked as said and its
 * count starts over; *e is what to say. False if there is none.
 */
bool loss_next(struct loss *l, uint64_t now, uint64_t pause_ns, struct loss_entry *e);

/*
 * loss_alert(e, buf, len), loss_heartbeat(st, buf, len): ALERT objects of source
 * "internal". Their bytes, or 0 if buf is too small.
 */
size_t loss_alert(const struct loss_entry *e, uint8_t *buf, size_t len);
size_t loss_heartbeat(const struct stats *st, uint8_t *buf, size_t len);

#endif
