/* SPDX-License-Identifier: BSD-2-Clause */
/* fdatasync where it delays nobody: one worker for all files and spools. */
#ifndef SHIP_SYNCER_H
#define SHIP_SYNCER_H

#include "cmd/secmon-ship/worker.h"

struct sync_job {
	struct work work;
	void (*done)(struct sync_job *job, int error); /* on the loop's thread; errno or 0 */
	int fd;					       /* the job's own duplicate */
	int error;
};

/* syncer_open(): before anything else here. Again: nothing. 0, or -1 with errno. */
int syncer_open(void);

/* syncer_start(job, fd): have fd written to its disk; job stays until done. 0, or -1 and errno. */
int syncer_start(struct sync_job *job, int fd);

/* syncer_cancel(job): wait until the job is over, if there is one; done is not called. */
void syncer_cancel(struct sync_job *job);

#endif
