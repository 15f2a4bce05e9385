// SPDX-License-Identifier: BSD-2-Clause
/* What is told only because a plan asks for it. */
#include <string.h>
#include <sys/stat.h>

#include "common/plan.h"
#include "decode_priv.h"
#include "othercalls.h"

static void ask(struct decoder *d, unsigned int field)
{
	if (field >= DECODE_ASKED && field < DECODE_ASKED + 64)
		d->asked |= 1ULL << (field - DECODE_ASKED);
}

void decode_ask(struct decoder *d, const struct plan *plan)
{
	d->asked = 0;
	for (size_t i = 0; plan && i < plan->nselectors; i++) {
		const struct plan_selector *s = &plan->selectors[i];

		for (size_t k = 0; k < s->npreds; k++)
			ask(d, s->preds[k].field);
		for (size_t k = 0; k < s->nby; k++)
			ask(d, s->by[k]);
	}
}

void decode_filetype(struct decoding *x, unsigned int mode)
{
	static const char *const names[] = {
		[S_IFIFO >> 12] = "fifo",  [S_IFCHR >> 12] = "chr", [S_IFDIR >> 12] = "dir",
		[S_IFBLK >> 12] = "blk",   [S_IFREG >> 12] = "reg", [S_IFLNK >> 12] = "lnk",
		[S_IFSOCK >> 12] = "sock",
	};
	unsigned int type = mode >> 12;

	if (type < nitems(names) && names[type])
		wire_cstr(&x->w, F_FD_FILETYPE, names[type]);
}

static void write_namespaces(struct decoding *x, const struct item_namespaces *n)
{
	const struct {
		uint16_t field;
		uint32_t inode;
	} all[] = {
		{ F_PROC_NETNS, n->net },
		{ F_PROC_USERNS, n->user },
		{ F_PROC_UTSNS, n->uts },
		{ F_PROC_IPCNS, n->ipc },
		{ F_PROC_CGROUPNS, n->cgroup },
		{ F_PROC_TIMENS, n->time },
		{ F_PROC_PIDNS_CHILDREN, n->pid_children },
		{ F_PROC_TIMENS_CHILDREN, n->time_children },
	};

	for (size_t i = 0; i < nitems(all); i++)
		if (all[i].inode)
			wire_uint(&x->w, all[i].field, all[i].inode);
}

static void write_capabilities(struct decoding *x, const struct item_capabilities *c)
{
	wire_uint(&x->w, F_THREAD_CAP_INHERITABLE, c->inheritable);
	wire_uint(&x->w, F_THREAD_CAP_PERMITTED, c->permitted);
	wire_uint(&x->w, F_THREAD_CAP_EFFECTIVE, c->effective);
}

/* as the kernel takes them: of an int the lower half, whatever the caller left in the other */
static void write_sysargs(struct decoding *x, const struct sysdef *def)
{
	for (unsigned int i = 0; i < SYSCALL_ARGS; i++) {
		const struct sysarg *a = def ? sysdef_arg(def, i) : NULL;
		uint64_t v = x->r->arg[i];

		if (!decode_asked(x, F_EVT_SYSARG0 + i))
			continue;
		if (x->r->abi == ABI_32 || (a && !sysarg_wide(a->kind)))
			v = (uint32_t)v;
		wire_int(&x->w, F_EVT_SYSARG0 + i, (int64_t)v);
	}
}

void decode_other(struct decoding *x)
{
	const char *name = othercalls_name(x->r->abi, x->r->nr);

	wire_uint(&x->w, F_ARG(A_NATIVEID), x->r->nr);
	if (name)
		wire_cstr(&x->w, F_ARGTEXT(A_SYSCALL_ID), name);
}

void decode_told(struct decoding *x, const struct sysdef *def)
{
	const struct item_namespaces *n = items_struct(&x->items, ITEM_NAMESPACES, 0, sizeof(*n));
	const struct item_capabilities *c =
		items_struct(&x->items, ITEM_CAPABILITIES, 0, sizeof(*c));

	if (n)
		write_namespaces(x, n);
	if (c)
		write_capabilities(x, c);
	if ((def || x->r->type == EV_SYSCALL) && x->d->asked)
		write_sysargs(x, def);
}
