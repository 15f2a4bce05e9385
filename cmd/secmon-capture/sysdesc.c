// SPDX-License-Identifier: BSD-2-Clause
/* What the kernel side is told of system calls. */
#include "sysdesc.h"

#include <bpf/bpf.h>
#include <string.h>
#include <sys/mman.h>

#include "bpf/record.h"
#include "classes.h"
#include "common/compat.h"
#include "othercalls.h"
#include "sysdef.h"

bool sysdesc_wanted(const struct options *o, const struct hook_plan *hooks, const struct plan *plan,
		    uint64_t bits[RECORD_NR_MAX / 64])
{
	uint64_t others[ABI_COUNT][RECORD_NR_MAX / 64];
	bool any = false;
	size_t n;
	const struct sysdef *d = sysdef_table(&n);

	memset(bits, 0, RECORD_NR_MAX / 8);
	for (size_t i = 0; i < n; i++) {
		if (!options_event(o, d[i].event) || hook_preferred(hooks, d[i].event) ||
		    (plan && !plan_wants_type(plan, d[i].event)))
			continue;
		for (unsigned int abi = 0; abi < ABI_COUNT; abi++) {
			int nr = sysdef_nr(&d[i], abi);

			if (nr >= 0 && nr < RECORD_NR_MAX)
				bits[nr / 64] |= 1ULL << nr % 64;
		}
		if (sysdef_socketcall(&d[i]))
			bits[SOCKETCALL_NR / 64] |= 1ULL << SOCKETCALL_NR % 64;
		any = true;
	}
	if (options_event(o, EV_SYSCALL) && othercalls_wanted(plan, others)) {
		for (unsigned int abi = 0; abi < ABI_COUNT; abi++)
			for (size_t w = 0; w < RECORD_NR_MAX / 64; w++)
				bits[w] |= others[abi][w];
		any = true;
	}
	return any;
}

/* where the filter finds the flags of an open */
static uint16_t open_flags(const struct sysdef *d)
{
	for (size_t i = 0; i < SYSARGS_MAX; i++)
		if (d->args[i].kind == SA_OPEN)
			return d->args[i].index == 1 ? SYSDESC_FLAGS_1 : SYSDESC_FLAGS_2;
	return 0;
}

static int put_desc(int fd, unsigned int abi, int nr, const struct sysdesc *desc)
{
	uint32_t key = abi * RECORD_NR_MAX + (uint32_t)nr;

	if (nr < 0 || nr >= RECORD_NR_MAX)
		return 0; /* no such call for these callers */
	return bpf_map_update_elem(fd, &key, desc, BPF_ANY);
}

/* the one file that the call is about, if there is one */
static uint8_t only_file(const struct sysdesc *desc)
{
	uint8_t file = SYSDESC_NO_FILE;

	for (size_t i = 0; i < OPS_MAX; i++) {
		const struct op *op = &desc->op[i];

		if (op->kind == OP_PAIR)
			return SYSDESC_NO_FILE;
		if (op->kind != OP_FD && op->kind != OP_RESFD)
			continue;
		if (file != SYSDESC_NO_FILE || (op->kind == OP_FD && op->a > 3))
			return SYSDESC_NO_FILE;
		file = op->kind == OP_FD ? op->a : SYSDESC_RESULT;
	}
	return file;
}

/* a policy asks for all of them; nobody else can want those that make nothing executable */
static bool all_mappings(const struct plan *plan, unsigned int event)
{
	for (size_t i = 0; plan && i < plan->nselectors; i++)
		if (plan->selectors[i].policy && plan_has_event(&plan->selectors[i], event))
			return true;
	return false;
}

static void make_desc(const struct sysdef *d, const struct plan *plan, struct sysdesc *desc)
{
	*desc = (struct sysdesc){ .type = d->event };
	memcpy(desc->op, d->ops, sizeof(desc->op));
	if (class_find(d->event)->life)
		desc->flags = SYSDESC_FAILED;
	if ((d->event == EV_MMAP || d->event == EV_MMAP2 || d->event == EV_MPROTECT ||
	     d->event == EV_PKEY_MPROTECT) &&
	    !all_mappings(plan, d->event))
		desc->test_bits = PROT_EXEC;
	if (d->event == EV_SENDMMSG || d->event == EV_RECVMMSG)
		desc->flags |= SYSDESC_MESSAGES;
	desc->flags |= open_flags(d);
	desc->file = only_file(desc);
}

/* those without an event of their own: nothing is read for them */
static int fill_others(int fd, const struct plan *plan)
{
	const struct sysdesc desc = { .type = EV_SYSCALL, .file = SYSDESC_NO_FILE };
	uint64_t others[ABI_COUNT][RECORD_NR_MAX / 64];

	othercalls_wanted(plan, others);
	for (unsigned int abi = 0; abi < ABI_COUNT; abi++)
		for (int nr = 0; nr < RECORD_NR_MAX; nr++)
			if (others[abi][nr / 64] >> nr % 64 & 1 &&
			    put_desc(fd, abi, nr, &desc) == -1)
				return -1;
	return 0;
}

int sysdesc_fill(int fd, const struct options *o, const struct hook_plan *hooks,
		 const struct plan *plan)
{
	size_t n;
	const struct sysdef *d = sysdef_table(&n);
	struct sysdesc desc;

	for (size_t i = 0; i < n; i++) {
		unsigned int call = sysdef_socketcall(&d[i]);

		if (!options_event(o, d[i].event))
			continue;
		make_desc(&d[i], plan, &desc);
		if (hook_preferred(hooks, d[i].event))
			desc.flags |= SYSDESC_PREFERRED;
		for (unsigned int abi = 0; abi < ABI_COUNT; abi++)
			if (put_desc(fd, abi, sysdef_nr(&d[i], abi), &desc) == -1)
				return -1;
		if (desc.file != SYSDESC_RESULT) /* its arguments lie in the caller's memory */
			desc.file = SYSDESC_NO_FILE;
		if (call && put_desc(fd, ABI_32, (int)(SOCKETCALL_BASE + call), &desc) == -1)
			return -1;
	}
	return options_event(o, EV_SYSCALL) ? fill_others(fd, plan) : 0;
}
