// SPDX-License-Identifier: BSD-2-Clause
/* The tables of event codes and system calls as C. */
#include "cmd/secmon-capture/scap_event.h"

#include "common/compat.h"
#include "common/events.h"

const struct scap_code_info scap_codes[SCAP_CODES] = {
#define ENTER					SCAP_F_ENTER
#define EXIT					SCAP_F_EXIT
#define OLD					SCAP_F_OLD
#define UNUSED					SCAP_F_UNUSED
#define MANAGED					SCAP_F_MANAGED
#define LARGE					SCAP_F_LARGE
#define USES					SCAP_F_USES
#define CREATES					SCAP_F_CREATES
#define READS					SCAP_F_READS
#define WRITES					SCAP_F_WRITES
#define SCAP_EVENT(code, sym, ev, n, fd, flags) [code] = { EV_##ev, flags, n, fd },
#include "cmd/secmon-capture/scap_events.def"
#undef SCAP_EVENT
};

#define SCAP_EVENT(code, sym, ev, n, fd, flags) static_assert((n) <= SCAP_PARAMS, #sym);
#include "cmd/secmon-capture/scap_events.def"
#undef SCAP_EVENT

const char *scap_syscall(unsigned int nr)
{
	static const char *const names[] = {
#define SCAP_SYSCALL(nr, name) [nr] = name,
#include "cmd/secmon-capture/scap_syscalls.def"
#undef SCAP_SYSCALL
	};

	return nr < nitems(names) ? names[nr] : NULL;
}
