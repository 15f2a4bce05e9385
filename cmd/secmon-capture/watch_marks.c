// SPDX-License-Identifier: BSD-2-Clause
/* inotify marks on all that a path goes through. */
#include "watch_marks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HOLDS_MAX = 256, /* of one path */
	LINKS_MAX = 40,	 /* symbolic links on the way, as many as the kernel follows */
	READ_BYTES = 16384,
	/* of a directory IN_ATTRIB would tell of what is in it as well */
	GONE = IN_MOVE_SELF | IN_DELETE_SELF,
	GONE_FILE = GONE | IN_ATTRIB, /* a file with other names is not deleted: its links change */
	MADE = IN_CREATE | IN_MOVED_TO,
	ITSELF = GONE_FILE | IN_IGNORED | IN_UNMOUNT
};

/* One thing that a path hangs on. */
struct hold {
	int wd;
	char *name; /* this name in the directory; NULL: the thing itself */
};

struct holds {
	size_t n;
	struct hold *hold;
};

struct marks {
	int fd;
	size_t n;
	struct holds *of; /* by owner */
};

/* A path on its way to the file. */
struct walk {
	struct marks *m;
	struct holds *holds;
	size_t at_len;
	int links;
	char at[PATH_MAX];    /* so far: real directories only */
	char rest[PATH_MAX];  /* to go */
	char spare[PATH_MAX]; /* what rest becomes behind a symbolic link */
};

struct marks *marks_new(void)
{
	struct marks *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (m->fd >= 0)
		return m;
	free(m);
	return NULL;
}

static void holds_free(struct holds *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->hold[i].name);
	free(h->hold);
	*h = (struct holds){ 0 };
}

static void forget(struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t h = 0; h < m->of[i].n; h++)
			inotify_rm_watch(m->fd, m->of[i].hold[h].wd);
		holds_free(&m->of[i]);
	}
	free(m->of);
	m->of = NULL;
	m->n = 0;
}

void marks_free(struct marks *m)
{
	if (!m)
		return;
	forget(m);
	close(m->fd);
	free(m);
}

int marks_fd(const struct marks *m)
{
	return m->fd;
}

int marks_reset(struct marks *m, size_t n)
{
	struct holds *of = calloc(n + 1, sizeof(*of));

	if (!of)
		return -1;
	forget(m);
	m->of = of;
	m->n = n;
	return 0;
}

/* ---- a path's way */

/* hold on to object; or, if name is given, to that name in it */
static int hold(struct walk *w, const char *object, uint32_t mask, const char *name)
{
	struct holds *h = w->holds;
	struct hold *more;
	int wd = inotify_add_watch(w->m->fd, *object ? object : "/",
				   mask | IN_MASK_ADD | IN_DONT_FOLLOW);

	if (wd == -1)
		return errno == ENOSPC || errno == ENOMEM ? -1 : 0; /* gone, or never told */
	if (h->n == HOLDS_MAX)
		return 0;
	more = reallocarray(h->hold, h->n + 1, sizeof(*more));
	if (!more)
		return -1;
	h->hold = more;
	more[h->n] = (struct hold){ .wd = wd, .name = name ? strdup(name) : NULL };
	h->n++;
	return name && !more[h->n - 1].name ? -1 : 0;
}

/* the next component of rest, taken out of it; NULL at the end */
static char *next(struct walk *w)
{
	char *s = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(s, "/");

	if (n == 0)
		return NULL;
	memcpy(w->spare, s, n);
	w->spare[n] = '\0';
	memmove(w->rest, s + n, strlen(s + n) + 1);
	return w->spare;
}

