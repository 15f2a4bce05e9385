/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields that rules may use, listed. */
#ifndef MATCH_LISTFIELDS_H
#define MATCH_LISTFIELDS_H

#include <stdio.h>

#include "cmd/secmon-match/options.h"

/* listfields(format, out): exit status of the program. */
int listfields(enum list_format format, FILE *out);

#endif
