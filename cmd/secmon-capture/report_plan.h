/* SPDX-License-Identifier: BSD-2-Clause */
/* The selectors of the plans that are at work, as secmon-capture --programs shows them. */
#ifndef SECMON_CAPTURE_REPORT_PLAN_H
#define SECMON_CAPTURE_REPORT_PLAN_H

#include <stdint.h>

/*
 * report_plan(ns): print what each selector of any capture counted since the last call,
 * which was ns ago, if it counted anything. The first call prints what there is so far.
 */
void report_plan(uint64_t ns);

#endif
