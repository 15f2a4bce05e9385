// SPDX-License-Identifier: BSD-2-Clause
/* Records become events: what all have in common. */
#include "decode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decode_priv.h"

void decode_cut(struct decoding *x, unsigned int field, uint32_t full)
{
	if (x->nnotes == NOTES_MAX)
		return;
	x->notes[x->nnotes].field = (uint16_t)field;
	x->notes[x->nnotes++].full = full;
}

void decode_path(struct decoding *x, const struct item *item, bool pseudo, unsigned int field)
{
	char buf[PATH_BUF];
	size_t n = items_path(item, pseudo, buf, sizeof(buf));

	if (n)
		wire_text(&x->w, field, buf, n);
	if (item_cut(item))
		decode_cut(x, field, item->full);
}

static void write_notes(struct decoding *x)
{
	char name[64], buf[96];

	if (!x->nnotes)
		return;
	wire_array(&x->w, F_EVT_TRUNCATED, x->nnotes);
	for (unsigned int i = 0; i < x->nnotes; i++) {
		const char *field = field_wire_name(x->notes[i].field, name, sizeof(name));
		int n = x->notes[i].full == ~0U
				? snprintf(buf, sizeof(buf), "%s:unknown", field)
				: snprintf(buf, sizeof(buf), "%s:%u", field, x->notes[i].full);

		wire_item_text(&x->w, buf, (size_t)n);
	}
}

static void write_identity(struct decoding *x)
{
	const struct record *r = x->r;
	struct wire *w = &x->w;

	wire_uint(w, F_EVT_NUM, x->d->num + 1);
	wire_uint(w, F_EVT_RAWTIME, decode_time(x, r->time));
	wire_uint(w, F_EVT_CPU, r->cpu);
	wire_uint(w, F_THREAD_TID, r->tid);
	wire_uint(w, F_PROC_PID, r->pid);
	wire_uint(w, F_PROC_PID_TS, decode_time(x, r->start));
	wire_uint(w, F_PROC_PPID, r->ppid);
	wire_uint(w, F_PROC_PPID_TS, decode_time(x, r->pstart));
	wire_text(w, F_PROC_NAME, r->comm, strnlen(r->comm, sizeof(r->comm)));
	wire_uint(w, F_USER_UID, r->euid);
	wire_uint(w, F_USER_RUID, r->uid);
	wire_uint(w, F_GROUP_GID, r->egid);
	wire_uint(w, F_GROUP_RGID, r->gid);
	if (r->loginuid != ~0U)
		wire_uint(w, F_USER_LOGINUID, r->loginuid);
	wire_uint(w, F_THREAD_CGROUP_ID, r->cgroup);
	wire_uint(w, F_PROC_PIDNS, r->pidns);
	if (r->mntns)
		wire_uint(w, F_PROC_MNTNS, r->mntns);
	wire_uint(w, F_PROC_VPID, r->vpid);
	wire_uint(w, F_THREAD_VTID, r->vtid);
	if (r->flags & RECORD_RES)
		wire_int(w, F_EVT_RAWRES, r->res);
	if (r->hook != HOOK_ITER) {
		wire_uint(w, F_EVT_SEQ, r->seq);
		wire_uint(w, F_EVT_RING, r->flags & RECORD_ALONE ? RING_COUNT : r->ring);
	}
	if (r->hook == HOOK_IO_URING)
		wire_cstr(w, F_EVT_HOOK, "io_uring");
}

uint16_t decode_type(const struct record *r)
{
	static const struct {
		uint16_t event;
		int16_t nr[3];
	} forks[] = {
		{ EV_FORK, { 57, 2, -1 } },
		{ EV_VFORK, { 58, 190, -1 } },
		{ EV_CLONE3, { 435, 435, 435 } },
	};
	unsigned int col = r->abi == ABI_32 ? SYSDEF_I386 : SYSDEF_X86_64;

#ifdef __aarch64__
	col = SYSDEF_GENERIC;
#endif
	for (size_t i = 0; r->type == EV_CLONE && i < nitems(forks); i++)
		if (forks[i].nr[col] == r->nr)
			return forks[i].event;
	return r->type;
}

int decode_record(struct decoder *d, const void *buf, size_t len, const struct decode_extra *extra,
		  struct outq *q)
{
	const struct sysdef *def;
	struct decoding x;

	x.d = d;
	x.nnotes = 0;
	if (items_index(&x.items, buf, len) == -1)
		return -1;
	x.r = x.items.r;
	if (!event_by_id(x.r->type)) {
		errno = EPROTO;
		return -1;
	}
	if (wire_event(&x.w, q, KIND_EVENT, decode_type(x.r)) == -1)
		return -1;
	write_identity(&x);
	def = x.r->hook == HOOK_SCHED || x.r->hook == HOOK_ITER ? NULL : sysdef_find(x.r->type);
	if (def)
		decode_syscall(&x, def);
	else if (x.r->type == EV_SYSCALL)
		decode_other(&x);
	else
		decode_life(&x, extra);
	decode_told(&x, def);
	write_notes(&x);
	if (wire_end(&x.w) == -1)
		return -1;
	d->num++;
	return 0;
}
