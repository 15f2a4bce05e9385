/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tracing policies of Tetragon, made into selectors of a plan: secmon-policy(5).
 */
#ifndef SECMON_CAPTURE_POLICY_H
#define SECMON_CAPTURE_POLICY_H

#include <stddef.h>
#include <stdio.h>

#include "common/plan.h"

/*
 * policy_load(plan, path, err): add the policies of a file, or of the *.yaml and *.yml
 * files of a directory. 0, or -1 with all that is wrong written to err, a line
 * each ("FILE:LINE:COLUMN: ..."); the plan is then of no use.
 */
int policy_load(struct plan *plan, const char *path, FILE *err);

/* policy_parse(plan, name, text, len, err): the same of a text, called name in complaints. */
int policy_parse(struct plan *plan, const char *name, const char *text, size_t len, FILE *err);

#endif
