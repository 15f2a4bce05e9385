/* SPDX-License-Identifier: BSD-2-Clause */
/* Text as JSON writes it. */
#ifndef MATCH_JSONTEXT_H
#define MATCH_JSONTEXT_H

#include <stddef.h>
#include <stdio.h>

/* json_text(f, s, len): a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_text(FILE *f, const char *s, size_t len);

/* json_str(f, s): the same for a C string; NULL is written as "". */
void json_str(FILE *f, const char *s);

#endif
