/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that policies name: system calls (sysdef.def) and functions (policy_calls.def). */
#ifndef SECMON_CAPTURE_POLICY_CALLS_H
#define SECMON_CAPTURE_POLICY_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/events.h"

enum { CALL_EVENTS_MAX = 24, CALL_ARGS_MAX = 12 };

/* What an argument of a call is to us. */
enum call_arg_kind {
	CALL_NONE,
	CALL_S32,
	CALL_U32,
	CALL_S64,
	CALL_U64,
	CALL_TEXT,  /* text as the caller gave it */
	CALL_PATH,  /* of the file that was reached */
	CALL_FD,    /* a descriptor: field is its number, file its path */
	CALL_SOCK,  /* both ends of a socket: fd.* */
	CALL_ADDR,  /* an address asked for: the other end */
	CALL_LADDR, /* the same: our end */
	CALL_CALL,  /* which system call it is */
	CALL_CONST  /* always value */
};

struct call_arg {
	uint8_t index;
	uint8_t kind; /* enum call_arg_kind */
	uint16_t field;
	uint16_t file;
	int32_t value;
};

enum call_when { CALL_ANY, CALL_DONE, CALL_DIR, CALL_NODIR, CALL_TRUNC, CALL_TCP };

struct call {
	const char *name;
	uint8_t when;	 /* enum call_when */
	bool syscall;	 /* the result is its own */
	bool all;	 /* every system call that has an event of its own */
	const char *sys; /* a system call that has none: its name, "" for all of those */
	uint16_t events[CALL_EVENTS_MAX]; /* 0-ended */
	struct call_arg args[CALL_ARGS_MAX];
};

/*
 * call_function(name, from): the next line for a function, from *from on; NULL if there is none
 * left. call_function_name(i): the names, for hints; NULL at the end.
 */
const struct call *call_function(const char *name, size_t *from);
const char *call_function_name(size_t i);

/*
 * call_syscall(name): a system call by its name, with or without "sys_", "__x64_sys_"
 * and the like; NULL if this machine has none of that name.
 */
const struct call *call_syscall(const char *name);

/* call_syscalls(n): those that have events of their own; *n is their number. */
const struct call *call_syscalls(size_t *n);

/* call_others(): all system calls that have no event of their own, as one. */
const struct call *call_others(void);

/*
 * call_traced(c, enter): a system call as the tracepoints syscalls/sys_enter_NAME and
 * syscalls/sys_exit_NAME number its arguments. NULL if there are too many.
 */
const struct call *call_traced(const struct call *c, bool enter);

/* call_tracepoint(subsystem, event, i): number i of what a tracepoint is; NULL behind the last. */
const struct call *call_tracepoint(const char *subsystem, const char *event, size_t i);

/* call_arg(c, index): how that argument is compared, or NULL. */
const struct call_arg *call_arg(const struct call *c, unsigned int index);

/* call_is_syscall(name): whether the name is written as that of a system call. */
bool call_is_syscall(const char *name);

#endif
