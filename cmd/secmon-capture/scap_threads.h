/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread table of a .scap reader. */
#ifndef SECMON_CAPTURE_SCAP_THREADS_H
#define SECMON_CAPTURE_SCAP_THREADS_H

#include "cmd/secmon-capture/scap_world.h"

/* thread_find(w, tid): the thread, or NULL. */
struct scap_thread *thread_find(const struct scap_world *w, int64_t tid);

/*
 * thread_new(w, tid, pid, ptid): a thread with nothing known but that, in the
 * table; one that had its tid before is gone. NULL when the table is full.
 */
struct scap_thread *thread_new(struct scap_world *w, int64_t tid, int64_t pid, int64_t ptid);

/* thread_placeholder(w, tid): a thread of which nothing is known. NULL when full. */
struct scap_thread *thread_placeholder(struct scap_world *w, int64_t tid);

/* thread_name_unknown(w, t): give it the name of those that have none. */
void thread_name_unknown(struct scap_world *w, struct scap_thread *t);

/* thread_from_list(w, p): an entry of the process list. */
struct scap_thread *thread_from_list(struct scap_world *w, const struct scap_proc *p);

/* thread_free(w, t): take it out of the table and forget it. */
void thread_free(struct scap_world *w, struct scap_thread *t);

/* thread_set_pid(w, t, pid): it is of another process now. False when memory is short. */
bool thread_set_pid(struct scap_world *w, struct scap_thread *t, int64_t pid);

/* thread_set_parent(w, t, ptid): it has another parent now. */
void thread_set_parent(struct scap_world *w, struct scap_thread *t, int64_t ptid);

/* thread_main(t): the main thread of its process; NULL if that one is not known. */
struct scap_thread *thread_main(const struct scap_thread *t);

/* thread_parent(w, t): the main thread of the parent process; NULL if not known. */
struct scap_thread *thread_parent(const struct scap_world *w, const struct scap_thread *t);

/* thread_children(w, tid, prev): iterate the threads whose parent is tid; NULL begins and ends. */
struct scap_thread *thread_children(const struct scap_world *w, int64_t tid,
				    const struct scap_thread *prev);

/* thread_in_pidns(t): it is in a pid namespace of its own. */
static inline bool thread_in_pidns(const struct scap_thread *t)
{
	return (t->flags & CL_CHILD_IN_PIDNS) || (t->vtid != -1 && t->tid != t->vtid);
}

/* thread_touch(t): something of its own description has changed. */
void thread_touch(struct scap_thread *t);

/* thread_touch_name(w, t): something that is told of others, too: comm, exe, pid, args. */
void thread_touch_name(struct scap_world *w, struct scap_thread *t);

/* thread_fds(t): the descriptors of its process, or NULL. */
static inline struct scap_fdtable *thread_fds(const struct scap_thread *t)
{
	struct scap_thread *m = thread_main(t);

	return m ? &m->fds : NULL;
}

#endif
