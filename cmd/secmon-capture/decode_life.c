// SPDX-License-Identifier: BSD-2-Clause
/* Processes: their description, the child of a fork, how they ended. */
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "decode_priv.h"
#include "flagmap.h"

enum { CORE_BIT = 0x80, SIGNAL_MASK = 0x7f };

static size_t count_texts(const char *s, size_t len)
{
	size_t n = 0;

	for (const char *end = s + len; s < end; n++)
		s += strnlen(s, (size_t)(end - s)) + 1;
	return n;
}

/* the texts in s from number skip on, as items of an array that was opened */
static void write_texts(struct wire *w, const char *s, size_t len, size_t skip)
{
	for (const char *end = s + len; s < end;) {
		size_t n = strnlen(s, (size_t)(end - s));

		if (skip)
			skip--;
		else
			wire_item_text(w, s, n);
		s += n + 1;
	}
}

static void write_args(struct decoding *x, const char *args, size_t len, const struct item *tail)
{
	size_t n = count_texts(args, len), more = 0;

	if (!n)
		return;
	if (tail)
		more = count_texts(item_text(tail), tail->len);
	wire_text(&x->w, F_PROC_EXE, args, strnlen(args, len));
	wire_array(&x->w, F_PROC_ARGS, n - 1 + more);
	write_texts(&x->w, args, len, 1);
	if (tail)
		write_texts(&x->w, item_text(tail), tail->len, 0);
}

static void write_env(struct decoding *x, const char *env, size_t len)
{
	wire_array(&x->w, F_PROC_ENV, count_texts(env, len));
	write_texts(&x->w, env, len, 0);
}

static void write_exe(struct decoding *x, const struct item_file *exe)
{
	struct wire *w = &x->w;

	if (!exe->ino)
		return;
	wire_bool(w, F_PROC_IS_EXE_WRITABLE, exe->flags & FILE_WRITABLE);
	wire_bool(w, F_PROC_IS_EXE_UPPER_LAYER, exe->flags & FILE_UPPER);
	wire_bool(w, F_PROC_IS_EXE_LOWER_LAYER, exe->flags & FILE_LOWER);
	wire_bool(w, F_PROC_IS_EXE_FROM_MEMFD, exe->flags & FILE_MEMFD);
	wire_bool(w, F_PROC_IS_EXE_DELETED, exe->flags & FILE_DELETED);
	wire_uint(w, F_PROC_EXE_INO, exe->ino);
	wire_uint(w, F_PROC_EXE_DEV, makedev(exe->dev >> 20, exe->dev & 0xfffff));
	wire_uint(w, F_PROC_EXE_INO_CTIME, exe->ctime);
	wire_uint(w, F_PROC_EXE_INO_MTIME, exe->mtime);
	if (exe->flags & FILE_MEMFD)
		wire_uint(w, F_PROC_EXE_SEALS, exe->seals);
}

static void write_proc(struct decoding *x, const struct item_proc *p)
{
	struct wire *w = &x->w;

	wire_uint(w, F_PROC_TTY, p->tty);
	wire_uint(w, F_PROC_SID, p->sid);
	wire_uint(w, F_PROC_PGID, p->pgid);
	wire_uint(w, F_PROC_VPGID, p->vpgid);
	wire_uint(w, F_THREAD_CAP_PERMITTED, p->cap_permitted);
	wire_uint(w, F_THREAD_CAP_INHERITABLE, p->cap_inheritable);
	wire_uint(w, F_THREAD_CAP_EFFECTIVE, p->cap_effective);
	wire_uint(w, F_PROC_PIDNS_INIT_START_TS, decode_time(x, p->pidns_start));
	wire_uint(w, F_PROC_FDLIMIT, p->fdlimit);
	wire_uint(w, F_PROC_VMSIZE, p->vmsize_kb);
	wire_uint(w, F_THREAD_PFMAJOR, p->pfmajor);
	wire_uint(w, F_THREAD_PFMINOR, p->pfminor);
	write_exe(x, &p->exe);
}

/* the working directory always ends in '/' */
static void write_cwd(struct decoding *x, const struct item *item)
{
	char buf[PATH_BUF];
	size_t n = items_path(item, false, buf, sizeof(buf) - 1);

	if (!n)
		return;
	if (buf[n - 1] != '/')
		buf[n++] = '/';
	wire_text(&x->w, F_PROC_CWD, buf, n);
	if (item_cut(item))
		decode_cut(x, F_PROC_CWD, item->full);
}

