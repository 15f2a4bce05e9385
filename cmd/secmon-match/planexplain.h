/* SPDX-License-Identifier: BSD-2-Clause */
/* What a rule's part of the plan asks of the kernel, for people. */
#ifndef MATCH_PLANEXPLAIN_H
#define MATCH_PLANEXPLAIN_H

#include <stdio.h>

#include "cmd/secmon-match/cube.h"

/*
 * planexplain(fp, rule, cubes): what was pushed down, which hook it takes and what that
 * costs; with a warning by the rule's name if that is much.
 */
void planexplain(FILE *fp, const char *rule, const struct cubes *cubes);

#endif
