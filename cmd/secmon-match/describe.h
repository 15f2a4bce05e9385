/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rules, macros and lists of a ruleset are and use: secmon-match -L. */
#ifndef MATCH_DESCRIBE_H
#define MATCH_DESCRIBE_H

#include <stdio.h>

#include "cmd/secmon-match/ruleset.h"

/*
 * describe_json(rs, c, out): all of it, one line, in the shape of Falco's -L with
 * json_output. c says the event types of conditions and may be NULL. 0 or -1 ENOMEM.
 */
int describe_json(const struct ruleset *rs, const struct checker *c, FILE *out);

/*
 * describe_text(rs, c, name, out): the same for people; if name is not NULL only the
 * rules, macros and lists of that name (* matches anything). 0; -1 with ENOENT
 * if there is none, or ENOMEM.
 */
int describe_text(const struct ruleset *rs, const struct checker *c, const char *name, FILE *out);

#endif
