// SPDX-License-Identifier: BSD-2-Clause
/* Loading and attaching the kernel side. */
#include "probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.skel.h"
#include "common/clock.h"
#include "common/compat.h"
#include "common/log.h"
#include "filter.h"
#include "ground.h"
#include "hooks.h"
#include "self.h"
#include "sysdef.h"
#include "sysdesc.h"
#include "watch_list.h"

enum {
	REFUSED_MAX = 8,
	LATE_MAX = 1024,
	WATERMARK_PART = 4 /* of a ring: so full it is not left to a reader's nap */
};

struct probes {
	struct capture_bpf *skel;
	struct bpf_link *iter;
	int ncpu;
	int ring_fd[RING_COUNT * RINGS_MAX];
	const struct options *o;
	struct hook_plan plan;
	char refused[REFUSED_MAX][32]; /* programs that the kernel's verifier did not take */
	size_t nrefused;
	struct counts *percpu; /* room for one lookup */
	/* what the kernel side sheds if this priority and less urgent ones are shed, and now */
	struct filter_set shed[PLAN_PRIORITY_UNSAID + 1];
	unsigned int shedding;
	_Alignas(8) char late[RECORD_MAX];
};

/* libbpf says only in words which program a kernel refused */
static char refused_now[32];

static int on_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) == -1)
		return 0;
	if (strstr(text, "failed to load"))
		sscanf(text, "libbpf: prog '%31[^']'", refused_now);
	/* the verifier's log is many lines in one: for those who ask twice */
	if (level == LIBBPF_WARN && !strstr(text, "BEGIN PROG LOAD LOG"))
		log_info("%s", text);
	else
		log_debug("%s", text);
	free(text);
	return 0;
}

static void set_knobs(struct probes *p, const struct options *o)
{
	struct capture_bpf *s = p->skel;
	uint64_t wanted[RECORD_NR_MAX / 64];
	struct self self;

	s->rodata->tree_only = o->command != NULL;
	s->rodata->want_env = o->env;
	s->rodata->wanted_uring = hook_uring(o);
	s->rodata->filtering = o->plan != NULL;
	s->rodata->identity = options_identity(o);
	bpf_map__set_max_entries(s->maps.watched, options_identity(o) ? WATCH_MAX : 1);
	self_find(&self);
	s->rodata->self_ppid = o->command ? 0 : (uint32_t)self.ppid;
	for (size_t i = 0; i < nitems(self.ino); i++) {
		s->rodata->self_ino[i] = self.ino[i];
		s->rodata->self_dev[i] = self.dev[i];
	}
	sysdesc_wanted(o, &p->plan, o->plan, wanted);
	memcpy(s->bss->wanted, wanted, sizeof(wanted));
	s->rodata->nrings = o->rings;
	s->rodata->watermark[RING_LIFE] = o->life_bytes / WATERMARK_PART;
	s->rodata->watermark[RING_BULK] = o->ring_bytes / WATERMARK_PART;
	bpf_map__set_max_entries(s->maps.rings, RING_COUNT * o->rings);
	bpf_map__set_max_entries(s->maps.scratches,
				 bpf_map__max_entries(s->maps.scratches) * (uint32_t)p->ncpu);
	bpf_map__set_max_entries(
		s->maps.filter_states,
		o->plan ? bpf_map__max_entries(s->maps.filter_states) * (uint32_t)p->ncpu : 1);
}

static bool is_refused(const struct probes *p, const char *program)
{
	for (size_t i = 0; i < p->nrefused; i++)
		if (strcmp(p->refused[i], program) == 0)
			return true;
	return false;
}

/* Requests that open files wait for their end only if that is seen. */
static void set_uring(struct probes *p)
{
	struct capture_bpf *s = p->skel;
	bool late = !is_refused(p, "secmon_uringlat");

	s->rodata->uring_waits = late && bpf_program__autoload(s->progs.secmon_uringend);
	bpf_program__set_autoload(s->progs.secmon_uringlat, s->rodata->uring_waits);
	bpf_map__set_max_entries(s->maps.uring_waiting, s->rodata->uring_waits ? LATE_MAX : 1);
}

