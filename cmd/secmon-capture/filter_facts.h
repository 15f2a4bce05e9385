/* SPDX-License-Identifier: BSD-2-Clause */
/* What a selector says of the things that are known before anything is read. */
#ifndef SECMON_CAPTURE_FILTER_FACTS_H
#define SECMON_CAPTURE_FILTER_FACTS_H

#include <stdint.h>

#include "common/plan.h"

/*
 * filter_facts(s): one bit for each combination of enum filter_facts (as a
 * number) under which the selector can hold.
 */
uint32_t filter_facts(const struct plan_selector *s);

#endif
