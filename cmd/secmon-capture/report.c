// SPDX-License-Identifier: BSD-2-Clause
/* What capture says of itself. */
#include "report.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "classes.h"
#include "common/compat.h"
#include "common/events.h"
#include "common/log.h"
#include "common/loop.h"
#include "hooks.h"
#include "probes.h"
#include "report_plan.h"

enum { PROGRAMS_MAX = 64 };

int report_events(void)
{
	static const char *const on[] = {
		[CLASS_NAMED] = "name",
		[CLASS_REQUEST] = "request",
		[CLASS_COMMAND] = "command",
		[CLASS_DEFAULT] = "default",
	};
	size_t n;
	const struct class *c = class_table(&n);

	for (size_t i = 0; i < n; i++)
		printf("%-20s %-8s %s\n", event_by_id(c[i].event)->name, on[c[i].on],
		       c[i].life ? "life" : "bulk");
	return 0;
}

/* ---- --check */

static bool loaded(const struct probe_info *info, size_t n, const char *program)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(info[i].name, program) == 0)
			return true;
	return false;
}

static void check_hook(const struct hook *h, const struct options *o, const struct hook_plan *plan,
		       const struct probe_info *info, size_t n, bool fexit)
{
	const char *kind = h->preferred && fexit ? "fexit" : "tp_btf";
	char hook[64], why[160] = "";

	snprintf(hook, sizeof(hook), "%s/%s", kind, h->function);
	if (loaded(info, n, h->program))
		snprintf(why, sizeof(why), "chosen");
	else if (hook_used(h, o, plan))
		snprintf(why, sizeof(why), "refused by the verifier, not reported");
	else if (!h->preferred)
		snprintf(why, sizeof(why), h->events[0] ? "not in this kernel" : "not needed");
	else if (plan->refused)
		snprintf(why, sizeof(why), "not possible (%s), tp_btf/sys_exit instead",
			 strerror(plan->refused));
	else if (hook_probe(h->function) == -1)
		snprintf(why, sizeof(why), "not possible (%s), tp_btf/sys_exit instead",
			 errno == ENOENT ? "not in this kernel" : strerror(errno));
	else
		snprintf(why, sizeof(why), "possible, tp_btf/sys_exit instead");
	printf("%-17s %-34s cost: %-18s %s: %s\n", h->program, hook, h->cost, h->what, why);
}

static void check_kernel(const struct options *o, const struct hook_plan *plan)
{
	struct utsname u;

	if (uname(&u) == 0)
		printf("kernel %s %s\n", u.release, u.machine);
	printf("type information: %s\n", o->btf ? o->btf : "/sys/kernel/btf/vmlinux");
	printf("preferred hooks: %s\n", plan->refused		     ? strerror(plan->refused)
					: o->hooks == HOOKS_FALLBACK ? "not asked for"
								     : "possible");
	printf("taken: %s\n", plan->fallback && plan->preferred
				      ? "preferred where there are, fallback"
			      : plan->fallback ? "fallback (tp_btf/sys_exit)"
					       : "preferred only, no sys_exit");
}

int report_check(const struct options *o)
{
	struct probe_info info[PROGRAMS_MAX];
	struct hook_plan plan;
	struct probes *p;
	char err[512];
	size_t n, hooks;
	const struct hook *h = hook_table(&hooks);
	int iter, status = 0;

	p = probes_load(o, err, sizeof(err));
	if (!p) {
		log_err("%s", err);
		return 1;
	}
	n = probes_info(p, info, nitems(info));
	hook_plan(o, &plan);
	check_kernel(o, &plan);
	for (size_t i = 0; i < hooks; i++)
		check_hook(&h[i], o, &plan, info, n, i >= HOOK_FIRST_FEXIT);
	iter = probes_iter_fd(p);
	printf("%-17s %-34s cost: %-18s processes that run already: %s\n", "secmon_iter",
	       "iter/task", "once, at the start", iter >= 0 ? "chosen" : strerror(errno));
	if (iter >= 0)
		close(iter);
	if (probes_attach(p, err, sizeof(err)) == -1) {
		log_err("%s", err);
		status = 1;
	}
	probes_free(p);
	puts(status ? "capture cannot run" : "capture can run");
	return status;
}

/* ---- --programs */

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = 1;
}

static const struct probe_info *find(const struct probe_info *info, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (info[i].id == id)
			return &info[i];
	return NULL;
}

static void print_programs(const struct probe_info *now, size_t n, const struct probe_info *then,
			   size_t nthen, uint64_t ns)
{
	static const struct probe_info none;

	printf("%-6s %-16s %12s %10s %8s %10s\n", "id", "program", "runs/s", "ns/run", "% of CPU",
	       "not run");
	for (size_t i = 0; i < n; i++) {
		const struct probe_info *old = find(then, nthen, now[i].id);
		uint64_t runs, took;

		old = old ? old : &none;
		runs = now[i].runs - old->runs;
		took = now[i].run_ns - old->run_ns;
		printf("%-6u %-16s %12.0f %10.0f %8.2f %10llu\n", now[i].id, now[i].name,
		       (double)runs * NS_PER_S / (double)ns, runs ? (double)took / (double)runs : 0,
		       100.0 * (double)took / (double)ns, (unsigned long long)now[i].missed);
	}
	fflush(stdout);
}

int report_programs(void)
{
	static struct probe_info info[2][PROGRAMS_MAX];
	struct sigaction sa = { .sa_handler = on_signal };
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME), turn = 0;
	uint64_t then = clock_ns(CLOCK_MONOTONIC), now;
	size_t n[2];

	if (stats < 0) {
		log_err("count what programs cost: %s", strerror(errno));
		return 1;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	n[0] = probes_info_all(info[0], PROGRAMS_MAX);
	while (!stopped && n[turn]) {
		sleep(1);
		turn = !turn;
		n[turn] = probes_info_all(info[turn], PROGRAMS_MAX);
		now = clock_ns(CLOCK_MONOTONIC);
		print_programs(info[turn], n[turn], info[!turn], n[!turn], now - then);
		report_plan(now - then);
		then = now;
	}
	close(stats);
	if (stopped)
		return 0;
	log_err("no secmon-capture runs");
	return 1;
}
