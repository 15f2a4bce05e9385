/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan, applied exactly: to what the kernel's filter let through, and in the
 * same way to recordings.
 */
#ifndef SECMON_CAPTURE_WANTED_H
#define SECMON_CAPTURE_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "common/judge.h"
#include "common/outq.h"
#include "common/plan.h"
#include "decode.h"
#include "tally.h"

struct wanted;

/* wanted_new(plan): plan stays the caller's and must outlive it. NULL with ENOMEM. */
struct wanted *wanted_new(const struct plan *plan);
void wanted_free(struct wanted *w);

/*
 * wanted_plan(w, plan, now): from now on (CLOCK_BOOTTIME, ns) this one. Records
 * that are older wait in the rings because the plan until now wanted them: that
 * one, too, still must stay, until the call after this. 0, or -1 with ENOMEM: the
 * plan until now is still in use.
 */
int wanted_plan(struct wanted *w, const struct plan *plan, uint64_t now);

/*
 * wanted_write(w, time, buf, len, q): write one whole EVENT object to q if the plan
 * lets it pass, with the name of the policy that does (policy.name), or if it is one
 * that tells of process life: those always go.
 * time: when it happened, in ns, on the clock of wanted_plan(), or in a replay on
 * the recording's. 0; 1 if it is held back; or -1 with EAGAIN: q has no room, and
 * nothing was decided: offer it again.
 */
int wanted_write(struct wanted *w, uint64_t time, const uint8_t *buf, size_t len, struct outq *q);

/*
 * wanted_life_plain(w): whether events that tell of life can be written without
 * wanted_write(), since no policy adds its name to them and nobody learns from them.
 */
bool wanted_life_plain(const struct wanted *w);

/*
 * wanted_part(w): whether an event of which the draft has a part may be wanted. The
 * draft is empty then. False: as wanted_submit() would say of the whole event.
 */
bool wanted_part(struct wanted *w);

/*
 * wanted_draft(w): a queue to make one event in; wanted_submit(w, time, q): what
 * was made there as wanted_write() does. With -1 the draft is lost.
 */
struct outq *wanted_draft(struct wanted *w);
int wanted_submit(struct wanted *w, uint64_t time, struct outq *q);

/*
 * wanted_record(w, d, buf, len, extra, q): as decode_record(), but 1 if the plan
 * does not let the event pass: it is not written and has no number. w NULL: no plan.
 */
int wanted_record(struct wanted *w, struct decoder *d, const void *buf, size_t len,
		  const struct decode_extra *extra, struct outq *q);

/*
 * wanted_stats(w, base, nbase, s): let s say what each selector counted, behind the
 * nbase labels of base; wanted_say(w, pause_ns, q): what was held back, as tally_say().
 */
int wanted_stats(struct wanted *w, const struct stat_label *base, size_t nbase, struct stats *s);
int wanted_say(struct wanted *w, uint64_t pause_ns, struct outq *q);

/* wanted_verdict(w): why the last event was written, or was not. */
enum verdict wanted_verdict(const struct wanted *w);

/*
 * The plan in use; who judges by it; and what it counted until the last wanted_stats(),
 * by name. They are w's, and change with wanted_plan().
 */
const struct plan *wanted_used_plan(const struct wanted *w);
struct judge *wanted_judge(struct wanted *w);
const struct tally *wanted_tally(const struct wanted *w);

#endif
