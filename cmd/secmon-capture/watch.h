/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths watched as files: which inode each of the plan's literal paths means,
 * told to the kernel side, and kept true while files are replaced.
 */
#ifndef SECMON_CAPTURE_WATCH_H
#define SECMON_CAPTURE_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"
#include "common/plan.h"
#include "probes.h"

struct watch;

enum { WATCH_FDS = 2 };

/*
 * watch_new(p): nothing is watched yet. p must be loaded, and outlive it. NULL with
 * errno: ENOTSUP if the kernel refuses the program that it needs.
 */
struct watch *watch_new(struct probes *p);
void watch_free(struct watch *w);

/*
 * watch_hold(w): from here to the next watch_plan() the kernel side takes every file
 * for one that may be watched. watch_plan(w, plan): the paths of this plan are watched
 * from now on, and those of the one before only as records tell of them that are under
 * way; NULL: as before watch_hold(). Says what cannot be watched. 0, or -1 with ENOMEM:
 * as before.
 */
void watch_hold(struct watch *w);
int watch_plan(struct watch *w, const struct plan *plan);

/* watch_poll(w, fds, timeout_ms): what to wait for: fds[WATCH_FDS], and not longer than that. */
void watch_poll(const struct watch *w, struct pollfd *fds, int *timeout_ms);

/* watch_ready(w, fds): after poll(2): look again at what has changed. */
void watch_ready(struct watch *w, const struct pollfd *fds);

/* watch_tick(w): once a second: look at some paths, whose change nobody told. */
void watch_tick(struct watch *w);

/*
 * watch_name(w, f, len): the path that is watched as this file, which a record tells
 * of, or NULL. It is valid until the next watch_plan().
 */
const char *watch_name(struct watch *w, const struct item_watch *f, size_t *len);

/*
 * watch_lookup(w, pid, path, plen, len): the same of the file that this path means to the
 * process pid now, which may have changed since.
 */
const char *watch_lookup(struct watch *w, uint32_t pid, const char *path, size_t plen, size_t *len);

/* watch_has(w, path, len): whether that is a watched path itself. */
bool watch_has(const struct watch *w, const char *path, size_t len);

/* watch_paths(w), watch_left_out(w): paths that are watched; that are too many to be. */
size_t watch_paths(const struct watch *w);
size_t watch_left_out(const struct watch *w);

#endif
