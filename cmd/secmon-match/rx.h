/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular expressions: POSIX syntax as RE2 reads it, over PCRE2 with limits. */
#ifndef MATCH_RX_H
#define MATCH_RX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rx;

/*
 * rx_new(pattern, len, err, errlen): compiled, with JIT where there is one. NULL with
 * err: it is wrong, or uses what POSIX syntax does not have.
 */
struct rx *rx_new(const char *pattern, size_t len, char *err, size_t errlen);
void rx_free(struct rx *r);

/*
 * rx_match(r, s, len): whether the whole of s matches. False also when a limit was
 * reached; rx_given_up() counts these.
 */
bool rx_match(const struct rx *r, const char *s, size_t len);
uint64_t rx_given_up(void);

#endif
