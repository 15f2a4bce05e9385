/* SPDX-License-Identifier: BSD-2-Clause */
/* What exception.c and exception_text.c share. */
#ifndef MATCH_EXCEPTION_IMPL_H
#define MATCH_EXCEPTION_IMPL_H

#include <stdbool.h>

/* exception_op_wants_list(text): in, pmatch, intersects, and any with a modifier. */
bool exception_op_wants_list(const char *text);

#endif
