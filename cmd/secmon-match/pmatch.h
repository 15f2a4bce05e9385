/* SPDX-License-Identifier: BSD-2-Clause */
/* pmatch: is one of many paths the beginning of this one, by components. */
#ifndef MATCH_PMATCH_H
#define MATCH_PMATCH_H

#include <stdbool.h>
#include <stddef.h>

struct pmatch;

/* pmatch_new(): empty. NULL with ENOMEM. */
struct pmatch *pmatch_new(void);
void pmatch_free(struct pmatch *p);

/* pmatch_add(p, path, len): components may hold * ? [ ]. -1 with ENOMEM. */
int pmatch_add(struct pmatch *p, const char *path, size_t len);

/* pmatch_match(p, path, len): whether some path added is a prefix of it. */
bool pmatch_match(const struct pmatch *p, const char *path, size_t len);

#endif
