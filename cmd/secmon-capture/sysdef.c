// SPDX-License-Identifier: BSD-2-Clause
/* The table of system calls. */
#include "sysdef.h"

#include "common/compat.h"

#define OPS(...)  .ops = { __VA_ARGS__ }
#define ARGS(...) .args = { __VA_ARGS__ }
#define OP(k, x, y)                                                                                \
	{                                                                                          \
		.kind = OP_##k, .a = x, .b = y                                                     \
	}
#define ARG(x, k, i)                                                                               \
	{                                                                                          \
		.arg = A_##x, .kind = SA_##k, .index = i                                           \
	}
#define SYSCALL(ev, n64, n32, generic, descriptor, ...)                                            \
	{ .event = EV_##ev, .nr = { n64, n32, generic }, .fd = descriptor, __VA_ARGS__ },

static const struct sysdef table[] = {
#include "sysdef.def"
};

/* <linux/net.h>: calls by the number that socketcall(2) gives them */
static const uint16_t socketcalls[] = {
	[1] = EV_SOCKET,    [2] = EV_BIND,	 [3] = EV_CONNECT,   [4] = EV_LISTEN,
	[5] = EV_ACCEPT,    [8] = EV_SOCKETPAIR, [9] = EV_SEND,	     [10] = EV_RECV,
	[11] = EV_SENDTO,   [12] = EV_RECVFROM,	 [13] = EV_SHUTDOWN, [14] = EV_SETSOCKOPT,
	[16] = EV_SENDMSG,  [17] = EV_RECVMSG,	 [18] = EV_ACCEPT4,  [19] = EV_RECVMMSG,
	[20] = EV_SENDMMSG,
};

const struct sysdef *sysdef_table(size_t *n)
{
	*n = nitems(table);
	return table;
}

const struct sysdef *sysdef_find(unsigned int event)
{
	for (size_t i = 0; i < nitems(table); i++)
		if (table[i].event == event)
			return &table[i];
	return NULL;
}

const struct sysarg *sysdef_arg(const struct sysdef *d, unsigned int index)
{
	for (size_t i = 0; i < SYSARGS_MAX && d->args[i].kind; i++)
		if (d->args[i].index == index && d->args[i].kind != SA_DEV &&
		    d->args[i].kind != SA_INO && d->args[i].kind != SA_RESULT)
			return &d->args[i];
	return NULL;
}

bool sysarg_wide(unsigned int kind)
{
	switch (kind) {
	case SA_OPEN:
	case SA_CREATMODE:
	case SA_MODE:
	case SA_SOCKTYPE:
	case SA_FDFLAGS:
	case SA_ATFLAGS:
	case SA_DELMOD:
	case SA_FCNTL:
	case SA_PIDFD:
		return false;
	default:
		return true;
	}
}

#if defined(__x86_64__)
/* Calls that x32 has under numbers of its own: those whose structures differ. */
static const struct {
	int16_t nr64, x32;
} x32_numbers[] = {
	{ 59, 520 },  { 45, 517 },  { 46, 518 },  { 47, 519 }, { 101, 521 }, { 307, 538 },
	{ 299, 537 }, { 310, 539 }, { 311, 540 }, { 54, 541 }, { 322, 545 },
};

int sysdef_nr(const struct sysdef *d, unsigned int abi)
{
	int nr = d->nr[SYSDEF_X86_64];

	if (abi == ABI_32)
		return d->nr[SYSDEF_I386];
	for (size_t i = 0; abi == ABI_X32 && i < nitems(x32_numbers); i++)
		if (x32_numbers[i].nr64 == nr)
			return x32_numbers[i].x32;
	return nr;
}
#elif defined(__aarch64__)
int sysdef_nr(const struct sysdef *d, unsigned int abi)
{
	return abi == ABI_64 ? d->nr[SYSDEF_GENERIC] : -1;
}
#else
#error "no system call numbers for this architecture yet"
#endif

unsigned int sysdef_socketcall(const struct sysdef *d)
{
	for (unsigned int i = 1; i < nitems(socketcalls); i++)
		if (socketcalls[i] == d->event)
			return i;
	return 0;
}
