/* SPDX-License-Identifier: BSD-2-Clause */
/* The clocks as one number. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "common/compat.h"

/* clock_ns(id): the clock (CLOCK_MONOTONIC, ...), in nanoseconds. */
static inline uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

#endif
