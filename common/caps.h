/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of capabilities and their names. On the wire thread.cap_* are the kernel's bit sets. */
#ifndef COMMON_CAPS_H
#define COMMON_CAPS_H

#include <stddef.h>
#include <stdint.h>

enum { CAPS_TEXT_MAX = 1024 }; /* all names, with blanks between them, fit */

/* caps_mask(s, len): the set that a text "CAP_CHOWN CAP_KILL" names; unknown names are left out. */
uint64_t caps_mask(const char *s, size_t len);

/* caps_text(mask, buf): the names of a set, not terminated; their length. Others are left out. */
size_t caps_text(uint64_t mask, char buf[CAPS_TEXT_MAX]);

#endif
