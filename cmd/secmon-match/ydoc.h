/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A YAML file as a tree with positions.
 *
 * Scalars are text, never numbers or booleans; of equal keys the first
 * stands; an alias is the very node it names, so a tree that doubles itself
 * a hundred times costs a hundred nodes; "<<" is an ordinary key.
 */
#ifndef MATCH_YDOC_H
#define MATCH_YDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/source.h"

enum ynode_kind { YNODE_NULL, YNODE_SCALAR, YNODE_SEQ, YNODE_MAP };

struct ypair {
	const struct ynode *key, *value;
};

struct ynode {
	uint8_t kind;	       /* enum ynode_kind */
	bool quoted;	       /* 'x' or "x" or a block: never null */
	uint8_t style;	       /* how a scalar was written, libyaml's numbers */
	uint32_t n;	       /* elements of a sequence, pairs of a map */
	uint32_t start, end;   /* bytes of the file */
	uint32_t line, column; /* of start, from 1 */
	uint32_t len;	       /* of text */
	const char *text;      /* of a scalar, NUL-terminated; may hold NULs */
	union {
		const struct ynode **items;
		struct ypair *pairs;
	};
	const struct rulefile *file;
};

/* ynode_get(map, key): the value of the first such key, or NULL. */
const struct ynode *ynode_get(const struct ynode *map, const char *key);

struct ydoc_error {
	char text[256];
	struct place place;
};

/*
 * ydoc_parse(file, arena, &docs, &n, err): all documents of the file; one that is
 * empty is a YNODE_NULL. -1 with errno EINVAL and err filled if it is not YAML, too deep or too big
 * (then docs holds what came before), ENOMEM. libyaml does the reading.
 */
int ydoc_parse(const struct rulefile *file, struct arena *arena, const struct ynode ***docs,
	       size_t *n, struct ydoc_error *err);

/* ynode_place(n, i, place): where byte i of a scalar's text was written, whatever its style. */
void ynode_place(const struct ynode *n, size_t i, struct place *place);

#endif
