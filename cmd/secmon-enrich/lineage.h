/* SPDX-License-Identifier: BSD-2-Clause */
/* Ancestors of a process, its session and its group. */
#ifndef ENRICH_LINEAGE_H
#define ENRICH_LINEAGE_H

#include "blob.h"
#include "world.h"

enum {
	LINEAGE_MAX = 64,    /* ancestors told */
	LINEAGE_BYTES = 8192 /* of one field; what would exceed it is left out */
};

/*
 * lineage_write(world, p, w, marks): proc.aname and the other lists of ancestors (parent
 * first, each ending where a value is not known), what is told of the parent
 * alone, and the leaders of p's session and process group.
 */
void lineage_write(struct world *world, struct proc *p, struct wire *w, struct marks *marks);

#endif
