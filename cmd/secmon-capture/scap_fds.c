// SPDX-License-Identifier: BSD-2-Clause
/* Descriptor tables: open addressing, descriptors shared between processes. */
#include "cmd/secmon-capture/scap_fds.h"

enum { FDS_FIRST = 16, FDS_LARGEST = 65536 };

static inline uint32_t place(const struct scap_fdtable *t, int64_t num)
{
	return (uint32_t)((uint64_t)num * 0x9e3779b97f4a7c15ULL >> 32) & (t->size - 1);
}

static struct scap_slot *find(const struct scap_fdtable *t, int64_t num)
{
	if (!t || !t->size)
		return NULL;
	for (uint32_t i = place(t, num);; i = (i + 1) & (t->size - 1)) {
		if (!t->slot[i].fd)
			return NULL;
		if (t->slot[i].num == num)
			return &t->slot[i];
	}
}

struct scap_fd *fds_get(const struct scap_fdtable *t, int64_t num)
{
	struct scap_slot *s = find(t, num);

	return s ? s->fd : NULL;
}

static void count(struct scap_fdtable *t, unsigned int type, int by)
{
	bool had = t->of_type[type];
	unsigned int i;

	t->of_type[type] += (uint32_t)by;
	if (had == (t->of_type[type] != 0))
		return;
	if (!had) {
		memmove(t->recent + 1, t->recent, t->nrecent++);
		t->recent[0] = (uint8_t)type;
		return;
	}
	for (i = 0; t->recent[i] != type; i++)
		;
	memmove(t->recent + i, t->recent + i + 1, --t->nrecent - i);
}

void fd_set_type(struct scap_fdtable *t, struct scap_fd *fd, unsigned int type)
{
	count(t, fd->type, -1);
	fd->type = (uint8_t)type;
	count(t, type, 1);
}

static void insert(struct scap_fdtable *t, int64_t num, struct scap_fd *fd)
{
	uint32_t i = place(t, num);

	while (t->slot[i].fd)
		i = (i + 1) & (t->size - 1);
	t->slot[i] = (struct scap_slot){ num, fd };
}

static bool grow(struct scap_world *w, struct scap_fdtable *t)
{
	uint32_t size = t->size ? 2 * t->size : FDS_FIRST, old_size = t->size;
	struct scap_slot *old = t->slot, *slot;

	if (size > FDS_LARGEST || !(slot = heap_get(&w->heap, size * sizeof(*slot))))
		return false;
	memset(slot, 0, size * sizeof(*slot));
	t->slot = slot;
	t->size = size;
	for (uint32_t i = 0; i < old_size; i++)
		if (old[i].fd)
			insert(t, old[i].num, old[i].fd);
	heap_put(&w->heap, old, old_size * sizeof(*old));
	return true;
}

bool fds_put(struct scap_world *w, struct scap_fdtable *t, int64_t num, struct scap_fd *fd)
{
	struct scap_slot *s = find(t, num);

	if (!fd)
		return false;
	if (s) {
		count(t, s->fd->type, -1);
		fd_unref(w, s->fd);
		s->fd = fd;
		count(t, fd->type, 1);
		return true;
	}
	if (w->nfds >= SCAP_FDS_MAX || (4 * (t->used + 1) > 3 * t->size && !grow(w, t))) {
		w->refused++;
		fd_unref(w, fd);
		return false;
	}
	insert(t, num, fd);
	t->used++;
	w->nfds++;
	count(t, fd->type, 1);
	return true;
}

/* The slots behind a hole move up, as far as their own place allows. */
static void close_gap(struct scap_fdtable *t, uint32_t hole)
{
	for (uint32_t i = (hole + 1) & (t->size - 1); t->slot[i].fd; i = (i + 1) & (t->size - 1)) {
		uint32_t want = place(t, t->slot[i].num);

		if (((i - want) & (t->size - 1)) < ((i - hole) & (t->size - 1)))
			continue;
		t->slot[hole] = t->slot[i];
		t->slot[i].fd = NULL;
		hole = i;
	}
}

void fds_remove(struct scap_world *w, struct scap_fdtable *t, int64_t num)
{
	struct scap_slot *s = find(t, num);

	if (!s)
		return;
	count(t, s->fd->type, -1);
	fd_unref(w, s->fd);
	s->fd = NULL;
	t->used--;
	w->nfds--;
	close_gap(t, (uint32_t)(s - t->slot));
}

void fds_clear(struct scap_world *w, struct scap_fdtable *t)
{
	for (uint32_t i = 0; i < t->size; i++)
		if (t->slot[i].fd)
			fd_unref(w, t->slot[i].fd);
	w->nfds -= t->used;
	heap_put(&w->heap, t->slot, t->size * sizeof(*t->slot));
	*t = (struct scap_fdtable){ 0 };
}

void fds_copy(struct scap_world *w, struct scap_fdtable *to, const struct scap_fdtable *from)
{
	if (!from || !from->used || w->nfds + from->used > SCAP_FDS_MAX)
		return;
	*to = *from;
	to->slot = heap_get(&w->heap, from->size * sizeof(*to->slot));
	if (!to->slot) {
		*to = (struct scap_fdtable){ 0 };
		return;
	}
	memcpy(to->slot, from->slot, from->size * sizeof(*to->slot));
	for (uint32_t i = 0; i < to->size; i++)
		if (to->slot[i].fd)
			to->slot[i].fd->refs++;
	w->nfds += to->used;
}

/* Removing moves others up, so the same slot is looked at again. */
static void remove_at(struct scap_world *w, struct scap_fdtable *t, uint32_t *i)
{
	fds_remove(w, t, t->slot[*i].num);
	(*i)--;
}

void fds_on_exec(struct scap_world *w, struct scap_fdtable *t)
{
	for (int again = 0; again < 2; again++) /* a run may wrap around the end */
		for (uint32_t i = 0; i < t->size; i++)
			if (t->slot[i].fd && (t->slot[i].fd->flags & FD_F_CLOEXEC))
				remove_at(w, t, &i);
}

void fds_close_range(struct scap_world *w, struct scap_fdtable *t, uint64_t first, uint64_t last)
{
	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < t->size; i++)
			if (t->slot[i].fd && (uint64_t)t->slot[i].num >= first &&
			    (uint64_t)t->slot[i].num <= last)
				remove_at(w, t, &i);
}

struct scap_fd *fd_new(struct scap_world *w, unsigned int type)
{
	struct scap_fd *fd = heap_get(&w->heap, sizeof(*fd));

	if (!fd)
		return NULL;
	*fd = (struct scap_fd){ .refs = 1, .type = (uint8_t)type, .l4 = L4_UNKNOWN, .pid = -1 };
	return fd;
}

void fd_unref(struct scap_world *w, struct scap_fd *fd)
{
	if (!fd || --fd->refs)
		return;
	text_unref(&w->heap, fd->name);
	text_unref(&w->heap, fd->nameraw);
	heap_put(&w->heap, fd, sizeof(*fd));
}

struct scap_fd *fds_own(struct scap_world *w, struct scap_fdtable *t, int64_t num)
{
	struct scap_slot *s = find(t, num);
	struct scap_fd *fd;

	if (!s)
		return NULL;
	if (s->fd->refs == 1)
		return s->fd;
	fd = heap_get(&w->heap, sizeof(*fd));
	if (!fd)
		return NULL;
	*fd = *s->fd;
	fd->refs = 1;
	text_ref(fd->name);
	text_ref(fd->nameraw);
	s->fd->refs--;
	s->fd = fd;
	return fd;
}
