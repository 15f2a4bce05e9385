/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of the kernel as names. */
#ifndef MATCH_FLAGS_H
#define MATCH_FLAGS_H

#include <stdbool.h>

#include "cmd/secmon-match/scratch.h"
#include "common/events.h"

/* errno_name(n): "ENOENT"; "UNKNOWN" for what the C library does not know. */
const char *errno_name(int64_t n);

/* flags_text(t, set, v): names joined by |; returns false and adds nothing if none fits. */
bool flags_text(struct text_out *t, enum flagset set, uint64_t v);

/* mode_text(t, set, v): the same, where every bit counts for itself. */
bool mode_text(struct text_out *t, enum flagset set, uint64_t v);

/* enum_text(t, set, v): the one name of v; false if it has none. */
bool enum_text(struct text_out *t, enum flagset set, uint64_t v);

/* signal_text(t, sig): "SIGKILL"; false if there is no such signal. */
bool signal_text(struct text_out *t, unsigned int sig);

#endif
