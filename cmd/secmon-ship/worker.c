// SPDX-License-Identifier: BSD-2-Clause
/* What can only wait by stopping, on a thread of its own. */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmd/secmon-ship/io.h"
#include "cmd/secmon-ship/worker.h"

struct worker {
	struct io finished; /* an eventfd */
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct work *todo, *done; /* under the lock */
};

static void push(struct work **list, struct work *w)
{
	while (*list)
		list = &(*list)->next;
	w->next = NULL;
	*list = w;
}

static struct work *take(struct work **list)
{
	struct work *w = *list;

	if (w)
		*list = w->next;
	return w;
}

static void *thread(void *arg)
{
	static const uint64_t one = 1;
	struct worker *x = arg;

	for (;;) {
		struct work *w;

		pthread_mutex_lock(&x->lock);
		while (!(w = take(&x->todo)))
			pthread_cond_wait(&x->changed, &x->lock);
		pthread_mutex_unlock(&x->lock);
		w->run(w);
		pthread_mutex_lock(&x->lock);
		push(&x->done, w);
		pthread_cond_broadcast(&x->changed);
		pthread_mutex_unlock(&x->lock);
		while (write(x->finished.fd, &one, sizeof(one)) == -1 && errno == EINTR)
			;
	}
	return NULL;
}

static struct work *next_done(struct worker *x)
{
	struct work *w;

	pthread_mutex_lock(&x->lock);
	w = take(&x->done);
	if (w)
		w->under_way = false;
	pthread_mutex_unlock(&x->lock);
	return w;
}

static void on_finished(struct io *io, uint32_t events)
{
	struct worker *x = (struct worker *)io;
	struct work *w;
	uint64_t n;

	if (read(io->fd, &n, sizeof(n)) == -1)
		return;
	while ((w = next_done(x)))
		if (!w->cancelled)
			w->done(w);
}

struct worker *worker_new(void)
{
	struct worker *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->changed, NULL);
	x->finished =
		(struct io){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ready = on_finished };
	if (x->finished.fd != -1 && io_want(&x->finished, EPOLLIN) == 0)
		return x;
	free(x);
	return NULL;
}

static int start_thread(struct worker *x)
{
	pthread_t id;
	int error;

	if (x->running)
		return 0;
	error = pthread_create(&id, NULL, thread, x);
	if (error) {
		errno = error;
		return -1;
	}
	pthread_detach(id);
	x->running = true;
	return 0;
}

int worker_start(struct worker *x, struct work *w)
{
	if (start_thread(x) == -1)
		return -1;
	w->cancelled = false;
	pthread_mutex_lock(&x->lock);
	w->under_way = true;
	push(&x->todo, w);
	pthread_cond_broadcast(&x->changed);
	pthread_mutex_unlock(&x->lock);
	return 0;
}

static bool remove_from(struct work **list, struct work *w)
{
	while (*list && *list != w)
		list = &(*list)->next;
	if (!*list)
		return false;
	*list = w->next;
	return true;
}

void worker_cancel(struct worker *x, struct work *w)
{
	pthread_mutex_lock(&x->lock);
	w->cancelled = true;
	while (w->under_way && !remove_from(&x->todo, w) && !remove_from(&x->done, w))
		pthread_cond_wait(&x->changed, &x->lock);
	w->under_way = false;
	pthread_mutex_unlock(&x->lock);
}
