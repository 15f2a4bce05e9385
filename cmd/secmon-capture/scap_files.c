// SPDX-License-Identifier: BSD-2-Clause
/* Calls that make, copy and close descriptors of other things than sockets. */
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_path.h"
#include "cmd/secmon-capture/scap_proc.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"

/* Open flags in the files' coding. */
enum {
	OF_DIRECTORY = 1024,
	OF_CLOEXEC = 4096,
	OF_CREATED = 16384,
	OF_UPPER = 32768,
	OF_LOWER = 65536,
	OF_OF_EXIT = OF_CREATED | OF_UPPER | OF_LOWER
};

enum { AT_CWD = -100, CMD_DUPFD = 1, CMD_SETFD = 3, CMD_DUPFD_CLOEXEC = 26 };

size_t actor_path(struct scap_actor *a, int64_t dirfd, const char *path, size_t plen,
		  const char *sep, char *b)
{
	char dir[PATH_TEXT_MAX + 8];
	const char *s = dir;
	struct scap_fd *fd;
	size_t n;

	if (plen && path[0] == '/')
		return scap_path_join(b, "", 0, path, plen);
	if (dirfd == AT_CWD) {
		s = actor_cwd(a->t, &n);
	} else if ((fd = fds_get(a->fds, dirfd))) {
		n = text_len(fd->name) < PATH_TEXT_MAX ? text_len(fd->name) : PATH_TEXT_MAX;
		memcpy(dir, text_s(fd->name), n);
		if (n && dir[n - 1] != '/')
			dir[n++] = '/';
	} else {
		n = (size_t)(stpcpy(stpcpy(dir, "<UNKNOWN>"), sep) - dir);
	}
	return scap_path_join(b, s, n, path, plen);
}

/* Where the parameters of the open family are, in the exit and in the enter event. */
struct open_layout {
	uint16_t exit, enter;
	int8_t name, dirfd, flags, dev, ino;
	int8_t e_name, e_dirfd, e_flags;
};

static const struct open_layout opens[] = {
	{ SCAP_OPEN_X, SCAP_OPEN_E, 1, -1, 2, 4, 5, 0, -1, 1 },
	{ SCAP_CREAT_X, SCAP_CREAT_E, 1, -1, -1, 3, 4, 0, -1, -1 },
	{ SCAP_OPENAT_2_X, SCAP_OPENAT_2_E, 2, 1, 3, 5, 6, 1, 0, 2 },
	{ SCAP_OPENAT2_X, SCAP_OPENAT2_E, 2, 1, 3, 6, 7, 1, 0, 2 },
	{ SCAP_OPEN_BY_HANDLE_AT_X, SCAP_OPEN_BY_HANDLE_AT_E, 3, -1, 2, 4, 5, -1, -1, -1 },
};

struct opened {
	const char *name;
	size_t len;
	int64_t dirfd;
	uint64_t flags;
};

static void asked(struct scap_actor *a, const struct open_layout *l, struct opened *o)
{
	const struct scap_event *e = a->e;
	struct scap_event enter;
	const char *s;
	size_t len;

	*o = (struct opened){ .name = "<NA>", .len = 4, .dirfd = AT_CWD };
	ev_text(e, (unsigned int)l->name, &o->name, &o->len);
	if (l->dirfd >= 0)
		o->dirfd = ev_i64(e, (unsigned int)l->dirfd);
	if (l->flags >= 0)
		o->flags = ev_u64(e, (unsigned int)l->flags);
	if (l->e_name < 0 || !convert_enter(a->convert, e->tid, l->enter, &enter) || enter.n < 2)
		return;
	/* what was asked for before the kernel looked is safer than what is there afterwards */
	if (ev_text(&enter, (unsigned int)l->e_name, &s, &len) &&
	    !(len == 4 && !memcmp(s, "<NA>", 4)) && !(len == 6 && !memcmp(s, "(NULL)", 6))) {
		o->name = s;
		o->len = len;
		if (l->e_dirfd >= 0)
			o->dirfd = ev_i64(&enter, (unsigned int)l->e_dirfd);
		if (l->e_flags >= 0)
			o->flags =
				ev_u64(&enter, (unsigned int)l->e_flags) | (o->flags & OF_OF_EXIT);
	}
}

