// SPDX-License-Identifier: BSD-2-Clause
/* Who an event is of and what it is about; what waits until it has been told. */
#include "cmd/secmon-capture/scap_fds.h"
#include "cmd/secmon-capture/scap_proc.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"
#include "common/events.h"

/* Events that do not bring an unknown thread into being. */
static bool may_be_strange(unsigned int code)
{
	switch (code) {
	case SCAP_CLONE_20_X:
	case SCAP_FORK_20_X:
	case SCAP_VFORK_20_X:
	case SCAP_CLONE3_X:
	case SCAP_SCHEDSWITCH_6_E:
	case SCAP_PROCEXIT_1_E:
	case SCAP_PROCINFO_E:
	case SCAP_SCAPEVENT_E:
		return true;
	}
	return false;
}

/* Events of no thread at all: notifications of the tools. */
static bool is_of_nobody(unsigned int code)
{
	switch (code) {
	case SCAP_DROP_E:
	case SCAP_DROP_X:
	case SCAP_NOTIFICATION_E:
	case SCAP_INFRASTRUCTURE_EVENT_E:
	case SCAP_CONTAINER_JSON_2_E:
	case SCAP_USER_ADDED_E:
	case SCAP_USER_DELETED_E:
	case SCAP_GROUP_ADDED_E:
	case SCAP_GROUP_DELETED_E:
	case SCAP_PLUGINEVENT_E:
	case SCAP_ASYNCEVENT_E:
		return true;
	}
	return false;
}

static void find_result(struct scap_actor *a)
{
	const struct event_type *type = event_by_id(a->info->event);
	uint8_t t;

	if (!type || !type->nparams || !(a->info->flags & SCAP_F_EXIT))
		return;
	t = type->params[0].type;
	/* the first parameter is the result, or the descriptor that is made */
	if (type->params[0].arg != A_RES && type->params[0].arg != A_FD)
		return;
	if (t != TYPE_ERRNO && t != TYPE_FD && t != TYPE_PID && t != TYPE_INT64 && t != TYPE_UINT64)
		return;
	if (!ev_has(a->e, 0))
		return;
	a->has_res = true;
	a->res = ev_i64(a->e, 0);
	a->failed = a->res < 0;
}

static void find_fd(struct scap_actor *a)
{
	a->has_fd = a->info->flags & (SCAP_F_USES | SCAP_F_CREATES);
	if (!a->has_fd)
		return;
	if (a->info->flags & SCAP_F_USES && !(a->info->flags & SCAP_F_CREATES)) {
		a->fd_num = -1;
		if (a->info->fd >= 0 && ev_has(a->e, (unsigned int)a->info->fd))
			a->fd_num = ev_i64(a->e, (unsigned int)a->info->fd);
		a->fd = fds_get(a->fds, a->fd_num);
	}
}

void actor_begin(struct scap_actor *a)
{
	a->info = &scap_codes[a->e->code];
	a->t = NULL;
	a->fds = NULL;
	a->fd = NULL;
	a->fd_num = -1;
	a->twin = a->has_cpu = a->has_fd = a->has_res = a->failed = a->name_changed = a->hidden =
		false;
	a->remove_thread = a->remove_fd = false;
	a->res = 0;
	if (!is_of_nobody(a->e->code)) {
		a->t = thread_find(a->w, a->e->tid);
		if (!a->t && !may_be_strange(a->e->code))
			a->t = thread_placeholder(a->w, a->e->tid);
	}
	if (a->t)
		a->fds = thread_fds(a->t);
	a->hidden = a->info->flags & SCAP_F_MANAGED && a->info->flags & SCAP_F_ENTER;
	find_result(a);
	find_fd(a);
}

void actor_touch_fd(struct scap_actor *a, int64_t num)
{
	struct scap_thread *m = thread_main(a->t);

	if (m && num >= 0 && num <= 2)
		thread_touch(m);
}

void actor_fd(struct scap_actor *a, int64_t num, struct scap_fd *fd)
{
	if (!a->fds || !fd) {
		fd_unref(a->w, fd);
		return;
	}
	if (!fds_put(a->w, a->fds, num, fd))
		return;
	actor_touch_fd(a, num);
	a->fd = fd;
	a->fd_num = num;
}

const char *actor_cwd(const struct scap_thread *t, size_t *len)
{
	const struct scap_thread *m = thread_main(t);

	if (m && t->placeholder && !m->cwd)
		m = NULL;
	*len = m ? text_len(m->cwd) : 2;
	return m ? text_s(m->cwd) : "./";
}

void actor_apply(struct scap_actor *a)
{
	switch (a->e->code) {
	case SCAP_USER_ADDED_E:
	case SCAP_USER_DELETED_E:
	case SCAP_GROUP_ADDED_E:
	case SCAP_GROUP_DELETED_E:
		a->hidden = true;
	}
	if (a->hidden && a->info->flags & SCAP_F_MANAGED)
		return;
	if (apply_life(a) || apply_proc(a))
		return;
	if (!a->t)
		return;
	if (apply_files(a))
		return;
	apply_net(a);
}

void actor_end(struct scap_actor *a)
{
	if (a->remove_fd && a->fds) {
		fds_remove(a->w, a->fds, a->remove_num);
		actor_touch_fd(a, a->remove_num);
	}
	if (a->remove_thread && a->t)
		thread_gone(a->w, a->t);
}
