/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan that the command line asks for: that of --plan, and what policies want beside it. */
#ifndef SECMON_CAPTURE_PLANS_H
#define SECMON_CAPTURE_PLANS_H

#include <stdio.h>

#include "options.h"

/*
 * plans_read(o, err): the plan of o->plan_path and o->policies, read now; one of them is
 * there. NULL with all that is wrong written to err, a line each.
 */
struct plan *plans_read(const struct options *o, FILE *err);

/* plans_complain(text): lines of plans_read() as messages. */
void plans_complain(const char *text);

/* plans_events(plan, events): set the bits of the events that policies in the plan hook. */
void plans_events(const struct plan *plan, uint64_t events[EVENT_ID_END / 64]);

/*
 * plans_folders(o): the directories of those files, NULL-ended: they must stay readable
 * for a file to be replaced. Lives as long as the program.
 */
const char *const *plans_folders(const struct options *o);

#endif
