// SPDX-License-Identifier: BSD-2-Clause
/* Live capture as a stage. */
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "budget.h"
#include "command.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/sandbox.h"
#include "decode.h"
#include "ledger.h"
#include "plans.h"
#include "rings.h"
#include "snapshot.h"
#include "wanted.h"
#include "watch.h"

enum {
	BATCH_MAX = 8192, /* records between two looks at signals and clock */
	NAP_MS = 2,
	QUIET_NAPS = 20,  /* so many without a record: go to sleep */
	SETTLE_MS = 5000, /* what the programs began comes within this time, or not at all */
	TREE_MS = 20,	  /* how often to look for what is left of the command's tree */
	FD_RINGS = 0,
	FD_CHILD,
	FD_WATCH,
	FDS = FD_WATCH + WATCH_FDS
};

struct stage {
	const struct options *o;
	struct probes *probes;
	struct rings *rings;
	struct ledger *ledger;
	struct decoder decoder;
	struct wanted *wanted;	   /* NULL without a plan */
	struct plan *plan;	   /* read again after start; NULL: that of the options */
	struct plan *plan_before;  /* the one before it, if that was read again, too */
	struct snapshot *snapshot; /* NULL once it is told */
	struct watch *watch;	   /* NULL if no path is watched as a file */
	struct budget *budget;	   /* NULL: none was given */
	struct outq *out;
	struct capfile *file;
	struct command command;
	size_t recent;	    /* records of the last look */
	unsigned int quiet; /* looks since there was one */
	bool blocked;	    /* a record is still being written by its program */
	uint64_t idle_ns;   /* since when no record has come, once detached */
	bool detached;
};

/* what a plan holds back is summed up in the stream so often, and at the end */
static const uint64_t SUMMARY_NS = 10 * NS_PER_S;

enum drained { DRAINED, DRAIN_FULL, DRAIN_BUSY };

/* write the record that rings_next() showed */
static enum drained write_record(struct stage *s, const void *p, size_t len)
{
	int r;

	if (outq_full(s->out) && (outq_flush(s->out) == -1 || outq_full(s->out)))
		return DRAIN_FULL;
	r = wanted_record(s->wanted, &s->decoder, p, len, NULL, s->out);
	if (r == -1 && errno == EAGAIN)
		return DRAIN_FULL;
	ledger_taken(s->ledger, r == 0);
	if (r == 1)
		ledger_held_back(s->ledger, wanted_verdict(s->wanted));
	if (r == -1)
		ledger_broken(s->ledger, errno);
	rings_take(s->rings);
	s->recent++;
	return DRAINED;
}

/* of what is there, all that can be put in order */
static enum drained drain_round(struct stage *s)
{
	const void *record;
	size_t len;

	rings_look(s->rings);
	while (s->recent < BATCH_MAX) {
		enum ring_result r = rings_next(s->rings, &record, &len);
		enum drained d;

		if (r != RING_RECORD)
			return r == RING_BUSY ? DRAIN_BUSY : DRAINED;
		d = write_record(s, record, len);
		if (d != DRAINED)
			return d;
	}
	return DRAINED;
}

static void drain(struct stage *s)
{
	enum drained d;
	size_t before;

	s->recent = 0;
	do {
		before = s->recent;
		d = drain_round(s);
	} while (d == DRAINED && s->recent != before && s->recent < BATCH_MAX);
	rings_tell(s->rings);
	s->blocked = d == DRAIN_BUSY;
	s->quiet = s->recent ? 0 : s->quiet + 1;
	if (ledger_losses(s->ledger, s->out) == -1 && errno != EAGAIN)
		log_warn("counters of the kernel: %s", strerror(errno));
}

static int tell_snapshot(struct stage *s)
{
	int r = snapshot_write(s->snapshot, &s->decoder, s->wanted, s->ledger, s->out);

	if (r == -1)
		log_warn("processes that run already cannot be told: %s", strerror(errno));
	if (r == 0)
		return 0;
	snapshot_close(s->snapshot);
	s->snapshot = NULL;
	if (s->o->command && command_go(&s->command) == -1) {
		log_err("%s: %s", s->o->command[0], strerror(errno));
		return -1;
	}
	return 0;
}

static int on_fds(void *arg, const struct pollfd *fds, int n)
{
	struct stage *s = arg;

	if (fds[FD_RINGS].revents)
		rings_awake(s->rings);
	if (s->watch)
		watch_ready(s->watch, fds + FD_WATCH);
	if (s->snapshot && tell_snapshot(s) == -1)
		return -1;
	if (!s->snapshot)
		drain(s);
	return 0;
}

/*
 * How long to wait for the rings. While there is something to read now and then we nap
 * instead of asking to be woken: a wakeup costs the one who is watched. After a time
 * without any record the next one wakes us at once.
 */
static int wait_ms(struct stage *s, int most)
{
	if (s->recent >= BATCH_MAX)
		return 0;
	if (s->quiet < QUIET_NAPS || s->blocked) {
		probes_reader(s->probes, READER_NAPS);
		return most < NAP_MS ? most : NAP_MS;
	}
	probes_reader(s->probes, READER_ASLEEP);
	return rings_pending(s->rings) ? 0 : most;
}