/* lines of /proc/PID/cgroup, "4:memory:/x", become "memory=/x" */
static void write_cgroups(struct decoding *x, const char *s, size_t len)
{
	const char *end = s + len;
	char buf[RECORD_PATH_MAX];
	size_t n = 0;

	for (const char *p = s; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	wire_array(&x->w, F_THREAD_CGROUPS, n);
	while (n--) {
		const char *eol = memchr(s, '\n', (size_t)(end - s));
		const char *sub = memchr(s, ':', (size_t)(eol - s));
		const char *path = sub ? memchr(sub + 1, ':', (size_t)(eol - sub - 1)) : NULL;
		int w = 0;

		if (path)
			w = snprintf(buf, sizeof(buf), "%.*s=%.*s",
				     path == sub + 1 ? 7 : (int)(path - sub - 1),
				     path == sub + 1 ? "cgroup2" : sub + 1, (int)(eol - path - 1),
				     path + 1);
		wire_item_text(&x->w, buf, (size_t)w < sizeof(buf) ? (size_t)w : sizeof(buf) - 1);
		s = eol + 1;
	}
}

static const char *const hierarchies[] = {
	"cgroup2", "cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "blkio",
};

static void write_cgroup_items(struct decoding *x)
{
	const struct item *found[nitems(hierarchies)];
	char buf[PATH_BUF], path[PATH_BUF];
	size_t n = 0;

	for (unsigned int i = 0; i < x->items.n; i++)
		if (x->items.item[i]->kind == ITEM_CGROUP && n < nitems(found) &&
		    x->items.item[i]->arg < nitems(hierarchies))
			found[n++] = x->items.item[i];
	if (!n)
		return;
	wire_array(&x->w, F_THREAD_CGROUPS, n);
	for (size_t i = 0; i < n; i++) {
		size_t len = items_path(found[i], false, path, sizeof(path));
		int w = snprintf(buf, sizeof(buf), "%s=%.*s", hierarchies[found[i]->arg], (int)len,
				 path);

		wire_item_text(&x->w, buf, (size_t)w < sizeof(buf) ? (size_t)w : sizeof(buf) - 1);
	}
}

static void write_description(struct decoding *x, const struct decode_extra *extra)
{
	const struct item_proc *p = items_struct(&x->items, ITEM_PROC, 0, sizeof(*p));
	const struct item *exe = items_find(&x->items, ITEM_EXE, 0);
	const struct item *cwd = items_find(&x->items, ITEM_CWD, 0);
	const struct item *args = items_find(&x->items, ITEM_ARGS, 0);
	const struct item *env = items_find(&x->items, ITEM_ENV, 0);

	if (p)
		write_proc(x, p);
	if (exe)
		decode_path(x, exe, p && p->exe.flags & FILE_MEMFD, F_PROC_EXEPATH);
	if (cwd)
		write_cwd(x, cwd);
	if (args) {
		write_args(x, item_text(args), args->len, items_find(&x->items, ITEM_ARGS_TAIL, 0));
		if (item_cut(args))
			decode_cut(x, F_PROC_ARGS, args->full);
	} else if (extra && extra->args) {
		write_args(x, extra->args, extra->args_len, NULL);
	}
	if (env) {
		write_env(x, item_text(env), env->len);
		if (item_cut(env))
			decode_cut(x, F_PROC_ENV, env->full);
	} else if (extra && extra->env) {
		write_env(x, extra->env, extra->env_len);
	}
	if (extra && extra->cgroups)
		write_cgroups(x, extra->cgroups, extra->cgroups_len);
	else
		write_cgroup_items(x);
}

static void write_exec(struct decoding *x)
{
	const struct item *name = items_find(&x->items, ITEM_FILENAME, 0);
	const struct item *interp = items_find(&x->items, ITEM_INTERP, 0);

	if (name)
		wire_text(&x->w, F_ARG(A_FILENAME), item_text(name), name->len);
	if (interp)
		wire_text(&x->w, F_PROC_INTERP, item_text(interp), interp->len);
	decode_standard(x);
}

static void write_child(struct decoding *x, const struct item_child *c)
{
	struct wire *w = &x->w;

	wire_uint(w, F_PROC_CHILD_PID, c->pid);
	wire_uint(w, F_PROC_CHILD_TS, decode_time(x, c->start));
	wire_uint(w, F_PROC_CHILD_VPID, c->vpid);
	if (decode_type(x->r) == EV_CLONE)
		wire_uint(w, F_ARG(A_FLAGS), flagmap_clone(x->r->arg[0]));
}

static void write_exit(struct decoding *x)
{
	unsigned int status = (unsigned int)x->r->res & 0xffff;
	unsigned int sig = status & SIGNAL_MASK;
	struct wire *w = &x->w;

	wire_uint(w, F_ARG(A_STATUS), status);
	if (sig) {
		wire_uint(w, F_PROC_EXIT_SIGNAL, sig);
	} else {
		wire_uint(w, F_PROC_EXIT_CODE, status >> 8);
		wire_uint(w, F_ARG(A_RET), status >> 8);
	}
	wire_uint(w, F_ARG(A_SIG), sig);
	wire_uint(w, F_ARG(A_CORE), status & CORE_BIT ? 1 : 0);
	if (x->r->arg[0])
		wire_uint(w, F_ARG(A_REAPER_TID), x->r->arg[0]);
}

void decode_life(struct decoding *x, const struct decode_extra *extra)
{
	const struct item_child *child;

	switch (x->r->type) {
	case EV_CLONE:
		child = items_struct(&x->items, ITEM_CHILD, 0, sizeof(*child));
		if (child)
			write_child(x, child);
		return;
	case EV_PROCEXIT:
		write_exit(x);
		return;
	case EV_EXECVE:
	case EV_EXECVEAT:
		write_exec(x);
		break;
	}
	write_description(x, extra);
}
