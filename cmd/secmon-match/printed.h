/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed, as text in an arena. */
#ifndef MATCH_PRINTED_H
#define MATCH_PRINTED_H

#include <stdio.h>

#include "cmd/secmon-match/arena.h"

/*
 * printed_begin(): a stream to print to until printed_end(); one at a time. It is
 * kept for the next, because making one costs more than most texts. NULL with ENOMEM.
 */
FILE *printed_begin(void);

/* printed_end(a): what was printed, in a. NULL with ENOMEM. */
char *printed_end(struct arena *a);

#endif
