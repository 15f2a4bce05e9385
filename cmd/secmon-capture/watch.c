// SPDX-License-Identifier: BSD-2-Clause
/*
 * Paths watched as files.
 *
 * Between a change and our learning of it the kernel side must not take the file for
 * an unwatched one. It reads the length of our queue of changes, then the flag *stale,
 * then the map. We raise the flag, then empty the queue, then write the map, then lower
 * the flag: whoever finds the queue empty and the flag down finds the map true.
 * Its records of that time have no id: by the time we see them we know.
 */
#include "watch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "watch_list.h"
#include "watch_marks.h"

enum {
	CHECKS = 64,	/* paths looked at in a tick */
	ROUNDS_MAX = 8, /* of changes while we look; more are left to the next call */
	MOUNTS_MS = 100 /* changes of mounts are looked at no more often */
};

struct watch {
	struct probes_watch side;
	struct marks *marks;
	struct watch_list *list, *before; /* before: of the plan before */
	int mounts;			  /* mountinfo, -1: not to be had */
	uint64_t mounts_ns;		  /* when it was last looked at */
	size_t next;			  /* path that a tick checks next */
	bool said;			  /* ... that there are too many marks */
};

/* ---- the kernel's side */

static void set_stale(struct watch *w, bool on)
{
	__atomic_store_n(w->side.stale, on, __ATOMIC_SEQ_CST);
}

/* run the program that looks at our descriptor; in the way that bpf(2) has for tests of programs */
static int look_at(const struct watch *w, int fd, bool queue)
{
	uint64_t args[2] = { (uint64_t)fd, queue };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	int r = bpf_prog_test_run_opts(w->side.program, &opts);

	if (r == 0 && opts.retval == 0)
		return 0;
	errno = r < 0 ? -r : EIO;
	return -1;
}

static bool same(const struct item_watch *a, const struct item_watch *b)
{
	return a->inode == b->inode && a->ino == b->ino && a->dev == b->dev &&
	       a->generation == b->generation;
}

/* what file the path means: 1, or 0: none, or -1: that cannot be told */
static int find(const struct watch *w, const char *path, struct item_watch *file)
{
	int fd = open(path, O_PATH | O_CLOEXEC), r;

	if (fd == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	r = look_at(w, fd, false);
	*file = *w->side.seen;
	close(fd);
	return r == 0 ? 1 : -1;
}

static void put(struct watch *w, size_t i)
{
	struct item_watch *f = &w->list->path[i].file;

	f->id = watch_list_id(w->list, i);
	/* several paths of one file: the first has it */
	if (bpf_map_update_elem(w->side.map, &f->inode, f, BPF_NOEXIST) != 0 && errno != EEXIST)
		log_warn("watch %s: %s", w->list->path[i].path, strerror(errno));
}

static void take(struct watch *w, struct watch_path *p)
{
	struct watch_list *l = w->list;

	if (!p->found)
		return;
	p->found = false;
	bpf_map_delete_elem(w->side.map, &p->file.inode);
	for (size_t i = 0; i < l->n; i++)
		if (l->path[i].found && l->path[i].file.inode == p->file.inode)
			put(w, i);
}

/* ---- looking */

static void set_marks(struct watch *w, size_t i)
{
	if (marks_set(w->marks, i, w->list->path[i].path) == 0 || errno != ENOSPC || w->said)
		return;
	log_warn("not every change of the %zu watched paths is told (fs.inotify.max_user_watches "
		 "is reached): they are looked at in turn",
		 w->list->n);
	w->said = true;
}

/* whether the path still means the same, or that is not to be learnt; if not, *now is what */
static bool unchanged(const struct watch *w, const struct watch_path *p, struct item_watch *now,
		      bool *found)
{
	int r = find(w, p->path, now);

	*found = r == 1;
	return r == -1 || (*found == p->found && (!*found || same(now, &p->file)));
}

/* Marks first: what changes after them is told, and looked at again. */
static void look(struct watch *w, size_t i)
{
	struct watch_path *p = &w->list->path[i];
	struct item_watch now;
	bool found;

	p->changed = false;
	set_marks(w, i);
	if (unchanged(w, p, &now, &found))
		return;
	take(w, p);
	p->found = found;
	if (!found)
		return;
	p->file = now;
	put(w, i);
}

static void on_change(void *arg, size_t owner)
{
	struct watch *w = arg;

	w->list->path[owner].changed = true;
}

static void look_at_changed(struct watch *w)
{
	for (size_t i = 0; i < w->list->n; i++)
		if (w->list->path[i].changed)
			look(w, i);
}

static void refresh(struct watch *w)
{
	set_stale(w, true);
	for (int i = 0; i < ROUNDS_MAX && marks_read(w->marks, on_change, w); i++)
		look_at_changed(w);
	set_stale(w, false);
}

/* what may have come to mean another file without a mark on it */
static void check(struct watch *w, size_t n)
{
	struct item_watch now;
	bool found;
	size_t i;

	for (n = n < w->list->n ? n : w->list->n; n > 0; n--) {
		i = w->next++ % w->list->n;
		if (!unchanged(w, &w->list->path[i], &now, &found))
			look(w, i);
	}
}

/* ---- from outside */

struct watch *watch_new(struct probes *p)
{
	struct watch *w = calloc(1, sizeof(*w));
	static const struct plan nothing;
	int e;

	if (!w)
		return NULL;
	w->mounts = -1;
	if (probes_watch(p, &w->side) == -1)
		goto fail;
	w->marks = marks_new();
	w->list = watch_list_new(&nothing, 1);
	if (!w->marks || !w->list || look_at(w, marks_fd(w->marks), true) == -1)
		goto fail;
	w->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	return w;
fail:
	e = errno;
	watch_free(w);
	errno = e;
	return NULL;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->mounts != -1)
		close(w->mounts);
	marks_free(w->marks);
	watch_list_free(w->list);
	watch_list_free(w->before);
	free(w);
}

