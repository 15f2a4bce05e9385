// SPDX-License-Identifier: BSD-2-Clause
/* fdatasync where it delays nobody. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "cmd/secmon-ship/syncer.h"

static struct worker *worker;

static void run(struct work *w)
{
	struct sync_job *job = (struct sync_job *)w;
	int error = fdatasync(job->fd) == -1 ? errno : 0;

	/* pipes and terminals have nothing to sync */
	job->error = error == EINVAL || error == EROFS ? 0 : error;
	close(job->fd);
}

static void done(struct work *w)
{
	struct sync_job *job = (struct sync_job *)w;

	job->done(job, job->error);
}

int syncer_open(void)
{
	if (!worker)
		worker = worker_new();
	return worker ? 0 : -1;
}

int syncer_start(struct sync_job *job, int fd)
{
	job->work.run = run;
	job->work.done = done;
	job->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (job->fd == -1)
		return -1;
	if (worker_start(worker, &job->work) == 0)
		return 0;
	close(job->fd);
	return -1;
}

void syncer_cancel(struct sync_job *job)
{
	if (worker)
		worker_cancel(worker, &job->work);
}
