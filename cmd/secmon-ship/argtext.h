/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of events as people know them: O_RDONLY|O_CLOEXEC, ENOENT, 0644. */
#ifndef SHIP_ARGTEXT_H
#define SHIP_ARGTEXT_H

#include "cmd/secmon-ship/buf.h"
#include "common/events.h"
#include "common/pull.h"

/*
 * argtext(b, param, v): the text of a number. False, with nothing written, if the
 * number is its own best text.
 */
bool argtext(struct buf *b, const struct param *param, const struct value *v);

#endif
