// SPDX-License-Identifier: BSD-2-Clause
/* Which hook each class comes from. */
#include "hooks.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/compat.h"
#include "sysdef.h"

#if defined(__x86_64__)
#define SYSCALL_FUNCTION(name) "__x64_sys_" name
#else
#define SYSCALL_FUNCTION(name) "__arm64_sys_" name
#endif

static const struct hook table[] = {
	{ "secmon_fork",
	  "sched_process_fork",
	  "new processes",
	  "each fork",
	  true,
	  { EV_CLONE, EV_FORK, EV_VFORK, EV_CLONE3 } },
	{ "secmon_exec",
	  "sched_process_exec",
	  "executed programs",
	  "each exec",
	  true,
	  { EV_EXECVE, EV_EXECVEAT } },
	{ "secmon_exit",
	  "sched_process_exit",
	  "ended processes",
	  "each exit",
	  true,
	  { EV_PROCEXIT } },
	{ "secmon_open",
	  "do_sys_openat2",
	  "open, openat, openat2, creat",
	  "each open",
	  true,
	  { EV_OPEN, EV_OPENAT, EV_OPENAT2, EV_CREAT } },
	{ "secmon_connect", "__sys_connect", "connect", "each connect", true, { EV_CONNECT } },
	{ "secmon_bind", "__sys_bind", "bind", "each bind", true, { EV_BIND } },
	{ "secmon_listen", "__sys_listen", "listen", "each listen", true, { EV_LISTEN } },
	{ "secmon_accept",
	  "__sys_accept4",
	  "accept, accept4",
	  "each accept",
	  true,
	  { EV_ACCEPT, EV_ACCEPT4 } },
	{ "secmon_execve",
	  SYSCALL_FUNCTION("execve"),
	  "execve that failed",
	  "each exec",
	  true,
	  { EV_EXECVE } },
	{ "secmon_execveat",
	  SYSCALL_FUNCTION("execveat"),
	  "execveat that failed",
	  "each exec",
	  true,
	  { EV_EXECVEAT } },
#if defined(__x86_64__)
	{ "secmon_execve32",
	  "__ia32_compat_sys_execve",
	  "execve of 32-bit callers that failed",
	  "each exec",
	  true,
	  { EV_EXECVE } },
	{ "secmon_execvat32",
	  "__ia32_compat_sys_execveat",
	  "execveat of 32-bit callers that failed",
	  "each exec",
	  true,
	  { EV_EXECVEAT } },
#endif
	{ "secmon_sys_exit", "sys_exit", "all system calls", "every system call", false, { 0 } },
	{ "secmon_uringend",
	  "io_uring_complete",
	  "files opened by requests of io_uring",
	  "each request",
	  false,
	  { EV_OPENAT, EV_OPENAT2 },
	  1 << 18 | 1 << 28 },
	{ "secmon_uring",
	  "io_uring_submit_req",
	  "requests of io_uring",
	  "each request",
	  false,
	  { EV_OPENAT },
	  ~0ULL },
	{ "secmon_uringsqe",
	  "io_uring_submit_sqe",
	  "the same before kernel 6.4",
	  "each request",
	  false,
	  { EV_OPENAT },
	  ~0ULL },
};

const struct hook *hook_table(size_t *n)
{
	*n = nitems(table);
	return table;
}

/* id of a type of this kernel, or -1: its description is large, and read once */
static int find_type(const char *name, unsigned int kind)
{
	static struct btf *btf;

	if (!btf)
		btf = btf__load_vmlinux_btf();
	return btf ? btf__find_by_name_kind(btf, name, kind) : -1;
}

int hook_probe(const char *function)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FEXIT);
	int id = find_type(function, BTF_KIND_FUNC), prog, link, e;

	if (id <= 0) {
		errno = ENOENT;
		return -1;
	}
	opts.attach_btf_id = (uint32_t)id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "secmon_probe", "GPL", nothing, nitems(nothing),
			     &opts);
	if (prog < 0)
		return -1;
	link = bpf_raw_tracepoint_open(NULL, prog);
	e = errno;
	if (link >= 0)
		close(link);
	close(prog);
	errno = e;
	return link < 0 ? -1 : 0;
}

/* operations of enum io_uring_op that the kernel side knows */
static const struct {
	uint16_t event;
	uint8_t op;
} uring[] = {
#define URING(number, ev) { EV_##ev, number },
#include "bpf/uring.def"
#undef URING
};

uint64_t hook_uring(const struct options *o)
{
	uint64_t ops = 0;

	for (size_t i = 0; i < nitems(uring); i++)
		if (options_event(o, uring[i].event) &&
		    (!o->plan || plan_wants_type(o->plan, uring[i].event)))
			ops |= 1ULL << uring[i].op;
	return ops;
}

static bool serves(const struct hook *h, unsigned int event)
{
	for (size_t i = 0; i < HOOK_EVENTS_MAX && h->events[i]; i++)
		if (h->events[i] == event)
			return true;
	return false;
}

/* whether all ends of system calls that make this event have a preferred hook here */
static bool has_preferred(unsigned int event)
{
	bool any = false;

	for (size_t i = HOOK_FIRST_FEXIT; i < nitems(table); i++) {
		if (!table[i].preferred || !serves(&table[i], event))
			continue;
		if (hook_probe(table[i].function) == -1)
			return false;
		any = true;
	}
	return any;
}

void hook_plan(const struct options *o, struct hook_plan *plan)
{
	size_t n;
	const struct sysdef *d = sysdef_table(&n);

	memset(plan, 0, sizeof(*plan));
	if (o->hooks == HOOKS_FALLBACK || hook_probe(table[HOOK_FIRST_FEXIT].function) == -1) {
		plan->refused = o->hooks == HOOKS_FALLBACK ? 0 : errno;
		plan->fallback = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!options_event(o, d[i].event) ||
		    (o->plan && !plan_wants_type(o->plan, d[i].event)))
			continue;
		if (has_preferred(d[i].event))
			plan->events[d[i].event / 64] |= 1ULL << d[i].event % 64;
		else
			plan->fallback = true;
	}
	if (options_event(o, EV_SYSCALL) && (!o->plan || plan_wants_type(o->plan, EV_SYSCALL)))
		plan->fallback = true;
	plan->preferred = o->hooks == HOOKS_PREFERRED || !plan->fallback;
	if (!plan->preferred)
		memset(plan->events, 0, sizeof(plan->events));
}

/* a tracepoint whose request is of the kind that the kernel side can read (6.0 and later) */
static bool has_uring(const char *tracepoint)
{
	char name[64];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	return find_type(name, BTF_KIND_TYPEDEF) > 0 &&
	       find_type("io_cmd_data", BTF_KIND_STRUCT) > 0;
}

bool hook_used(const struct hook *h, const struct options *o, const struct hook_plan *plan)
{
	size_t i = (size_t)(h - table);

	if (i < HOOK_FIRST_FEXIT)
		return true;
	if (h->uring)
		return hook_uring(o) & h->uring && has_uring(h->function);
	if (!h->preferred)
		return plan->fallback;
	for (size_t e = 0; e < HOOK_EVENTS_MAX && h->events[e]; e++)
		if (plan->events[h->events[e] / 64] >> h->events[e] % 64 & 1)
			return options_event(o, h->events[e]) || plan->preferred;
	return false;
}
