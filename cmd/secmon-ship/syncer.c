// SPDX-License-Identifier: BSD-2-Clause
/* fdatasync where it delays nobody. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/syncer.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct sync_job *todo, *done;	/* under the lock */

static void on_finished(struct io *io, uint32_t events);
static struct io finished = { .fd = -1, .ready = on_finished };

static void push(struct sync_job **list, struct sync_job *job)
{
	while (*list)
		list = &(*list)->next;
	job->next = NULL;
	*list = job;
}

static void work(struct sync_job *job)
{
	static const uint64_t one = 1;
	int error = fdatasync(job->fd) == -1 ? errno : 0;

	/* pipes and terminals have nothing to sync */
	job->error = error == EINVAL || error == EROFS ? 0 : error;
	close(job->fd);
	pthread_mutex_lock(&lock);
	push(&done, job);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	while (write(finished.fd, &one, sizeof(one)) == -1 && errno == EINTR)
		;
}

static void *thread(void *arg)
{
	for (;;) {
		struct sync_job *job;

		pthread_mutex_lock(&lock);
		while (!todo)
			pthread_cond_wait(&changed, &lock);
		job = todo;
		todo = job->next;
		pthread_mutex_unlock(&lock);
		work(job);
	}
	return NULL;
}

static struct sync_job *take_done(void)
{
	struct sync_job *job;

	pthread_mutex_lock(&lock);
	job = done;
	if (job) {
		done = job->next;
		job->under_way = false;
	}
	pthread_mutex_unlock(&lock);
	return job;
}

static void on_finished(struct io *io, uint32_t events)
{
	struct sync_job *job;
	uint64_t n;

	if (read(io->fd, &n, sizeof(n)) == -1)
		return;
	while ((job = take_done()))
		if (!job->cancelled)
			job->done(job, job->error);
}

int syncer_open(void)
{
	if (finished.fd != -1)
		return 0;
	finished.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return finished.fd == -1 ? -1 : io_want(&finished, EPOLLIN);
}

/* Started by the first job, not before: Landlock holds only threads that are born behind it. */
static bool thread_runs(void)
{
	static bool runs;
	pthread_t id;

	if (!runs && pthread_create(&id, NULL, thread, NULL) == 0) {
		pthread_detach(id);
		runs = true;
	}
	return runs;
}

void syncer_start(struct sync_job *job, int fd)
{
	job->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	job->cancelled = false;
	job->under_way = true;
	if (!thread_runs()) {
		work(job);
		return;
	}
	pthread_mutex_lock(&lock);
	push(&todo, job);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static bool is_done(const struct sync_job *job)
{
	for (const struct sync_job *j = done; j; j = j->next)
		if (j == job)
			return true;
	return false;
}

static void remove_done(struct sync_job *job)
{
	struct sync_job **p = &done;

	while (*p && *p != job)
		p = &(*p)->next;
	if (*p)
		*p = job->next;
}

void syncer_cancel(struct sync_job *job)
{
	pthread_mutex_lock(&lock);
	job->cancelled = true;
	while (job->under_way && !is_done(job))
		pthread_cond_wait(&changed, &lock);
	remove_done(job);
	job->under_way = false;
	pthread_mutex_unlock(&lock);
}
