/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan, applied exactly to what the kernel's filter let through. */
#ifndef SECMON_CAPTURE_WANTED_H
#define SECMON_CAPTURE_WANTED_H

#include <stddef.h>

#include "common/outq.h"
#include "common/plan.h"
#include "decode.h"

struct wanted;

/* wanted_new(plan): plan stays the caller's and must outlive it. NULL with ENOMEM. */
struct wanted *wanted_new(const struct plan *plan);
void wanted_free(struct wanted *w);

/*
 * wanted_plan(w, plan, now): from now on (CLOCK_BOOTTIME, ns) this one. Records
 * that are older wait in the rings because the plan until now wanted them: that
 * one, too, still must stay, until the call after this.
 */
void wanted_plan(struct wanted *w, const struct plan *plan, uint64_t now);

/*
 * wanted_record(w, d, buf, len, q): as decode_record(), but 1 if no selector
 * wants the event: it is not written and has no number. Life events are always
 * wanted.
 */
int wanted_record(struct wanted *w, struct decoder *d, const void *buf, size_t len, struct outq *q);

#endif
