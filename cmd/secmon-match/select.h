/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the loaded rules run. */
#ifndef MATCH_SELECT_H
#define MATCH_SELECT_H

#include "cmd/secmon-match/ruleset.h"

/* select_rules(rules, n, sel): set rules[].enabled, selector after selector, then the priority. */
void select_rules(struct rule *rules, size_t n, const struct selection *sel);

/* select_matches(pattern, name): pattern may hold *, for anything. */
bool select_matches(const char *pattern, const char *name);

#endif
