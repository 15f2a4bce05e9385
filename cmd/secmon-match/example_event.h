/* SPDX-License-Identifier: BSD-2-Clause */
/* An event from a map of field names to values, as rules files write their examples. */
#ifndef MATCH_EXAMPLE_EVENT_H
#define MATCH_EXAMPLE_EVENT_H

#include "cmd/secmon-match/ydoc.h"
#include "common/event.h"
#include "common/outq.h"

/*
 * example_event(map, q, e, err, errlen): e stands for the event, whose bytes are in
 * q until q is written to again. -1 with err; *where is then the node at fault.
 */
int example_event(const struct ynode *map, struct outq *q, struct event *e,
		  const struct ynode **where, char *err, size_t errlen);

#endif
