// SPDX-License-Identifier: BSD-2-Clause
/* Calls that change what a process is, and events that tell of users and containers. */
#include "cmd/secmon-capture/scap_proc.h"

#include "cmd/secmon-capture/scap_container.h"
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_path.h"
#include "cmd/secmon-capture/scap_threads.h"

enum { RES_NOFILE = 7, PR_SUBREAPER = 36, PR_GET_SUBREAPER = 37 };

static const uint64_t caps_full = (1ULL << 41) - 1;

static void set_cwd(struct scap_actor *a, const char *s, size_t len)
{
	struct scap_thread *m = thread_main(a->t);
	char b[PATH_TEXT_MAX];
	const char *cwd;
	size_t n;

	if (!m)
		return;
	cwd = actor_cwd(a->t, &n);
	n = len ? scap_path_join(b, cwd, n, s, len) : 0;
	if (!n || b[n - 1] != '/')
		b[n++] = '/';
	text_set(&a->w->heap, &m->cwd, text_new(&a->w->heap, b, n));
	thread_touch(m);
}

static void on_chdir(struct scap_actor *a)
{
	const char *s = "<NA>";
	size_t len = 4;

	if (a->failed)
		return;
	if (a->e->code == SCAP_FCHDIR_X) {
		if (a->fd)
			set_cwd(a, text_s(a->fd->name), text_len(a->fd->name));
		return;
	}
	ev_text(a->e, 1, &s, &len);
	set_cwd(a, s, len);
}

static void on_chroot(struct scap_actor *a)
{
	char b[PATH_TEXT_MAX];
	const char *s;
	size_t len;

	if (a->failed || !ev_text(a->e, 1, &s, &len))
		return;
	len = actor_path(a, -100, s, len, "/", b);
	text_set(&a->w->heap, &a->t->root, text_new(&a->w->heap, b, len));
	a->t->container_known = false;
	thread_touch(a->t);
}

/* -1 leaves an id as it is. */
static void set_id(struct scap_actor *a, uint32_t *id, unsigned int param)
{
	uint64_t v;

	if (a->failed || !ev_uint(a->e, param, &v) || (uint32_t)v == UINT32_MAX)
		return;
	*id = (uint32_t)v;
	thread_touch(a->t);
}

static void on_capset(struct scap_actor *a)
{
	if (a->failed)
		return;
	for (unsigned int i = 0; i < 3; i++)
		ev_uint(a->e, 1 + i, &a->t->cap[i]);
	thread_touch(a->t);
}

/* In a user namespace of its own a thread has them all. */
static void on_namespace(struct scap_actor *a, unsigned int param)
{
	if (a->failed || !(ev_u64(a->e, param) & CL_NEWUSER))
		return;
	for (unsigned int i = 0; i < 3; i++)
		a->t->cap[i] = caps_full;
	thread_touch(a->t);
}

static void on_prctl(struct scap_actor *a)
{
	uint64_t option = ev_u64(a->e, 1);

	if (!a->failed && (option == PR_SUBREAPER || option == PR_GET_SUBREAPER) && a->t->group)
		a->t->group->reaper = ev_u64(a->e, 3) != 0;
}

static void set_fdlimit(struct scap_actor *a, struct scap_thread *t, int64_t limit)
{
	struct scap_thread *m = t ? thread_main(t) : NULL;

	if (!m || limit == -1)
		return;
	m->fdlimit = limit;
	thread_touch(m);
}

static void on_rlimit(struct scap_actor *a)
{
	int64_t pid;

	if (a->failed)
		return;
	if (a->e->code != SCAP_PRLIMIT_X) {
		if (ev_u64(a->e, 3) == RES_NOFILE && ev_has(a->e, 1))
			set_fdlimit(a, a->t, ev_i64(a->e, 1));
		return;
	}
	pid = ev_i64(a->e, 5);
	if (ev_u64(a->e, 6) == RES_NOFILE && ev_has(a->e, 1))
		set_fdlimit(a, pid ? thread_find(a->w, pid) : a->t, ev_i64(a->e, 1));
}

static void set_memory(struct scap_actor *a, struct scap_thread *t, unsigned int first)
{
	if (ev_has(a->e, first))
		t->vmsize = ev_u64(a->e, first);
	if (ev_has(a->e, first + 1))
		t->vmrss = ev_u64(a->e, first + 1);
	if (ev_has(a->e, first + 2))
		t->vmswap = ev_u64(a->e, first + 2);
}

