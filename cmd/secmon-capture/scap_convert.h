/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of old files become those of today; enter events wait for their exits. */
#ifndef SECMON_CAPTURE_SCAP_CONVERT_H
#define SECMON_CAPTURE_SCAP_CONVERT_H

#include "cmd/secmon-capture/scap_event.h"
#include "cmd/secmon-capture/scap_heap.h"

struct scap_convert;

/* convert_new(h): a converter that keeps enter events in memory of h. NULL with ENOMEM. */
struct scap_convert *convert_new(struct scap_heap *h);
void convert_free(struct scap_convert *c);

/* convert_reset(c): forget the stored enter events: another section begins. */
void convert_reset(struct scap_convert *c);

/*
 * convert_event(c, e): make e an event of today. True if it is to be looked at,
 * also if that was so already; false if it is no event any more (an enter event
 * that now waits for its exit, an event that says nothing today). What e points
 * to then stays until the next call.
 */
bool convert_event(struct scap_convert *c, struct scap_event *e);

/* convert_enter(c, tid, code, e): a thread's stored enter event, if it is of that code. */
bool convert_enter(struct scap_convert *c, int64_t tid, unsigned int code, struct scap_event *e);

#endif
