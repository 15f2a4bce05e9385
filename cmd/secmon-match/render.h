/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as text and as typed values of alerts. */
#ifndef MATCH_RENDER_H
#define MATCH_RENDER_H

#include "cmd/secmon-match/expr.h"
#include "common/wire.h"

/* render_text(t, v): as %field prints it. False, and nothing added, for what has no text. */
bool render_text(struct text_out *t, const struct xval *v);

/*
 * render_value(w, x, e, v): v as an item of alert.fields: a number, a bool or a
 * text; times of day as nanoseconds since the epoch.
 */
void render_value(struct wire *w, struct xctx *x, const struct expr *e, const struct xval *v);

#endif