static int open_object(struct probes *p, const struct options *o)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = o->btf);
	size_t n;
	const struct hook *h = hook_table(&n);

	/* who may not list the types of modules must not be made to look for them */
	if (!o->btf && !capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN))
		opts.btf_custom_path = KERNEL_BTF;
	p->skel = capture_bpf__open_opts(&opts);
	if (!p->skel)
		return -1;
	set_knobs(p, o);
	for (size_t i = 0; i < n; i++) {
		struct bpf_program *prog =
			bpf_object__find_program_by_name(p->skel->obj, h[i].program);

		if (prog)
			bpf_program__set_autoload(prog, hook_used(&h[i], o, &p->plan) &&
								!is_refused(p, h[i].program));
	}
	bpf_program__set_autoload(p->skel->progs.secmon_watch,
				  options_identity(o) && !is_refused(p, "secmon_watch"));
	set_uring(p);
	return 0;
}

/* A program that this kernel's verifier refuses is left out: the others still run. */
static int load_object(struct probes *p, const struct options *o)
{
	int e;

	for (;;) {
		refused_now[0] = '\0';
		if (open_object(p, o) == -1)
			return -1;
		if (capture_bpf__load(p->skel) == 0)
			return 0;
		e = errno;
		capture_bpf__destroy(p->skel);
		p->skel = NULL;
		errno = e;
		if (!refused_now[0] || e == EPERM || p->nrefused == REFUSED_MAX)
			return -1;
		log_warn("this kernel refuses the program %s (%s): what only it sees is not "
			 "reported; --check says what that is",
			 refused_now, strerror(e));
		memcpy(p->refused[p->nrefused++], refused_now, sizeof(refused_now));
	}
}

static size_t ring_bytes(const struct probes *p, size_t i)
{
	return i < p->o->rings ? p->o->life_bytes : p->o->ring_bytes;
}

/* the rings, of the sizes asked for, into the map of rings */
static int make_rings(struct probes *p)
{
	int fd = bpf_map__fd(p->skel->maps.rings);

	for (uint32_t i = 0; i < RING_COUNT * p->o->rings; i++) {
		p->ring_fd[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "secmon_ring", 0, 0,
					       (uint32_t)ring_bytes(p, i), NULL);
		if (p->ring_fd[i] < 0 || bpf_map_update_elem(fd, &i, &p->ring_fd[i], BPF_ANY) != 0)
			return -1;
	}
	return 0;
}