void watch_hold(struct watch *w)
{
	__atomic_store_n(w->side.watching, true, __ATOMIC_SEQ_CST);
	set_stale(w, true);
}

static void release(struct watch *w)
{
	__atomic_store_n(w->side.watching, w->list->n > 0, __ATOMIC_SEQ_CST);
	set_stale(w, false);
}

int watch_plan(struct watch *w, const struct plan *plan)
{
	struct watch_list *l = plan ? watch_list_new(plan, w->list->turn + 1) : NULL;

	if (!l || marks_reset(w->marks, l->n) == -1) {
		watch_list_free(l);
		release(w);
		return plan ? -1 : 0;
	}
	watch_hold(w);
	for (size_t i = 0; i < w->list->n; i++)
		if (w->list->path[i].found)
			bpf_map_delete_elem(w->side.map, &w->list->path[i].file.inode);
	watch_list_free(w->before);
	w->before = w->list;
	w->list = l;
	for (size_t i = 0; i < l->n; i++)
		look(w, i);
	release(w);
	if (l->left_out)
		log_warn("%zu paths of the plan are known by name only: %d are watched as files",
			 l->left_out, WATCH_MAX);
	return 0;
}

void watch_poll(const struct watch *w, struct pollfd *fds, int *timeout_ms)
{
	uint64_t since_ms = (clock_ns(CLOCK_MONOTONIC) - w->mounts_ns) / NS_PER_MS;
	bool mounts = w->list->n && since_ms >= MOUNTS_MS;

	fds[0] = (struct pollfd){ .fd = marks_fd(w->marks), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = mounts ? w->mounts : -1, .events = POLLPRI };
	if (w->list->n && !mounts && *timeout_ms > (int)(MOUNTS_MS - since_ms))
		*timeout_ms = (int)(MOUNTS_MS - since_ms);
}

void watch_ready(struct watch *w, const struct pollfd *fds)
{
	if (fds[0].revents)
		refresh(w);
	if (!fds[1].revents)
		return;
	w->mounts_ns = clock_ns(CLOCK_MONOTONIC);
	check(w, w->list->n);
}

void watch_tick(struct watch *w)
{
	check(w, CHECKS);
}

const char *watch_name(struct watch *w, const struct item_watch *f, size_t *len)
{
	struct item_watch known;
	const struct watch_path *p;
	uint32_t id = f->id;

	if (!id) {
		refresh(w);
		if (bpf_map_lookup_elem(w->side.map, &f->inode, &known) == 0 && same(f, &known))
			id = known.id;
	}
	p = watch_list_path(w->list, id);
	if (!p)
		p = watch_list_path(w->before, id);
	if (p)
		*len = p->len;
	return p ? p->path : NULL;
}

const char *watch_lookup(struct watch *w, uint32_t pid, const char *path, size_t plen, size_t *len)
{
	char name[PATH_MAX];
	struct item_watch f;
	int n = snprintf(name, sizeof(name), "/proc/%u/root%.*s", pid, (int)plen, path);

	if (n >= (int)sizeof(name))
		return NULL;
	/* if the process has gone, we may mean the same by it */
	if (find(w, name, &f) != 1 && find(w, name + n - plen, &f) != 1)
		return NULL;
	f.id = 0;
	return watch_name(w, &f, len);
}

bool watch_has(const struct watch *w, const char *path, size_t len)
{
	return watch_list_find(w->list, path, len) != NULL;
}

size_t watch_paths(const struct watch *w)
{
	return w->list->n;
}

size_t watch_left_out(const struct watch *w)
{
	return w->list->left_out;
}
