/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdatasync where it delays nobody. The one thread beside the loop's: Linux has
 * no other way to wait for a disk without stopping. It touches nothing but the
 * job it was given, and exists only if a sink has fsync: always.
 */
#ifndef SHIP_SYNCER_H
#define SHIP_SYNCER_H

#include <stdbool.h>

struct sync_job {
	void (*done)(struct sync_job *job, int error);	/* on the loop's thread; errno or 0 */
	struct sync_job *next;
	int fd;		/* the job's own duplicate */
	int error;
	bool under_way, cancelled;
};

/* syncer_open(): start the thread, before the sandbox. Again: nothing. 0, or -1 with errno. */
int syncer_open(void);

/* syncer_start(job, fd): have fd written to its disk; job must stay until done. */
void syncer_start(struct sync_job *job, int fd);

/* syncer_cancel(job): wait until the job is over; done is not called. */
void syncer_cancel(struct sync_job *job);

#endif
