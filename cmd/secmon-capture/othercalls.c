// SPDX-License-Identifier: BSD-2-Clause
/* System calls that have no event of their own. */
#include "othercalls.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "sysdef.h"

/* the names of all numbers, asked for once: the list behind them is searched from its start */
static const char *names[ABI_COUNT][RECORD_NR_MAX];

static uint32_t arch(unsigned int abi)
{
	if (abi == ABI_64)
		return SCMP_ARCH_NATIVE;
#ifdef __x86_64__
	return abi == ABI_32 ? SCMP_ARCH_X86 : SCMP_ARCH_X32;
#else
	return SCMP_ARCH_ARM;
#endif
}

static void ask_names(void)
{
	static bool asked;

	for (unsigned int abi = 0; !asked && abi < ABI_COUNT; abi++)
		for (unsigned int nr = 0; nr < RECORD_NR_MAX; nr++)
			names[abi][nr] = seccomp_syscall_resolve_num_arch(
				arch(abi), abi == ABI_X32 ? (int)(nr | 0x40000000) : (int)nr);
	asked = true;
}

const char *othercalls_name(unsigned int abi, unsigned int nr)
{
	ask_names();
	return abi < ABI_COUNT && nr < RECORD_NR_MAX ? names[abi][nr] : NULL;
}

/* numbers that have events of their own, and those by which processes come and go */
static void set_own(uint64_t own[ABI_COUNT][RECORD_NR_MAX / 64])
{
	static const char *const life[] = { "clone", "clone3",	   "fork",	"vfork",
					    "exit",  "exit_group", "socketcall" };
	size_t n;
	const struct sysdef *d = sysdef_table(&n);

	for (unsigned int abi = 0; abi < ABI_COUNT; abi++) {
		for (size_t i = 0; i < n; i++) {
			int nr = sysdef_nr(&d[i], abi);

			if (nr >= 0 && nr < RECORD_NR_MAX)
				own[abi][nr / 64] |= 1ULL << nr % 64;
		}
		for (unsigned int nr = 0; nr < RECORD_NR_MAX; nr++)
			for (size_t i = 0; names[abi][nr] && i < nitems(life); i++)
				if (!strcmp(names[abi][nr], life[i]))
					own[abi][nr / 64] |= 1ULL << nr % 64;
	}
}

/* whether a selector may want the call of that name */
static bool may_want(const struct plan_selector *s, const char *name)
{
	for (size_t i = 0; i < s->npreds; i++) {
		const struct plan_pred *p = &s->preds[i];
		bool named = false;

		if (p->field != F_ARGTEXT(A_SYSCALL_ID))
			continue;
		for (size_t t = 0; t < p->nterms; t++)
			named |= p->terms[t].kind == PLAN_EQUAL &&
				 p->terms[t].len == strlen(name) &&
				 !memcmp(p->terms[t].text, name, p->terms[t].len);
		if (named == p->negated)
			return false;
	}
	return true;
}

static bool wanted(const struct plan *plan, const char *name)
{
	if (!plan)
		return true;
	for (size_t i = 0; i < plan->nselectors; i++)
		if (plan_has_event(&plan->selectors[i], EV_SYSCALL) &&
		    may_want(&plan->selectors[i], name))
			return true;
	return false;
}

bool othercalls_wanted(const struct plan *plan, uint64_t calls[ABI_COUNT][RECORD_NR_MAX / 64])
{
	static uint64_t own[ABI_COUNT][RECORD_NR_MAX / 64];
	bool any = false;

	ask_names();
	set_own(own);
	memset(calls, 0, sizeof(own));
	if (plan && !plan_wants_type(plan, EV_SYSCALL))
		return false;
	for (unsigned int abi = 0; abi < ABI_COUNT; abi++)
		for (unsigned int nr = 0; nr < RECORD_NR_MAX; nr++)
			if (names[abi][nr] && !(own[abi][nr / 64] >> nr % 64 & 1) &&
			    wanted(plan, names[abi][nr])) {
				calls[abi][nr / 64] |= 1ULL << nr % 64;
				any = true;
			}
	return any;
}