static int fds(void *arg, struct pollfd *fds, int *timeout_ms)
{
	struct stage *s = arg;
	bool full = outq_full(s->out);

	probes_reader(s->probes, READER_AWAKE);
	fds[FD_RINGS] = (struct pollfd){ .fd = full ? -1 : rings_fd(s->rings), .events = POLLIN };
	fds[FD_CHILD] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (s->o->command && !s->command.ended)
		fds[FD_CHILD].fd = s->command.pidfd;
	if (s->command.ended && *timeout_ms > TREE_MS)
		*timeout_ms = TREE_MS; /* the rest of its tree */
	if (!full)
		*timeout_ms = s->snapshot ? 0 : wait_ms(s, *timeout_ms);
	if (!s->watch)
		return FD_WATCH;
	watch_poll(s->watch, fds + FD_WATCH, timeout_ms);
	return FDS;
}

static bool done(void *arg)
{
	struct stage *s = arg;

	return s->o->command && !s->snapshot && command_ended(&s->command) &&
	       probes_alive(s->probes) == 0;
}

static void count_watch(struct stage *s)
{
	uint64_t *v = ledger_stats(s->ledger)->v;

	if (!s->watch)
		return;
	v[S_CAPTURE_WATCHED] = watch_paths(s->watch);
	v[S_CAPTURE_UNWATCHED] = watch_left_out(s->watch);
	v[S_CAPTURE_IDENTIFIED] = s->decoder.identified;
}

/* for secmon-capture --programs, which looks from outside; names that went end with an empty one */
static void show_plan(struct stage *s)
{
	const struct tally *t = wanted_tally(s->wanted);
	struct selector_counts c;

	for (unsigned int i = 0; i < tally_names(t); i++) {
		const struct judge_counts *j = tally_counts(t, i);

		c = (struct selector_counts){ .held = j->held,
					      .passed = j->passed,
					      .held_back = j->held - j->passed,
					      .ns = j->ns };
		snprintf(c.name, sizeof(c.name), "%s", tally_name(t, i));
		probes_selector(s->probes, i, &c);
	}
	c = (struct selector_counts){ 0 };
	probes_selector(s->probes, (unsigned int)tally_names(t), &c);
}

/* What the selectors count; and in the stream, but not more often, what they held back. */
static int count_plan(struct stage *s, uint64_t pause_ns)
{
	const struct stat_label *labels;
	size_t n;

	labels = ledger_labels(s->ledger, &n);
	if (!s->wanted) {
		ledger_stats(s->ledger)->nlabelled = n;
		return 0;
	}
	if (wanted_stats(s->wanted, labels, n, ledger_stats(s->ledger)) == -1)
		return -1;
	show_plan(s);
	if (ledger_shed(s->ledger, pause_ns, s->out) == -1)
		return -1;
	return wanted_say(s->wanted, pause_ns, s->out);
}

/* no more events: write those that are in the rings */
static int on_drain(void *arg)
{
	struct stage *s = arg;

	if (!s->detached)
		probes_detach(s->probes);
	s->detached = true;
	probes_late(s->probes, 0);
	drain(s);
	count_watch(s);
	if (ledger_update(s->ledger) == -1)
		return 0;
	if (count_plan(s, 0) == -1 && errno == EAGAIN)
		return 1;
	if (ledger_settled(s->ledger))
		return 0;
	if (s->recent || outq_full(s->out) || !s->idle_ns)
		s->idle_ns = clock_ns(CLOCK_MONOTONIC);
	if (clock_ns(CLOCK_MONOTONIC) - s->idle_ns < SETTLE_MS * NS_PER_MS)
		return 1;
	log_warn("%llu events were begun in the kernel and never came",
		 (unsigned long long)ledger_give_up(s->ledger));
	return 0;
}

static int on_tick(void *arg)
{
	struct stage *s = arg;

	if (ledger_update(s->ledger) == -1) {
		log_err("counters of the kernel: %s", strerror(errno));
		return -1;
	}
	probes_late(s->probes, NS_PER_S / 4);
	if (s->watch)
		watch_tick(s->watch);
	count_watch(s);
	if (s->budget && s->wanted)
		budget_tick(s->budget, s->wanted);
	if (count_plan(s, SUMMARY_NS) == -1 && errno != EAGAIN) {
		log_err("counters of the plan: %s", strerror(errno));
		return -1;
	}
	if (s->file && capfile_tick(s->file) == -1) {
		log_err("%s: %s", capfile_name(s->file), strerror(errno));
		return -1;
	}
	return 0;
}

/* to the kernel side; and the paths that are watched are the new plan's */
static int swap_plan(struct stage *s, const struct plan *plan)
{
	int r, e;

	if (s->watch)
		watch_hold(s->watch);
	r = probes_plan(s->probes, plan);
	e = errno;
	if (s->watch && watch_plan(s->watch, r == 0 ? plan : NULL) == -1)
		log_warn("paths of the new plan are not watched as files: %s", strerror(errno));
	errno = e;
	return r;
}

