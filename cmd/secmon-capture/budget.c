// SPDX-License-Identifier: BSD-2-Clause
/* Holding to a share of a CPU: the least urgent classes are shed first. */
#include "budget.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"

enum { CALM_LOOKS = 5, PROGRAMS_MAX = 64 };

/* CALM_LOOKS in a row must have found less than this share of the budget before more is wanted */
static const double CALM = 0.5;

struct budget {
	double percent;
	struct probes *probes;
	int counting; /* descriptor that makes the kernel count, or -1 */
	uint64_t then_ns, used_ns;
	unsigned int shed; /* this priority and less urgent ones; PLAN_PRIORITY_UNSAID: none */
	int calm;
	bool helpless; /* that nothing more can be shed was said */
};

struct budget *budget_new(double percent, struct probes *p)
{
	struct budget *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->percent = percent;
	b->probes = p;
	b->shed = PLAN_PRIORITY_UNSAID;
	b->counting = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (b->counting < 0)
		log_warn("the kernel does not count what BPF programs cost (%s): the CPU budget is "
			 "held by the time of this program alone",
			 strerror(errno));
	return b;
}

void budget_free(struct budget *b)
{
	if (!b)
		return;
	if (b->counting >= 0)
		close(b->counting);
	free(b);
}

/* by the programs in the kernel and by ourselves, since the start */
static uint64_t used_ns(const struct budget *b)
{
	struct probe_info info[PROGRAMS_MAX];
	size_t n = probes_info(b->probes, info, PROGRAMS_MAX);
	uint64_t ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	for (size_t i = 0; i < n; i++)
		ns += info[i].run_ns;
	return ns;
}

/* the least urgent priority of the plan above (or, if less, below) one; none: UNSAID */
static unsigned int next_priority(const struct plan *p, unsigned int than, bool less)
{
	unsigned int best = PLAN_PRIORITY_UNSAID;

	for (size_t i = 0; i < p->nselectors; i++) {
		unsigned int priority = p->selectors[i].priority;

		if (priority == PLAN_PRIORITY_UNSAID ||
		    (less ? priority <= than : priority >= than))
			continue;
		if (best == PLAN_PRIORITY_UNSAID || (less ? priority < best : priority > best))
			best = priority;
	}
	return best;
}

static void shed(struct budget *b, unsigned int priority, double used)
{
	if (priority < b->shed)
		log_warn("the CPU budget of %g%% is exceeded (%.1f%%): what only selectors of "
			 "priority %s and less urgent ones want is shed",
			 b->percent, used, plan_priority_name(priority));
	else if (priority < PLAN_PRIORITY_UNSAID)
		log_warn("there is room in the CPU budget again (%.1f%% of %g%%): only priority %s "
			 "and less urgent ones are shed",
			 used, b->percent, plan_priority_name(priority));
	else
		log_warn("there is room in the CPU budget again (%.1f%% of %g%%): nothing is shed",
			 used, b->percent);
	b->shed = priority;
	b->calm = 0;
}

void budget_tick(struct budget *b, struct wanted *w)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), ns = used_ns(b);
	const struct plan *plan = wanted_used_plan(w);
	double used = 0;
	unsigned int next;

	if (b->then_ns && now > b->then_ns)
		used = 100.0 * (double)(ns - b->used_ns) / (double)(now - b->then_ns);
	b->then_ns = now;
	b->used_ns = ns;
	b->calm = used < CALM * b->percent ? b->calm + 1 : 0;
	if (used > b->percent) {
		next = next_priority(plan, b->shed, false);
		if (next != PLAN_PRIORITY_UNSAID)
			shed(b, next, used);
		else if (!b->helpless)
			log_warn("the CPU budget of %g%% is exceeded (%.1f%%), and nothing is left "
				 "that may be shed",
				 b->percent, used);
		b->helpless = next == PLAN_PRIORITY_UNSAID;
	} else if (b->calm >= CALM_LOOKS && b->shed != PLAN_PRIORITY_UNSAID) {
		shed(b, next_priority(plan, b->shed, true), used);
	}
	probes_shed(b->probes, b->shed);
	judge_shed(wanted_judge(w), b->shed);
}
