/* SPDX-License-Identifier: BSD-2-Clause */
/* What events change: the state machine of a .scap reader. */
#ifndef SECMON_CAPTURE_SCAP_PROC_H
#define SECMON_CAPTURE_SCAP_PROC_H

#include "cmd/secmon-capture/scap_convert.h"
#include "cmd/secmon-capture/scap_world.h"

/* An event with what it is about. */
struct scap_actor {
	const struct scap_event *e;
	const struct scap_code_info *info;
	struct scap_world *w;
	struct scap_convert *convert;
	struct scap_thread *t;	  /* who; NULL: nobody knows */
	struct scap_fdtable *fds; /* of its process, may be NULL */
	int64_t fd_num;		  /* the descriptor it is about ... */
	bool has_fd;		  /* ... if it is about one */
	struct scap_fd *fd;	  /* what that stands for, NULL if unknown */
	bool has_res, failed;
	int64_t res;
	bool name_changed; /* fd.name_changed */
	bool has_cpu;	   /* procinfo: per cent of a CPU since the last one */
	double cpu, cpu_user, cpu_system;
	bool twin;		       /* a birth that has been told already */
	bool hidden;		       /* an enter event, kept for its exit */
	bool remove_thread, remove_fd; /* once the event has been told */
	int64_t remove_num;
};

/*
 * actor_begin(a): find thread, result and descriptor of a->e. Call actor_apply()
 * to change the world as the event says, then look, then actor_end().
 */
void actor_begin(struct scap_actor *a);
void actor_apply(struct scap_actor *a);
void actor_end(struct scap_actor *a);

/* Parts of actor_apply(), by subject. True if the event was one of theirs. */
bool apply_proc(struct scap_actor *a);
bool apply_life(struct scap_actor *a);
bool apply_files(struct scap_actor *a);
bool apply_net(struct scap_actor *a);

/* thread_gone(w, t): a thread has ended; the process goes with the last one. */
void thread_gone(struct scap_world *w, struct scap_thread *t);

/*
 * actor_fd(a, num, fd): num stands for fd (NULL: memory was short) from now on, and
 * is what the event is about.
 */
void actor_fd(struct scap_actor *a, int64_t num, struct scap_fd *fd);

/* actor_touch_fd(a, num): descriptor num has changed; the first three are described. */
void actor_touch_fd(struct scap_actor *a, int64_t num);

/*
 * actor_path(a, dirfd, path, plen, b): path as seen from a descriptor (-100: the
 * working directory), absolute, into b of PATH_TEXT_MAX bytes. From an unknown
 * one it begins with "<UNKNOWN>" and what sep is. The length.
 */
size_t actor_path(struct scap_actor *a, int64_t dirfd, const char *path, size_t plen,
		  const char *sep, char *b);

/* The path that an open is about. */
struct scap_asked {
	char path[1200], raw[4096]; /* absolute, and as it was given */
	size_t path_len, raw_len;
};

/* files_asked(a, q): of an event of the open family. False for other events. */
bool files_asked(struct scap_actor *a, struct scap_asked *q);

/* actor_cwd(t, len): its working directory, with a slash at the end. */
const char *actor_cwd(const struct scap_thread *t, size_t *len);

#endif
