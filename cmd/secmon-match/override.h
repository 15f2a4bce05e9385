/* SPDX-License-Identifier: BSD-2-Clause */
/* The "override:" map of an item. */
#ifndef MATCH_OVERRIDE_H
#define MATCH_OVERRIDE_H

#include "cmd/secmon-match/loader.h"

/* Which keys of an item may be overridden, and which of them were. */
struct override_key {
	const char *key;
	bool can_append;
	enum { OVERRIDE_NONE, OVERRIDE_APPEND, OVERRIDE_REPLACE } how;
};

/*
 * override_read(l, s, item, keys, n, &old_append): fill keys[].how. Returns
 * how many keys are overridden (0: the item is an ordinary one) or -1. old_append:
 * the item says "append: true".
 */
int override_read(struct loader *l, const struct subject *s, const struct ynode *item,
		  struct override_key *keys, size_t n, bool *old_append);

#endif
