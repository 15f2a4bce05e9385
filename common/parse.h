/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers from text, range-checked. */
#ifndef COMMON_PARSE_H
#define COMMON_PARSE_H

#include <stdint.h>

/* Each returns 0, or -1 with EINVAL (not such a thing) or ERANGE (outside min..max). */

/* parse_uint("42", min, max, &v) */
int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *v);

/* parse_size("1M", …): bytes; suffixes K, M, G are powers of 1024. */
int parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *bytes);

/* parse_duration("1.5s", …): ns, ms, s, m, h, d; a bare number is seconds. Result in ms. */
int parse_duration(const char *s, uint64_t min_ms, uint64_t max_ms, uint64_t *ms);

#endif
