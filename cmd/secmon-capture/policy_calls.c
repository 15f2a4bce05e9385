// SPDX-License-Identifier: BSD-2-Clause
/* The calls that policies name. */
#include "policy_calls.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "sysdef.h"

enum { SYSCALLS_MAX = 700, TRACED_MAX = 200 };

#define CALL(function, condition, ...) { .name = function, .when = CALL_##condition, __VA_ARGS__ },
#define EVENTS(...)		       .events = { __VA_ARGS__ }
#define ARGS(...)		       .args = { __VA_ARGS__ }
#define ARG(i, k, f)                                                                               \
	{                                                                                          \
		.index = i, .kind = CALL_##k, .field = f                                           \
	}
#define CONST(i, v)                                                                                \
	{                                                                                          \
		.index = i, .kind = CALL_CONST, .value = v                                         \
	}
#define NONE                                                                                       \
	{                                                                                          \
		.kind = CALL_NONE                                                                  \
	}

static const struct call functions[] = {
#include "policy_calls.def"
};

const struct call *call_function(const char *name, size_t *from)
{
	while (*from < nitems(functions)) {
		const struct call *c = &functions[(*from)++];

		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

const char *call_function_name(size_t i)
{
	return i < nitems(functions) ? functions[i].name : NULL;
}

/* ---- tracepoints: the first four numbers are what all of them have */

enum { ENTER_OWN, ENTER_OTHERS };

static const struct {
	const char *subsystem, *event;
	struct call call;
} tracepoints[] = {
	[ENTER_OWN] = { "raw_syscalls",
			"sys_enter",
			{ .name = "sys_enter",
			  .syscall = true,
			  .all = true,
			  ARGS(ARG(4, CALL, 0)) } },
	[ENTER_OTHERS] = { "raw_syscalls",
			   "sys_enter",
			   { .name = "sys_enter",
			     .syscall = true,
			     .sys = "",
			     EVENTS(EV_SYSCALL),
			     ARGS(ARG(4, CALL, 0)) } },
	{ "raw_syscalls",
	  "sys_exit",
	  { .name = "sys_exit",
	    .syscall = true,
	    .all = true,
	    ARGS(ARG(4, CALL, 0), ARG(5, S64, F_EVT_RAWRES)) } },
	{ "raw_syscalls",
	  "sys_exit",
	  { .name = "sys_exit",
	    .syscall = true,
	    .sys = "",
	    EVENTS(EV_SYSCALL),
	    ARGS(ARG(4, CALL, 0), ARG(5, S64, F_EVT_RAWRES)) } },
	{ "sched",
	  "sched_process_exec",
	  { .name = "sched_process_exec",
	    .when = CALL_DONE,
	    EVENTS(EV_EXECVE, EV_EXECVEAT),
	    ARGS(ARG(4, TEXT, F_ARG(A_FILENAME)), ARG(5, S32, F_THREAD_TID)) } },
	{ "sched",
	  "sched_process_fork",
	  { .name = "sched_process_fork",
	    .when = CALL_DONE,
	    EVENTS(EV_CLONE, EV_FORK, EV_VFORK, EV_CLONE3),
	    ARGS(ARG(4, TEXT, F_PROC_NAME), ARG(5, S32, F_THREAD_TID),
		 ARG(7, S32, F_PROC_CHILD_PID)) } },
	{ "sched",
	  "sched_process_exit",
	  { .name = "sched_process_exit",
	    EVENTS(EV_PROCEXIT),
	    ARGS(ARG(4, TEXT, F_PROC_NAME), ARG(5, S32, F_THREAD_TID)) } },
};

const struct call *call_tracepoint(const char *subsystem, const char *event, size_t i)
{
	for (size_t t = 0; t < nitems(tracepoints); t++)
		if (!strcmp(tracepoints[t].subsystem, subsystem) &&
		    !strcmp(tracepoints[t].event, event) && !i--)
			return &tracepoints[t].call;
	return NULL;
}

/* ---- system calls */

static struct call syscalls[SYSCALLS_MAX + TRACED_MAX];
static size_t nsyscalls, nown; /* the first nown have events of their own */
static size_t ntraced;	       /* behind SYSCALLS_MAX */

/* events of processes' lives that are system calls and no line of sysdef.def */
static const struct {
	const char *name;
	uint16_t event;
} lives[] = {
	{ "clone", EV_CLONE },
	{ "clone3", EV_CLONE3 },
	{ "fork", EV_FORK },
	{ "vfork", EV_VFORK },
};

/* functions of the kernel that are called otherwise than the system call */
static const char *const aliases[][2] = {
	{ "newstat", "stat" },	 { "newlstat", "lstat" },      { "newfstat", "fstat" },
	{ "newuname", "uname" }, { "sendfile64", "sendfile" }, { "umount", "umount2" },
};

static void raw_arg(struct call_arg *a, unsigned int index, bool wide)
{
	*a = (struct call_arg){ .index = (uint8_t)index,
				.kind = wide ? CALL_U64 : CALL_U32,
				.field = (uint16_t)(F_EVT_SYSARG0 + index) };
}

/* how the argument of a system call is compared; flags by the raw number, not in our coding */
static void syscall_arg(const struct sysdef *d, unsigned int index, struct call_arg *a)
{
	const struct sysarg *from = sysdef_arg(d, index);

	raw_arg(a, index, !from || sysarg_wide(from->kind));
	if (!from)
		return;
	switch (from->kind) {
	case SA_S32:
		a->kind = CALL_S32;
		break;
	case SA_U32:
		a->kind = CALL_U32;
		break;
	case SA_S64:
		a->kind = CALL_S64;
		break;
	case SA_U64:
		a->kind = CALL_U64;
		break;
	case SA_FD:
	case SA_DIRFD:
		a->kind = CALL_FD;
		a->file = index == d->fd ? F_FD_NAME : F_ARGTEXT(from->arg);
		break;
	case SA_PATH:
	case SA_NAME:
	case SA_SOURCE:
	case SA_TARGET:
	case SA_CHDIR:
	case SA_STR:
		a->kind = CALL_TEXT;
		break;
	case SA_ADDR:
	case SA_TUPLE:
		a->kind = d->event == EV_BIND ? CALL_LADDR : CALL_ADDR;
		break;
	default:
		return;
	}
	a->field = F_ARG(from->arg);
}

static void add_own(const char *name, const struct sysdef *d)
{
	struct call *c = &syscalls[nsyscalls++];

	c->name = name;
	c->syscall = true;
	c->events[0] = d->event;
	for (unsigned int i = 0; i < SYSCALL_ARGS; i++)
		syscall_arg(d, i, &c->args[i]);
}

static void fill_own(void)
{
	size_t n;
	const struct sysdef *d = sysdef_table(&n);

	for (size_t i = 0; i < n; i++) {
		int nr = sysdef_nr(&d[i], ABI_64);
		/* kept for as long as the program runs */
		char *name = nr < 0 ? NULL : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

		if (name && nsyscalls < SYSCALLS_MAX / 2)
			add_own(name, &d[i]);
	}
	for (size_t i = 0; i < nitems(lives); i++)
		syscalls[nsyscalls++] = (struct call){ .name = lives[i].name,
						       .syscall = true,
						       .events = { lives[i].event } };
	nown = nsyscalls;
}

const struct call *call_syscalls(size_t *n)
{
	if (!nown)
		fill_own();
	*n = nown;
	return syscalls;
}

/* the name behind what an architecture and the kernel put before it; NULL: nothing was */
static const char *bare(const char *name)
{
	static const char *const before[] = { "__x64_",	 "__arm64_", "__ia32_compat_",
					      "__ia32_", "__se_",    "__do_" };
	const char *s = name;

	for (size_t i = 0; i < nitems(before); i++)
		if (!strncmp(name, before[i], strlen(before[i]))) {
			s = name + strlen(before[i]);
			break;
		}
	return strncmp(s, "sys_", 4) ? NULL : s + 4;
}

bool call_is_syscall(const char *name)
{
	return bare(name) != NULL;
}

static const struct call *find(const char *name)
{
	for (size_t i = 0; i < nsyscalls; i++)
		if (!strcmp(syscalls[i].name, name))
			return &syscalls[i];
	return NULL;
}

/* a system call that is told as the event "syscall" */
static const struct call *add_other(const char *name)
{
	struct call *c = &syscalls[nsyscalls];
	char *copy;

	if (nsyscalls == SYSCALLS_MAX ||
	    seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, name) < 0)
		return NULL;
	copy = strdup(name);
	if (!copy)
		return NULL;
	*c = (struct call){ .name = copy, .syscall = true, .sys = copy, .events = { EV_SYSCALL } };
	for (unsigned int i = 0; i < SYSCALL_ARGS; i++)
		raw_arg(&c->args[i], i, true);
	nsyscalls++;
	return c;
}

const struct call *call_syscall(const char *name)
{
	const char *s = bare(name);
	const struct call *c;
	size_t n;

	call_syscalls(&n);
	s = s ? s : name;
	for (size_t i = 0; i < nitems(aliases); i++)
		if (!strcmp(s, aliases[i][0]))
			s = aliases[i][1];
	c = find(s);
	return c ? c : add_other(s);
}

const struct call *call_others(void)
{
	return &tracepoints[ENTER_OTHERS].call;
}

const struct call *call_traced(const struct call *c, bool enter)
{
	struct call *t = &syscalls[SYSCALLS_MAX + ntraced];

	if (ntraced == TRACED_MAX)
		return NULL;
	*t = *c;
	memset(t->args, 0, sizeof(t->args));
	t->args[0] = (struct call_arg){ .index = 4, .kind = CALL_CALL };
	t->args[1] = (struct call_arg){ .index = 5, .kind = CALL_S64, .field = F_EVT_RAWRES };
	for (unsigned int i = 0; enter && i < SYSCALL_ARGS; i++) {
		t->args[1 + i] = c->args[i];
		t->args[1 + i].index = (uint8_t)(5 + i);
	}
	ntraced++;
	return t;
}

const struct call_arg *call_arg(const struct call *c, unsigned int index)
{
	for (size_t i = 0; i < CALL_ARGS_MAX; i++)
		if (c->args[i].kind != CALL_NONE && c->args[i].index == index)
			return &c->args[i];
	return NULL;
}
