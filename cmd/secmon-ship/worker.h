/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can only wait by stopping, on a thread of its own: fdatasync, and libraries
 * that block. Such a thread touches nothing but the work that it was given, and
 * begins with the first one, so that it lives in the sandbox.
 */
#ifndef SHIP_WORKER_H
#define SHIP_WORKER_H

#include <stdbool.h>

struct worker;

/* Embedded in what is worked on; stays until done, or worker_cancel(). */
struct work {
	void (*run)(struct work *w);  /* on the worker's thread */
	void (*done)(struct work *w); /* on the loop's, later */
	struct work *next;
	bool under_way, cancelled;
};

/* worker_new(): NULL with errno. */
struct worker *worker_new(void);

/* worker_start(x, w): run w when what was started before it is done. 0, or -1 with errno. */
int worker_start(struct worker *x, struct work *w);

/* worker_cancel(x, w): wait until it has run, if it was started; done is not called. */
void worker_cancel(struct worker *x, struct work *w);

#endif
