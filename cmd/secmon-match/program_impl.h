/* SPDX-License-Identifier: BSD-2-Clause */
/* Making nodes: shared by program.c and node.c. Not for others. */
#ifndef MATCH_PROGRAM_IMPL_H
#define MATCH_PROGRAM_IMPL_H

#include "cmd/secmon-match/program.h"

/* Each returns the number of a node, perhaps one that was there, or -1 with ENOMEM. */
long node_leaf(struct program *p, enum node_kind kind);
long node_pred(struct program *p, uint32_t pred);

/* node_join(p, kind, kids, n): NOT, AND or OR of kids, folded where it can be. Reorders kids. */
long node_join(struct program *p, enum node_kind kind, uint32_t *kids, uint32_t n);

/* pred_new(p), slot_new(p, e): room for one more; NULL or -1 with ENOMEM. */
struct pred *pred_new(struct program *p);
long slot_new(struct program *p, const struct expr *e);

#endif
