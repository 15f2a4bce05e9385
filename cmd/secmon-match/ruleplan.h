/* SPDX-License-Identifier: BSD-2-Clause */
/* From rules to a plan: what capture must deliver so that no alert is missed. */
#ifndef MATCH_RULEPLAN_H
#define MATCH_RULEPLAN_H

#include <stdio.h>

#include "cmd/secmon-match/ruleset.h"
#include "common/plan.h"

/*
 * ruleplan(rs, explain): the plan of the enabled rules of rs. For people,
 * explain (may be NULL) is told rule by rule what was pushed down, what was
 * not and why, and which events it costs. NULL with ENOMEM, or E2BIG if the
 * rules need more than a plan can hold.
 */
struct plan *ruleplan(const struct ruleset *rs, FILE *explain);

/* ruleplan_output(p, text): the fields that an output, or a part of one, asks for besides. */
void ruleplan_output(struct plan *p, const char *text);

#endif
