/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All rings of the kernel side as one stream, in the order in which things
 * happened: a process is born before it does anything, and what it did before it
 * executed something else, or ended, comes before that.
 */
#ifndef SECMON_CAPTURE_RINGS_H
#define SECMON_CAPTURE_RINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes.h"
#include "ring.h"

struct rings;

/* rings_open(p): map the rings of p, which must outlive this. NULL with errno. */
struct rings *rings_open(const struct probes *p);
void rings_close(struct rings *r);

/* rings_fd(r): to poll: readable when the kernel side has woken us, until rings_awake(). */
int rings_fd(const struct rings *r);
void rings_awake(struct rings *r);

/* rings_pending(r): whether there is anything that was not taken. */
bool rings_pending(const struct rings *r);

/*
 * rings_look(r): see how far the writers are. rings_next() then shows, one after
 * another, the records that can be put in order with what is there: RING_EMPTY if there are
 * no more (look again), RING_BUSY if that cannot be known before a record is written.
 */
void rings_look(struct rings *r);
enum ring_result rings_next(struct rings *r, const void **record, size_t *len);

/* rings_take(r): done with the record that rings_next() showed. */
void rings_take(struct rings *r);

/* rings_tell(r): what was taken is the kernel's memory again. Call when pausing. */
void rings_tell(struct rings *r);

#endif