static int step(struct walk *w, const char *name)
{
	size_t n = strlen(name);

	if (w->at_len + 1 + n >= sizeof(w->at)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	w->at[w->at_len] = '/';
	memcpy(w->at + w->at_len + 1, name, n + 1);
	w->at_len += 1 + n;
	return 0;
}

static void step_back(struct walk *w)
{
	while (w->at_len && w->at[w->at_len - 1] != '/')
		w->at_len--;
	w->at_len -= w->at_len > 0;
	w->at[w->at_len] = '\0';
}

/* at is a symbolic link: its target comes before the rest */
static int follow(struct walk *w)
{
	ssize_t n = readlink(w->at, w->spare, sizeof(w->spare) - 1);
	size_t rest = strlen(w->rest);

	if (n == -1)
		return 0; /* replaced just now, which is told */
	if (++w->links > LINKS_MAX || (size_t)n + rest >= sizeof(w->rest)) {
		errno = ELOOP;
		return -1;
	}
	memmove(w->rest + n, w->rest, rest + 1);
	memcpy(w->rest, w->spare, (size_t)n);
	step_back(w);
	if (w->rest[0] == '/')
		w->at[w->at_len = 0] = '\0';
	return 0;
}

/* a name that each process has for its own */
static bool means_many(const struct walk *w, const char *name)
{
	return strcmp(w->at, "/proc") == 0 &&
	       (strcmp(name, "self") == 0 || strcmp(name, "thread-self") == 0);
}

/* 1: there is such a thing, as st says; 0: the path ends here */
static int find(struct walk *w, const char *name, struct stat *st)
{
	const size_t dir = w->at_len;

	if (step(w, name) == -1)
		return -1;
	if (lstat(w->at, st) == 0)
		return 1;
	w->at[dir] = '\0';
	if (hold(w, w->at, MADE, name) == -1)
		return -1;
	w->at[dir] = '/';
	return lstat(w->at, st) == 0; /* was it made before we held? */
}

static int component(struct walk *w, char *name)
{
	const size_t dir = w->at_len;
	struct stat st;
	int r;

	if (means_many(w, name)) {
		errno = ENOTSUP;
		return -1;
	}
	r = find(w, name, &st);
	if (r != 1)
		return r;
	if (S_ISDIR(st.st_mode))
		return hold(w, w->at, GONE, NULL) == -1 ? -1 : 1;
	if (hold(w, w->at, GONE_FILE, NULL) == -1)
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow(w) == -1 ? -1 : 1;
	/* its links are counted before the name is gone; only the directory tells of that after */
	w->at[dir] = '\0';
	return hold(w, w->at, IN_DELETE, name);
}

static int walk(struct walk *w)
{
	char *name;
	int r = 1;

	while (r == 1 && (name = next(w))) {
		if (strcmp(name, "..") == 0)
			step_back(w);
		else if (strcmp(name, ".") != 0)
			r = component(w, name);
	}
	return r == -1 ? -1 : 0;
}

static bool held(const struct marks *m, int wd)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t h = 0; h < m->of[i].n; h++)
			if (m->of[i].hold[h].wd == wd)
				return true;
	return false;
}

int marks_set(struct marks *m, size_t owner, const char *path)
{
	struct holds old = m->of[owner];
	struct walk *w = malloc(sizeof(*w));
	int r = -1, e;

	if (!w)
		return -1;
	w->m = m;
	w->holds = &m->of[owner];
	w->links = 0;
	w->at[w->at_len = 0] = '\0';
	m->of[owner] = (struct holds){ 0 };
	if (strlen(path) < sizeof(w->rest)) {
		strcpy(w->rest, path);
		r = walk(w);
	} else {
		errno = ENAMETOOLONG;
	}
	e = errno;
	for (size_t i = 0; i < old.n; i++)
		if (!held(m, old.hold[i].wd))
			inotify_rm_watch(m->fd, old.hold[i].wd);
	holds_free(&old);
	free(w);
	errno = e;
	return r;
}

/* ---- changes */

static bool touches(const struct holds *h, const struct inotify_event *e)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hold *o = &h->hold[i];

		if (o->wd != e->wd)
			continue;
		if (e->mask & (IN_IGNORED | IN_UNMOUNT))
			return true;
		if (o->name ? e->len && strcmp(o->name, e->name) == 0 : !e->len && e->mask & ITSELF)
			return true;
	}
	return false;
}

static void tell(const struct marks *m, const struct inotify_event *e,
		 void (*changed)(void *arg, size_t owner), void *arg)
{
	for (size_t i = 0; i < m->n; i++)
		if (e->mask & IN_Q_OVERFLOW || touches(&m->of[i], e))
			changed(arg, i);
}

size_t marks_read(struct marks *m, void (*changed)(void *arg, size_t owner), void *arg)
{
	_Alignas(struct inotify_event) char buf[READ_BYTES];
	ssize_t n = read(m->fd, buf, sizeof(buf));

	for (ssize_t pos = 0; pos < n;) {
		const struct inotify_event *e = (const void *)(buf + pos);

		tell(m, e, changed, arg);
		pos += (ssize_t)(sizeof(*e) + e->len);
	}
	return n > 0 ? (size_t)n : 0;
}
