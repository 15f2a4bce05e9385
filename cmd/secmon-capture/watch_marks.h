/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inotify(7) marks on all that a path goes through, so that it is told when the
 * path may mean another file: on each directory and symbolic link, on the file
 * itself, and where something is missing on the directory that it would be in.
 */
#ifndef SECMON_CAPTURE_WATCH_MARKS_H
#define SECMON_CAPTURE_WATCH_MARKS_H

#include <stddef.h>

struct marks;

/* marks_new(): none. NULL with errno: EMFILE, ENOMEM. */
struct marks *marks_new(void);
void marks_free(struct marks *m);

/* marks_fd(m): readable when something has changed. */
int marks_fd(const struct marks *m);

/* marks_reset(m, n): of 0..n-1 owners, which have no marks yet. 0, or -1 with ENOMEM. */
int marks_reset(struct marks *m, size_t n);

/*
 * marks_set(m, owner, path): the owner's marks are those for this path from now on.
 * A change that is made after the call is told; so look at the path then, not before.
 * 0, or -1 with errno: ENOSPC if the system's limit of marks is reached, ENOTSUP if
 * the path means something else to each process, ELOOP, ENOMEM. Then some changes are not told.
 */
int marks_set(struct marks *m, size_t owner, const char *path);

/*
 * marks_read(m, changed, arg): calls changed() for each owner whose path may mean
 * another file. Returns how much was read: when nothing, 0.
 */
size_t marks_read(struct marks *m, void (*changed)(void *arg, size_t owner), void *arg);

#endif
