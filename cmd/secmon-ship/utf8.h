/* SPDX-License-Identifier: BSD-2-Clause */
/* One character of UTF-8 at a time. */
#ifndef SHIP_UTF8_H
#define SHIP_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * utf8_decode(s, len, code): bytes of the well-formed character (RFC 3629: no
 * surrogates, no overlong forms) that s begins with, and its code point; 0 if
 * there is none.
 */
size_t utf8_decode(const char *s, size_t len, uint32_t *code);

#endif
