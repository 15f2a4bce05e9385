/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that make, change and end processes, as changes of the table. */
#ifndef ENRICH_LIFE_H
#define ENRICH_LIFE_H

#include "common/event.h"
#include "view.h"
#include "world.h"

/* life_is(type): whether events of that type may change the table. */
bool life_is(unsigned int type);

/* life_before(w, p, v, e): what must be known before p's event itself gets its fields. */
void life_before(struct world *w, struct proc *p, const struct view *v, const struct event *e);

/* life_after(w, p, v, e): what is so only after it: an exit. */
void life_after(struct world *w, struct proc *p, const struct view *v, const struct event *e);

#endif
