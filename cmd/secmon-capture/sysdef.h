/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of system calls (sysdef.def) as C. */
#ifndef SECMON_CAPTURE_SYSDEF_H
#define SECMON_CAPTURE_SYSDEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"
#include "common/events.h"

enum {
	FD_NONE = 0xfe,
	FD_RES = ITEM_RES,
	SYSARGS_MAX = 8, /* arguments of an event */
	SYSCALL_ARGS = 6 /* of a system call */
};

/* How an argument of an event comes from argument index of the call. */
enum sysarg_kind {
	SA_END,
	SA_S32,
	SA_U32,
	SA_S64,
	SA_U64,
	SA_FD,	      /* descriptor; its name, if it is not the one of fd.* */
	SA_DIRFD,     /* directory that the next path begins at */
	SA_PATH,      /* path as given */
	SA_NAME,      /* the same, and it is fs.path.name */
	SA_SOURCE,    /* ... fs.path.source */
	SA_TARGET,    /* ... fs.path.target */
	SA_STR,	      /* text */
	SA_OPEN,      /* flags of open */
	SA_CREATMODE, /* the mode behind those flags, if they make a file */
	SA_HOWFLAGS,
	SA_HOWMODE,
	SA_HOWRESOLVE, /* out of struct open_how */
	SA_MODE,       /* permissions */
	SA_CREAT,      /* layer of the file made by creat */
	SA_DEV,
	SA_INO,	    /* of the file that was opened */
	SA_REACHED, /* its path */
	SA_CHDIR,   /* path to a new working directory, which is told as proc.cwd */
	SA_NEWCWD,  /* the same, of a descriptor */
	SA_RESULT,  /* the result, if it is not an error */
	SA_BUF0,
	SA_BUF1,
	SA_BUF2,
	SA_BUF3,
	SA_BUF4,
	SA_BUF5,  /* 32-bit words of a buffer */
	SA_BYTES, /* bytes of a buffer */
	SA_LONG0,
	SA_LONG1,
	SA_LONG2,
	SA_LONG3, /* 64-bit words of it */
	SA_CAPI,
	SA_CAPP,
	SA_CAPE,  /* out of the data of capset */
	SA_ADDR,  /* socket address as given */
	SA_TUPLE, /* both ends of the socket of fd.* */
	SA_SOCKTYPE,
	SA_SOCKLEVEL, /* level and name of a socket's option */
	SA_SOCKOPT,
	SA_SOCKVAL,  /* its value: a number, a time in ns, or bytes */
	SA_QUEUEPCT, /* how full the queue of a listening socket is */
	SA_PAIRINO,  /* inode of a pipe */
	SA_PAIRSOCK, /* both ends of a pair of sockets, as numbers */
	SA_PAIRPEER,
	SA_FSTEXT,  /* value of a file system's parameter, if it is text */
	SA_FSBYTES, /* ... or bytes */
	SA_PRCTLSTR,
	SA_PRCTLINT,
	SA_FDFLAGS, /* O_CLOEXEC and O_NONBLOCK under any of their names */
	/* flags and commands in the stream's coding (flagmap.h) */
	SA_ATFLAGS,
	SA_CLONE,
	SA_DELMOD,
	SA_FCNTL,
	SA_MMAP,
	SA_PIDFD,
	SA_PTRACE,
	SA_URING,
};

struct sysarg {
	uint16_t arg; /* enum arg_id */
	uint8_t kind; /* enum sysarg_kind */
	uint8_t index;
};

struct sysdef {
	uint16_t event; /* enum event_id */
	int16_t nr[3];	/* x86-64, i386, generic */
	uint8_t fd;	/* item that fd.* are about */
	struct op ops[OPS_MAX];
	struct sysarg args[SYSARGS_MAX];
};

enum { SYSDEF_X86_64, SYSDEF_I386, SYSDEF_GENERIC };

/* sysdef_table(n): all lines; *n is their number. */
const struct sysdef *sysdef_table(size_t *n);

/* sysdef_find(event): the first line for that event, or NULL. */
const struct sysdef *sysdef_find(unsigned int event);

/* sysdef_arg(d, index): how argument index of the call is told, or NULL. */
const struct sysarg *sysdef_arg(const struct sysdef *d, unsigned int index);

/* sysarg_wide(kind): whether the kernel looks at all 64 bits of such an argument. */
bool sysarg_wide(unsigned int kind);

/*
 * sysdef_socketcall(d): what socketcall(2), which 32-bit callers have, calls
 * this, or 0. The kernel side has it in the table as SOCKETCALL_BASE + that.
 */
unsigned int sysdef_socketcall(const struct sysdef *d);

/* sysdef_nr(d, abi): number of the call for callers of that enum record_abi here, or -1. */
int sysdef_nr(const struct sysdef *d, unsigned int abi);

#endif