static int load(struct probes *p, const struct options *o, char *err, size_t errlen)
{
	hook_plan(o, &p->plan);
	if (load_object(p, o) == -1) {
		snprintf(err, errlen, "load the BPF programs: %s%s", strerror(errno),
			 errno == EPERM
				 ? ": the right to use bpf(2) is missing (CAP_BPF and CAP_PERFMON; "
				   "before Linux 5.11 also CAP_SYS_RESOURCE or a larger "
				   "RLIMIT_MEMLOCK)"
				 : "; -v shows what the kernel said, --check what it offers");
		return -1;
	}
	if (make_rings(p) == -1) {
		snprintf(err, errlen, "make %u rings: %s", RING_COUNT * o->rings, strerror(errno));
		return -1;
	}
	if (sysdesc_fill(bpf_map__fd(p->skel->maps.syscalls), o, &p->plan, o->plan) == -1) {
		snprintf(err, errlen, "set up the table of system calls: %s", strerror(errno));
		return -1;
	}
	if (o->plan && probes_plan(p, o->plan) == -1) {
		snprintf(err, errlen, "give the plan to the kernel: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/* what selectors look at that no record says of itself */
static uint32_t telling(const struct plan *plan)
{
	uint32_t tell = 0;

	for (size_t i = 0; i < plan->nselectors; i++)
		for (size_t k = 0; k < plan->selectors[i].npreds; k++) {
			unsigned int field = plan->selectors[i].preds[k].field;

			if (field >= F_PROC_NETNS && field <= F_PROC_TIMENS_CHILDREN)
				tell |= TELL_NAMESPACES;
			if (field >= F_THREAD_CAP_PERMITTED && field <= F_THREAD_CAP_EFFECTIVE)
				tell |= TELL_CAPABILITIES;
		}
	return tell;
}

int probes_plan(struct probes *p, const struct plan *plan)
{
	struct capture_bpf *s = p->skel;
	const struct filter_maps maps = {
		.types = bpf_map__fd(s->maps.filter_types),
		.facts = bpf_map__fd(s->maps.filter_facts),
		.defaults = bpf_map__fd(s->maps.filter_defaults),
		.comms = bpf_map__fd(s->maps.filter_comms),
		.names = bpf_map__fd(s->maps.filter_names),
		.paths = bpf_map__fd(s->maps.filter_paths),
	};
	uint32_t next = !s->bss->filter_generation;
	uint64_t wanted[RECORD_NR_MAX / 64];
	struct filter_tables *t;
	int r;

	if (sysdesc_wanted(p->o, &p->plan, plan, wanted) && !p->plan.fallback) {
		errno = ENOTSUP;
		return -1;
	}
	if (sysdesc_fill(bpf_map__fd(s->maps.syscalls), p->o, &p->plan, plan) == -1)
		return -1;
	t = filter_compile(plan);
	if (!t)
		return -1;
	r = filter_install(t, &maps, next);
	for (unsigned int i = 0; i <= PLAN_PRIORITY_UNSAID; i++)
		p->shed[i] = filter_shed(t, i);
	if (r == 0) {
		s->bss->filter_quick[next] = t->quick;
		s->bss->filter_shed[next] = p->shed[p->shedding];
	}
	filter_free(t);
	if (r == -1)
		return -1;
	s->bss->telling = telling(plan);
	__atomic_store_n(&s->bss->filter_generation, next, __ATOMIC_RELEASE);
	memcpy(s->bss->wanted, wanted, sizeof(wanted));
	return 0;
}

void probes_selector(struct probes *p, unsigned int i, const struct selector_counts *c)
{
	if (i < SELECTORS_SHOWN)
		bpf_map_update_elem(bpf_map__fd(p->skel->maps.secmon_select), &i, c, BPF_ANY);
}

void probes_shed(struct probes *p, unsigned int priority)
{
	p->shedding = priority;
	p->skel->bss->filter_shed[p->skel->bss->filter_generation & 1] = p->shed[priority];
	__atomic_store_n(&p->skel->bss->filter_sheds, priority < PLAN_PRIORITY_UNSAID,
			 __ATOMIC_RELEASE);
}

struct probes *probes_load(const struct options *o, char *err, size_t errlen)
{
	struct probes *p;
	int e;

	libbpf_set_print(on_libbpf);
	if (ground_missing(o, err, errlen) == -1)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->o = o;
	p->ncpu = libbpf_num_possible_cpus();
	p->shedding = PLAN_PRIORITY_UNSAID;
	for (size_t i = 0; i < nitems(p->ring_fd); i++)
		p->ring_fd[i] = -1;
	p->percpu = calloc((size_t)p->ncpu, sizeof(*p->percpu));
	if (p->percpu && load(p, o, err, errlen) == 0)
		return p;
	e = errno;
	probes_free(p);
	errno = e;
	return NULL;
}

void probes_free(struct probes *p)
{
	if (!p)
		return;
	bpf_link__destroy(p->iter);
	capture_bpf__destroy(p->skel);
	for (size_t i = 0; i < nitems(p->ring_fd); i++)
		if (p->ring_fd[i] >= 0)
			close(p->ring_fd[i]);
	free(p->percpu);
	free(p);
}

int probes_attach(struct probes *p, char *err, size_t errlen)
{
	bpf_program__set_autoattach(p->skel->progs.secmon_iter, false);
	bpf_program__set_autoattach(p->skel->progs.secmon_watch, false);
	bpf_program__set_autoattach(p->skel->progs.secmon_uringlat, false);
	if (capture_bpf__attach(p->skel) != 0) {
		snprintf(err, errlen, "attach the BPF programs: %s", strerror(errno));
		return -1;
	}
	return 0;
}

void probes_detach(struct probes *p)
{
	capture_bpf__detach(p->skel);
}

int probes_watch(struct probes *p, struct probes_watch *w)
{
	struct capture_bpf *s = p->skel;

	*w = (struct probes_watch){
		.program = bpf_program__fd(s->progs.secmon_watch),
		.map = bpf_map__fd(s->maps.watched),
		.watching = &s->bss->watching,
		.stale = &s->bss->watch_stale,
		.seen = &s->bss->watch_seen,
	};
	if (w->program >= 0)
		return 0;
	errno = ENOTSUP;
	return -1;
}

void probes_late(struct probes *p, uint64_t older_ns)
{
	int fd = bpf_map__fd(p->skel->maps.uring_waiting), n = 0;
	uint64_t keys[LATE_MAX], now = clock_ns(CLOCK_BOOTTIME);
	const struct record *r = (const void *)p->late;

	if (!p->skel->rodata->uring_waits)
		return;
	while (n < LATE_MAX && bpf_map_get_next_key(fd, n ? &keys[n - 1] : NULL, &keys[n]) == 0)
		n++;
	while (n--) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &keys[n],
			    .ctx_size_in = sizeof(keys[n]));

		if (bpf_map_lookup_elem(fd, &keys[n], p->late) == 0 && r->time + older_ns <= now)
			bpf_prog_test_run_opts(bpf_program__fd(p->skel->progs.secmon_uringlat),
					       &opts);
	}
}

int probes_mark(struct probes *p, pid_t pid, uint32_t flags)
{
	uint32_t key = (uint32_t)pid;

	if (bpf_map_update_elem(bpf_map__fd(p->skel->maps.procs), &key, &flags, BPF_ANY) != 0)
		return -1;
	__atomic_add_fetch(&p->skel->bss->procs_generation, 1, __ATOMIC_SEQ_CST);
	return 0;
}

size_t probes_alive(struct probes *p)
{
	int fd = bpf_map__fd(p->skel->maps.procs);
	uint32_t key, *prev = NULL, flags;
	size_t n = 0;

	while (bpf_map_get_next_key(fd, prev, &key) == 0) {
		if (bpf_map_lookup_elem(fd, &key, &flags) == 0 && flags & PROC_TREE)
			n++;
		prev = &key;
	}
	return n;
}

size_t probes_rings(const struct probes *p)
{
	return RING_COUNT * p->o->rings;
}

int probes_ring(const struct probes *p, size_t i, size_t *bytes)
{
	*bytes = ring_bytes(p, i);
	return p->ring_fd[i];
}

int probes_iter_fd(struct probes *p)
{
	if (!p->iter)
		p->iter = bpf_program__attach_iter(p->skel->progs.secmon_iter, NULL);
	return p->iter ? bpf_iter_create(bpf_link__fd(p->iter)) : -1;
}

uint64_t probes_dropped(const struct probes *p)
{
	return __atomic_load_n(&p->skel->bss->dropped, __ATOMIC_RELAXED);
}

void probes_reader(struct probes *p, enum reader_state state)
{
	__atomic_store_n(&p->skel->bss->reader, state, __ATOMIC_SEQ_CST);
}

int probes_counts(const struct probes *p, unsigned int class, struct counts *c)
{
	int fd = bpf_map__fd(p->skel->maps.counters);
	uint64_t *sum = (uint64_t *)c;

	memset(c, 0, sizeof(*c));
	for (uint32_t lane = 0; lane < LANE_COUNT; lane++) {
		uint32_t key = lane * RECORD_CLASSES + class;

		if (bpf_map_lookup_elem(fd, &key, p->percpu) != 0)
			return -1;
		for (int cpu = 0; cpu < p->ncpu; cpu++) {
			const uint64_t *v = (const uint64_t *)&p->percpu[cpu];

			for (size_t i = 0; i < sizeof(*c) / sizeof(*v); i++)
				sum[i] += v[i];
		}
	}
	return 0;
}

static bool read_info(int fd, struct probe_info *info)
{
	struct bpf_prog_info pi = { 0 };
	uint32_t len = sizeof(pi);

	if (bpf_obj_get_info_by_fd(fd, &pi, &len) != 0)
		return false;
	memcpy(info->name, pi.name, sizeof(info->name) - 1);
	info->name[sizeof(info->name) - 1] = '\0';
	info->runs = pi.run_cnt;
	info->run_ns = pi.run_time_ns;
	info->missed = pi.recursion_misses;
	return true;
}

size_t probes_info(const struct probes *p, struct probe_info *info, size_t max)
{
	struct bpf_program *prog;
	size_t n = 0;

	bpf_object__for_each_program(prog, p->skel->obj)
	{
		int fd = bpf_program__fd(prog);

		if (n < max && fd >= 0 && read_info(fd, &info[n]))
			n++;
	}
	return n;
}

size_t probes_info_all(struct probe_info *info, size_t max)
{
	uint32_t id = 0;
	size_t n = 0;

	while (n < max && bpf_prog_get_next_id(id, &id) == 0) {
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		info[n].id = id;
		if (read_info(fd, &info[n]) && strncmp(info[n].name, "secmon_", 7) == 0)
			n++;
		close(fd);
	}
	return n;
}