static void on_switch(struct scap_actor *a)
{
	if (!a->t)
		return;
	if (ev_has(a->e, 1))
		a->t->pfmajor = ev_u64(a->e, 1);
	if (ev_has(a->e, 2))
		a->t->pfminor = ev_u64(a->e, 2);
	set_memory(a, thread_main(a->t) ? thread_main(a->t) : a->t, 3);
}

static struct scap_slice slice(const struct scap_event *e, unsigned int i)
{
	struct scap_slice s = { "", 0 };

	ev_text(e, i, &s.s, &s.len);
	return s;
}

static bool apply_told(struct scap_actor *a)
{
	const struct scap_event *e = a->e;
	struct scap_slice s, none = { "", 0 };

	switch (e->code) {
	case SCAP_USER_ADDED_E:
		world_account(a->w, false, (uint32_t)ev_u64(e, 0), slice(e, 5), slice(e, 2),
			      slice(e, 3), slice(e, 4));
		return true;
	case SCAP_USER_DELETED_E:
		world_account_gone(a->w, false, (uint32_t)ev_u64(e, 0), slice(e, 5));
		return true;
	case SCAP_GROUP_ADDED_E:
		world_account(a->w, true, (uint32_t)ev_u64(e, 0), slice(e, 2), slice(e, 1), none,
			      none);
		return true;
	case SCAP_GROUP_DELETED_E:
		world_account_gone(a->w, true, (uint32_t)ev_u64(e, 0), slice(e, 2));
		return true;
	case SCAP_CONTAINER_JSON_2_E:
		s = slice(e, 0);
		container_told(a->w, s.s, s.len);
		return true;
	case SCAP_ASYNCEVENT_E:
		s = slice(e, 1);
		if (s.len == 9 && !memcmp(s.s, "container", 9)) {
			s = slice(e, 2);
			container_told(a->w, s.s, s.len);
		}
		return true;
	case SCAP_SCHEDSWITCH_6_E:
		on_switch(a);
		return true;
	}
	return false;
}

/* Per cent since the last time: the file says so once a second, in hundredths of one. */
static double cpu_since(uint64_t *last, uint64_t now)
{
	uint64_t used = now - *last;
	bool first = !*last;

	*last = now;
	return first ? 0 : used < 100 ? (double)used : 100;
}

static void on_procinfo(struct scap_actor *a)
{
	uint64_t user = ev_u64(a->e, 0), system = ev_u64(a->e, 1);

	a->has_cpu = true;
	a->cpu = cpu_since(&a->t->cpu_all, user + system);
	a->cpu_user = cpu_since(&a->t->cpu_user, user);
	a->cpu_system = cpu_since(&a->t->cpu_system, system);
}

bool apply_proc(struct scap_actor *a)
{
	if (apply_told(a))
		return true;
	if (!a->t)
		return false;
	switch (a->e->code) {
	case SCAP_PROCINFO_E:
		on_procinfo(a);
		return true;
	case SCAP_CHDIR_X:
	case SCAP_FCHDIR_X:
	case SCAP_GETCWD_X:
		on_chdir(a);
		return true;
	case SCAP_CHROOT_X:
		on_chroot(a);
		return true;
	case SCAP_SETUID_X:
		set_id(a, &a->t->uid, 1);
		return true;
	case SCAP_SETGID_X:
		set_id(a, &a->t->gid, 1);
		return true;
	case SCAP_SETRESUID_X:
	case SCAP_SETREUID_X:
		set_id(a, &a->t->uid, 2);
		return true;
	case SCAP_SETRESGID_X:
	case SCAP_SETREGID_X:
		set_id(a, &a->t->gid, 2);
		return true;
	case SCAP_SETSID_X:
		if (!a->failed) {
			a->t->sid = a->res;
			thread_touch(a->t);
		}
		return true;
	case SCAP_CAPSET_X:
		on_capset(a);
		return true;
	case SCAP_UNSHARE_X:
		on_namespace(a, 1);
		return true;
	case SCAP_SETNS_X:
		on_namespace(a, 2);
		return true;
	case SCAP_PRCTL_X:
		on_prctl(a);
		return true;
	case SCAP_SETRLIMIT_X:
	case SCAP_GETRLIMIT_X:
	case SCAP_PRLIMIT_X:
		on_rlimit(a);
		return true;
	case SCAP_BRK_4_X:
	case SCAP_MMAP_X:
	case SCAP_MMAP2_X:
	case SCAP_MUNMAP_X:
		set_memory(a, a->t, 1);
		return true;
	}
	return false;
}
