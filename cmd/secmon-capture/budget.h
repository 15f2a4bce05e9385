/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --cpu-budget: what capture costs, in the kernel and by itself, and what of the plan is
 * shed when that is too much.
 */
#ifndef SECMON_CAPTURE_BUDGET_H
#define SECMON_CAPTURE_BUDGET_H

#include "probes.h"
#include "wanted.h"

struct budget;

/*
 * budget_new(percent, p): percent of one CPU. Makes the kernel count what BPF programs
 * cost, as long as the budget is there; without the right to do so only the program's
 * own time counts, and that is said. NULL with ENOMEM.
 */
struct budget *budget_new(double percent, struct probes *p);
void budget_free(struct budget *b);

/*
 * budget_tick(b, w): once in a while: look at what was used since, and shed the least
 * urgent selectors of the plan that w judges by, or take the most urgent of those back.
 * Says so when that changes.
 */
void budget_tick(struct budget *b, struct wanted *w);

#endif
