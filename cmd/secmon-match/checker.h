/* SPDX-License-Identifier: BSD-2-Clause */
/* What the loader of rules asks of the engine: are these conditions and outputs right. */
#ifndef MATCH_CHECKER_H
#define MATCH_CHECKER_H

#include "cmd/secmon-match/ruleset.h"

/*
 * checker_new(c): fill in c. Give the result back with checker_free() when no load uses c
 * any more. NULL with ENOMEM.
 */
struct checking *checker_new(struct checker *c);
void checker_free(struct checking *k);

#endif