/* the plan and the policies as they are now, or NULL; what is wrong with them is said */
static struct plan *read_again(const struct options *o)
{
	struct plan *plan;
	char *text = NULL;
	size_t len;
	FILE *err = open_memstream(&text, &len);

	plan = err ? plans_read(o, err) : NULL;
	if (!err || fclose(err) == EOF)
		log_err("%s", strerror(errno));
	else if (!plan)
		plans_complain(text);
	free(text);
	return plan;
}

/* the plan may have changed: take the new one, or keep the old one and say why */
static int on_hup(void *arg)
{
	struct stage *s = arg;
	const char *path = s->o->plan_path ? s->o->plan_path : s->o->policies[0];
	struct plan *plan;

	if (!s->wanted || !path)
		return 0;
	plan = read_again(s->o);
	if (plan && swap_plan(s, plan) == -1) {
		log_err("%s: %s", path,
			errno == ENOTSUP ? "it wants system calls, and the one before wanted "
					   "none: start again"
					 : strerror(errno));
		plan_free(plan);
		plan = NULL;
	}
	if (!plan) {
		log_err("the old plan stays");
		return 0;
	}
	count_plan(s, 0);
	if (wanted_plan(s->wanted, plan, clock_ns(CLOCK_BOOTTIME)) == -1 ||
	    (count_plan(s, SUMMARY_NS) == -1 && errno != EAGAIN)) {
		log_err("%s: %s", path, strerror(errno));
		plan_free(plan);
		return -1;
	}
	decode_ask(&s->decoder, plan);
	plan_free(s->plan_before);
	s->plan_before = s->plan;
	s->plan = plan;
	log_info("%s: taken", path);
	return 0;
}

static int on_hello(void *arg, struct hello *h)
{
	struct stage *s = arg;

	s->decoder.boot_offset_ns = h->boot_offset_ns;
	return 0;
}

/* which processes are reported, and which are our own */
static int mark(struct stage *s)
{
	if (probes_mark(s->probes, getpid(), PROC_SELF) == -1)
		return -1;
	return s->o->command ? probes_mark(s->probes, s->command.pid, PROC_TREE) : 0;
}

/* Files are known by their paths without it. */
static void start_watch(struct stage *s)
{
	if (!options_identity(s->o))
		return;
	s->watch = watch_new(s->probes);
	if (!s->watch || watch_plan(s->watch, s->o->plan) == -1)
		log_warn("paths are not watched as files: %s", strerror(errno));
	s->decoder.watch = s->watch;
}

static int start(struct stage *s)
{
	const struct sandbox box = { .role = SANDBOX_CAPTURE,
				     .user = s->o->usual.user,
				     .read_paths = plans_folders(s->o) };
	const bool quiet = strcmp(s->o->output, "-") == 0;
	char err[512];

	if (s->o->command && command_fork(&s->command, s->o->command, quiet) == -1) {
		log_err("start %s: %s", s->o->command[0], strerror(errno));
		return -1;
	}
	s->rings = rings_open(s->probes);
	if (!s->rings) {
		log_err("map the rings: %s", strerror(errno));
		return -1;
	}
	decode_ask(&s->decoder, s->o->plan);
	s->ledger = ledger_new(s->probes);
	if (s->o->plan)
		s->wanted = wanted_new(s->o->plan);
	if (!s->ledger || (s->o->plan && !s->wanted) || mark(s) == -1) {
		log_err("%s", strerror(errno));
		return -1;
	}
	if (s->o->cpu_budget > 0 && !(s->budget = budget_new(s->o->cpu_budget, s->probes))) {
		log_err("%s", strerror(errno));
		return -1;
	}
	start_watch(s);
	if (probes_attach(s->probes, err, sizeof(err)) == -1) {
		log_err("%s", err);
		return -1;
	}
	s->snapshot = snapshot_open(s->probes, s->o->env);
	if (!s->snapshot) {
		log_err("this kernel lists no processes (BPF task iterator): %s", strerror(errno));
		return -1;
	}
	return loop_signals() == -1 || sandbox_enter(&box) == -1 ? -1 : 0;
}

int stage_run(const struct options *o, struct probes *p, struct outq *out, struct capfile *file)
{
	static struct stage stage;
	struct stage *s = &stage;
	struct loop loop = {
		.program = "secmon-capture",
		.out = out,
		.arg = s,
		.grace_ms = (int)o->grace_ms,
		.on_hello = on_hello,
		.on_tick = on_tick,
		.on_hup = on_hup,
		.on_drain = on_drain,
		.fds = fds,
		.on_fds = on_fds,
		.done = done,
	};
	int status = 1;

	*s = (struct stage){ .o = o, .probes = p, .out = out, .file = file };
	if (start(s) == 0) {
		loop.stats = ledger_stats(s->ledger);
		status = loop_run(&loop);
	}
	rings_close(s->rings);
	snapshot_close(s->snapshot);
	ledger_free(s->ledger);
	budget_free(s->budget);
	wanted_free(s->wanted);
	watch_free(s->watch);
	plan_free(s->plan);
	plan_free(s->plan_before);
	return status;
}
