/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files a running ship may touch, and how much of the machine it keeps. */
#ifndef SHIP_ROOMS_H
#define SHIP_ROOMS_H

#include "cmd/secmon-ship/options.h"

/*
 * rooms_trim(): give back the pages of code that starting up touched. libcurl
 * alone maps thirty libraries; most of it is never needed again, and what is
 * comes back from the page cache.
 */
void rooms_trim(void);

/* rooms_lock(o): the sandbox. 0, or -1 after a message. */
int rooms_lock(const struct options *o);

#endif
