/* SPDX-License-Identifier: BSD-2-Clause */
/* Small things that every file may want and the C library does not have. */
#ifndef COMMON_COMPAT_H
#define COMMON_COMPAT_H

#include <assert.h> /* static_assert */

#define nitems(a)	  (sizeof(a) / sizeof((a)[0]))
#define likely(x)	  __builtin_expect(!!(x), 1)
#define unlikely(x)	  __builtin_expect(!!(x), 0)
#define printf_like(f, a) __attribute__((format(printf, f, a)))

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL

#endif