static void on_open(struct scap_actor *a, const struct open_layout *l)
{
	bool creat = l->exit == SCAP_CREAT_X;
	char b[PATH_TEXT_MAX], raw[PATH_RAW_MAX];
	struct opened o;
	struct scap_fd *fd;
	uint64_t f;
	size_t n;

	if (!a->has_res || a->failed)
		return;
	asked(a, l, &o);
	fd = fd_new(a->w, o.flags & OF_DIRECTORY ? SCAP_FD_DIR : SCAP_FD_FILE_V2);
	if (!fd)
		return;
	if (l->exit == SCAP_OPEN_BY_HANDLE_AT_X) {
		n = scap_path_join(b, "", 0, o.name, o.len);
		fd->name = text_new(&a->w->heap, b, n);
		fd->nameraw = text_new(&a->w->heap, o.name, o.len);
	} else {
		n = actor_path(a, o.dirfd, o.name, o.len, "", b);
		fd->name = text_new(&a->w->heap, b, n);
		n = scap_path_squeeze(raw, o.name, o.len);
		fd->nameraw = text_new(&a->w->heap, raw, n);
	}
	fd->open_flags = (uint32_t)o.flags;
	fd->dev = (uint32_t)ev_u64(a->e, (unsigned int)l->dev);
	fd->ino = ev_u64(a->e, (unsigned int)l->ino);
	if (o.flags & OF_CLOEXEC)
		fd->flags |= FD_F_CLOEXEC;
	f = creat ? ev_u64(a->e, 5) : 0;
	if (o.flags & OF_UPPER || f & 1)
		fd->flags |= FD_F_UPPER;
	if (o.flags & OF_LOWER || f & 2)
		fd->flags |= FD_F_LOWER;
	actor_fd(a, a->res, fd);
	a->name_changed = true;
}

bool files_asked(struct scap_actor *a, struct scap_asked *q)
{
	struct opened o;

	for (size_t i = 0; i < nitems(opens); i++) {
		if (opens[i].exit != a->e->code || a->e->code == SCAP_OPEN_BY_HANDLE_AT_X)
			continue;
		asked(a, &opens[i], &o);
		q->path_len = actor_path(a, o.dirfd, o.name, o.len, "", q->path);
		q->raw_len = scap_path_squeeze(q->raw, o.name, o.len);
		return true;
	}
	return false;
}

/* A descriptor of which there is nothing to say but its type. */
static void plain(struct scap_actor *a, unsigned int type, bool cloexec)
{
	struct scap_fd *fd;

	if (!a->has_res || a->failed || !(fd = fd_new(a->w, type)))
		return;
	if (cloexec)
		fd->flags |= FD_F_CLOEXEC;
	actor_fd(a, a->res, fd);
}

static void on_memfd(struct scap_actor *a)
{
	const char *s;
	size_t len;

	plain(a, SCAP_FD_MEMFD, ev_u64(a->e, 2) & 1);
	if (!a->fd || !ev_text(a->e, 1, &s, &len))
		return;
	a->fd->name = text_new(&a->w->heap, s, len);
	a->name_changed = true;
}

static void on_pipe(struct scap_actor *a)
{
	bool cloexec = a->e->code == SCAP_PIPE2_X && ev_u64(a->e, 4) & OF_CLOEXEC;

	if (a->failed)
		return;
	for (unsigned int i = 1; i <= 2; i++) {
		struct scap_fd *fd = fd_new(a->w, SCAP_FD_FIFO);

		if (!fd)
			return;
		fd->ino = ev_u64(a->e, 3);
		if (cloexec)
			fd->flags |= FD_F_CLOEXEC;
		actor_fd(a, ev_i64(a->e, i), fd);
	}
}

/* The new number stands for what the old one does. */
static void copy(struct scap_actor *a, int64_t from, int64_t to, bool cloexec)
{
	struct scap_fd *old = fds_get(a->fds, from), *fd;

	if (!old) {
		a->fd_num = from;
		return;
	}
	old->refs++;
	actor_fd(a, to, old);
	if (!!(old->flags & FD_F_CLOEXEC) == cloexec)
		return;
	fd = fds_own(a->w, a->fds, to);
	if (!fd)
		return;
	fd->flags ^= FD_F_CLOEXEC;
	a->fd = fd;
}

static void on_dup(struct scap_actor *a)
{
	bool cloexec = a->e->code == SCAP_DUP3_X && ev_u64(a->e, 3) & OF_CLOEXEC;
	int64_t old = ev_i64(a->e, 1);

	if (a->failed || !a->has_res)
		return;
	if (old == a->res) {
		a->fd = fds_get(a->fds, old);
		a->fd_num = old;
		return;
	}
	copy(a, old, a->res, cloexec);
}

