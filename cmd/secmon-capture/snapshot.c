// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processes that were there: what the kernel's task iterator says, and
 * from /proc what only the process's own memory has.
 */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/compat.h"
#include "items.h"
#include "self.h"

enum { BUF_BYTES = 2 * RECORD_MAX, EXTRA_BYTES = RECORD_ARGS_MAX };

struct snapshot {
	int fd;
	bool env, eof;
	struct probes *probes;
	struct self self;
	pid_t pid;
	uint32_t ours[16]; /* of the suite, found so far */
	size_t nours;
	size_t pos, len;
	_Alignas(8) uint8_t buf[BUF_BYTES]; /* records are multiples of 8 bytes long */
	char args[EXTRA_BYTES], environ[EXTRA_BYTES], cgroups[EXTRA_BYTES];
};

struct snapshot *snapshot_open(struct probes *p, bool env)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->probes = p;
	s->env = env;
	s->pid = getpid();
	self_find(&s->self);
	s->fd = probes_iter_fd(p);
	if (s->fd >= 0)
		return s;
	free(s);
	return NULL;
}

void snapshot_close(struct snapshot *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s);
}

static size_t slurp(uint32_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	size_t len = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	while (len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += (size_t)n;
	close(fd);
	return len;
}

static void read_extra(struct snapshot *s, const struct record *r, struct decode_extra *x)
{
	memset(x, 0, sizeof(*x));
	x->args_len = slurp(r->pid, "cmdline", s->args, sizeof(s->args));
	x->args = x->args_len ? s->args : NULL;
	x->cgroups_len = slurp(r->pid, "cgroup", s->cgroups, sizeof(s->cgroups));
	while (x->cgroups_len && s->cgroups[x->cgroups_len - 1] != '\n')
		x->cgroups_len--; /* whole lines only */
	x->cgroups = x->cgroups_len ? s->cgroups : NULL;
	if (s->env)
		x->env_len = slurp(r->pid, "environ", s->environ, sizeof(s->environ));
	x->env = x->env_len ? s->environ : NULL;
}

/* started by our parent, or by one of the suite: enrich has a reader of its own */
static bool started_by_us(const struct snapshot *s, uint32_t ppid)
{
	if (ppid == (uint32_t)s->self.ppid)
		return true;
	for (size_t i = 0; i < s->nours; i++)
		if (s->ours[i] == ppid)
			return true;
	return false;
}

/* those of the suite that were started before us; parents are told before their children */
static void mark_self(struct snapshot *s, const void *buf, size_t len)
{
	const struct item_proc *p;
	struct items it;

	if (items_index(&it, buf, len) == -1 || !s->self.ppid || !started_by_us(s, it.r->ppid))
		return;
	p = items_struct(&it, ITEM_PROC, 0, sizeof(*p));
	for (size_t i = 0; p && p->exe.ino && i < 4; i++) {
		if (p->exe.ino != s->self.ino[i] || p->exe.dev != s->self.dev[i])
			continue;
		probes_mark(s->probes, (pid_t)it.r->pid, PROC_SELF);
		/* what we start ourselves is the command that is to be watched */
		if (it.r->pid != (uint32_t)s->pid && s->nours < nitems(s->ours))
			s->ours[s->nours++] = it.r->pid;
	}
}

static int fill(struct snapshot *s)
{
	ssize_t n;

	memmove(s->buf, s->buf + s->pos, s->len - s->pos);
	s->len -= s->pos;
	s->pos = 0;
	do
		n = read(s->fd, s->buf + s->len, sizeof(s->buf) - s->len);
	while (n == -1 && (errno == EAGAIN || errno == EINTR));
	if (n == -1)
		return -1;
	s->eof = n == 0;
	s->len += (size_t)n;
	return 0;
}

/* length of the next whole record, or 0 */
static size_t next(const struct snapshot *s)
{
	uint32_t len;

	if (s->len - s->pos < sizeof(len))
		return 0;
	memcpy(&len, s->buf + s->pos, sizeof(len));
	return len <= s->len - s->pos && len >= sizeof(struct record) ? len : 0;
}

int snapshot_write(struct snapshot *s, struct decoder *d, struct wanted *w, struct ledger *l,
		   struct outq *q)
{
	struct decode_extra extra;
	size_t len;

	for (;;) {
		while ((len = next(s)) == 0 && !s->eof)
			if (fill(s) == -1)
				return -1;
		if (len == 0)
			return 1;
		read_extra(s, (const struct record *)(s->buf + s->pos), &extra);
		if (wanted_record(w, d, s->buf + s->pos, len, &extra, q) == 0) {
			ledger_snapshot(l, true);
		} else if (errno == EAGAIN) {
			return 0;
		} else {
			ledger_snapshot(l, false);
			ledger_broken(l, errno);
		}
		mark_self(s, s->buf + s->pos, len);
		s->pos += len;
	}
}
