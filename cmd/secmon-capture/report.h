/* SPDX-License-Identifier: BSD-2-Clause */
/* What capture says of itself: --list-events, --check, --programs. */
#ifndef SECMON_CAPTURE_REPORT_H
#define SECMON_CAPTURE_REPORT_H

#include "options.h"

/* Each prints to standard output and returns the exit status. */
int report_events(void);
int report_check(const struct options *o);
int report_programs(void);

#endif