static void on_fcntl(struct scap_actor *a)
{
	uint64_t cmd = ev_u64(a->e, 2);
	struct scap_fd *fd;

	if (a->failed || !a->has_res)
		return;
	if (cmd == CMD_DUPFD || cmd == CMD_DUPFD_CLOEXEC) {
		copy(a, a->fd_num, a->res, cmd == CMD_DUPFD_CLOEXEC);
	} else if (cmd == CMD_SETFD && a->fd && (fd = fds_own(a->w, a->fds, a->fd_num))) {
		fd->flags = (uint16_t)((fd->flags & ~FD_F_CLOEXEC) |
				       (ev_u64(a->e, 3) & 1 ? FD_F_CLOEXEC : 0));
		a->fd = fd;
	}
}

static void on_close(struct scap_actor *a)
{
	if (a->failed || !a->fd)
		return;
	a->remove_fd = true;
	a->remove_num = a->fd_num;
}

static void on_close_range(struct scap_actor *a)
{
	enum { RANGE_CLOEXEC = 4 };

	if (a->failed || !a->fds || ev_u64(a->e, 3) & RANGE_CLOEXEC)
		return;
	fds_close_range(a->w, a->fds, ev_u64(a->e, 1), ev_u64(a->e, 2));
	thread_touch(thread_main(a->t));
}

static void on_pidfd(struct scap_actor *a)
{
	plain(a, SCAP_FD_PIDFD, true);
	if (a->fd)
		a->fd->pid = ev_i64(a->e, 1);
}

/* The descriptor of another process becomes ours. */
static void on_pidfd_getfd(struct scap_actor *a)
{
	struct scap_fd *pidfd = fds_get(a->fds, ev_i64(a->e, 1)), *fd;
	struct scap_thread *t;

	if (a->failed || !a->has_res || !pidfd || pidfd->type != SCAP_FD_PIDFD)
		return;
	t = thread_find(a->w, pidfd->pid);
	fd = t ? fds_get(thread_fds(t), ev_i64(a->e, 2)) : NULL;
	if (!fd)
		return;
	fd->refs++;
	actor_fd(a, a->res, fd);
}

bool apply_files(struct scap_actor *a)
{
	const struct scap_event *e = a->e;

	for (size_t i = 0; i < nitems(opens); i++) {
		if (opens[i].exit == e->code) {
			on_open(a, &opens[i]);
			return true;
		}
	}
	switch (e->code) {
	case SCAP_CLOSE_X:
		on_close(a);
		return true;
	case SCAP_CLOSE_RANGE_X:
		on_close_range(a);
		return true;
	case SCAP_DUP_1_X:
	case SCAP_DUP2_X:
	case SCAP_DUP3_X:
		on_dup(a);
		return true;
	case SCAP_FCNTL_X:
		on_fcntl(a);
		return true;
	case SCAP_PIPE_X:
	case SCAP_PIPE2_X:
		on_pipe(a);
		return true;
	case SCAP_EVENTFD_X:
		plain(a, SCAP_FD_EVENT, false);
		return true;
	case SCAP_EVENTFD2_X:
	case SCAP_SIGNALFD4_X:
	case SCAP_INOTIFY_INIT1_X:
		plain(a,
		      e->code == SCAP_EVENTFD2_X    ? SCAP_FD_EVENT
		      : e->code == SCAP_SIGNALFD4_X ? SCAP_FD_SIGNALFD
						    : SCAP_FD_INOTIFY,
		      ev_u64(e, 1) & OF_CLOEXEC);
		return true;
	case SCAP_SIGNALFD_X:
		plain(a, SCAP_FD_SIGNALFD, false);
		return true;
	case SCAP_TIMERFD_CREATE_X:
		plain(a, SCAP_FD_TIMERFD, false);
		return true;
	case SCAP_INOTIFY_INIT_X:
		plain(a, SCAP_FD_INOTIFY, false);
		return true;
	case SCAP_EPOLL_CREATE_X:
	case SCAP_EPOLL_CREATE1_X:
		plain(a, SCAP_FD_EPOLL, e->code == SCAP_EPOLL_CREATE1_X && ev_u64(e, 1));
		return true;
	case SCAP_BPF_2_X:
		plain(a, SCAP_FD_BPF, true);
		return true;
	case SCAP_USERFAULTFD_X:
		plain(a, SCAP_FD_USERFAULTFD, ev_u64(e, 1) & OF_CLOEXEC);
		return true;
	case SCAP_IO_URING_SETUP_X:
		plain(a, SCAP_FD_IO_URING, true);
		return true;
	case SCAP_MEMFD_CREATE_X:
		on_memfd(a);
		return true;
	case SCAP_PIDFD_OPEN_X:
		on_pidfd(a);
		return true;
	case SCAP_PIDFD_GETFD_X:
		on_pidfd_getfd(a);
		return true;
	}
	return false;
}
