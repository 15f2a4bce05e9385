/* SPDX-License-Identifier: BSD-2-Clause */
/* A field as a rule names it: name, argument, type. */
#ifndef MATCH_FIELDREF_H
#define MATCH_FIELDREF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/fields.h"

enum fieldref_arg { REF_NONE, REF_INDEX, REF_TEXT };

struct fieldref {
	const struct field *field;
	uint8_t type;	  /* enum type; of evt.rawarg.X that of the first event that has X */
	uint8_t argkind;  /* enum fieldref_arg */
	uint32_t index;	  /* REF_INDEX */
	int arg;	  /* enum arg_id of evt.arg.X and evt.rawarg.X, else -1 */
	const char *text; /* REF_TEXT: not copied, not terminated */
	uint32_t textlen;
	uint64_t *before; /* of this use of the field: a count, or the time it was last asked for */
	bool printed;	  /* its text is asked for, not a comparison */
};

/*
 * fieldref_resolve(r, name, len, arg, arglen, err, errlen): make r stand for
 * "name" or "name[arg]" (arg NULL: no brackets). The texts must live as long
 * as r. 0, or -1 with err in Falco's words.
 */
int fieldref_resolve(struct fieldref *r, const char *name, size_t len, const char *arg,
		     size_t arglen, char *err, size_t errlen);

/*
 * fieldref_longest(name, len): bytes of the longest beginning of name that is a
 * field, or a field and its dotted argument; 0 if there is none.
 */
size_t fieldref_longest(const char *name, size_t len);

/* True for a field that has several values for a comparison: in, intersects, exists only. */
bool fieldref_is_list(const struct fieldref *r);

#endif
