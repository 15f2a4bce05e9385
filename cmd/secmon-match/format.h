/* SPDX-License-Identifier: BSD-2-Clause */
/* Output formats: "file %fd.name opened by %proc.name". */
#ifndef MATCH_FORMAT_H
#define MATCH_FORMAT_H

#include "cmd/secmon-match/expr.h"
#include "common/wire.h"

struct format;

/*
 * format_compile(text, arena, err): the format, in arena, or NULL with err (start
 * and end in bytes of text) and EINVAL, or ENOMEM. A star in front of text
 * means: print <NA> for what has no value. Without it the text ends there.
 */
struct format *format_compile(const char *text, struct arena *arena, struct check_error *err);

/*
 * format_extra(f, key, text, arena, err): one more member of alert.fields: the value
 * of the field key, or, called key, what text says. -1 as format_compile.
 */
int format_extra(struct format *f, const char *key, const char *text, struct arena *arena,
		 struct check_error *err);

/* format_always(f): as if the star was there. */
void format_always(struct format *f);

/*
 * format_text(f, x, len): the text for the event of x, in its scratch; NULL if it
 * does not fit. *whole is false if it ended at a missing value. whole may be NULL.
 */
const char *format_text(const struct format *f, struct xctx *x, uint32_t *len, bool *whole);

/* format_map(f, x, w): the fields as field alert.fields of w, evt.time always among them. */
void format_map(const struct format *f, struct xctx *x, struct wire *w);

#endif
