/* SPDX-License-Identifier: BSD-2-Clause */
/* The examples that rules carry, run against them. */
#ifndef MATCH_EXAMPLES_H
#define MATCH_EXAMPLES_H

#include <stdio.h>

#include "cmd/secmon-match/rulesrc.h"

/*
 * examples_run(run, out): each event under "match:" must raise its rule, each under
 * "pass:" must not; what failed, and the sum, is written to out. Exit status: 0 if
 * all did, 1 if one did not, 2 if one is no example.
 */
int examples_run(const struct running *run, FILE *out);

#endif
