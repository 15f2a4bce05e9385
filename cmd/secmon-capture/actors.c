// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processes and what they execute. An image is what a process executed for some
 * time; it stays as long as somebody descends from it.
 */
#include "actors.h"

#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

enum { BUCKETS = 1 << 14 };

struct image {
	struct image *parent; /* of the process that made this one, at that time; NULL: unknown */
	unsigned int refs;
	int64_t pid, vpid; /* of the process; vpid 0: unknown */
	int64_t ppid;	   /* where the parent may be found if it is not known yet */
	uint64_t pstart;
	uint32_t len;
	char exepath[];
};

struct actor {
	struct actor *next;
	int64_t pid;
	uint64_t start;
	struct image *image;  /* NULL: unknown */
	struct image *before; /* what it executed before that; NULL: nothing, or unknown */
};

struct actors {
	struct actor *bucket[BUCKETS];
	size_t n;
	bool overflowed; /* somebody found no place */
};

struct actors *actors_new(void)
{
	return calloc(1, sizeof(struct actors));
}

static struct image *image_ref(struct image *i)
{
	if (i)
		i->refs++;
	return i;
}

static void image_unref(struct image *i)
{
	while (i && --i->refs == 0) {
		struct image *parent = i->parent;

		free(i);
		i = parent;
	}
}

void actors_free(struct actors *a)
{
	if (!a)
		return;
	for (size_t b = 0; b < BUCKETS; b++) {
		while (a->bucket[b]) {
			struct actor *next = a->bucket[b]->next;

			image_unref(a->bucket[b]->image);
			image_unref(a->bucket[b]->before);
			free(a->bucket[b]);
			a->bucket[b] = next;
		}
	}
	free(a);
}

bool actors_wanted(const struct plan *p)
{
	for (size_t i = 0; i < p->nselectors; i++) {
		const struct plan_selector *s = &p->selectors[i];

		for (size_t k = 0; k < s->npreds; k++)
			if (plan_of_actor(s->preds[k].field))
				return true;
		for (size_t k = 0; k < s->nby; k++)
			if (plan_of_actor(s->by[k]))
				return true;
	}
	return false;
}

/* where the pointer to the actor is, or would be */
static struct actor **place(struct actors *a, int64_t pid, uint64_t start)
{
	struct actor **at = &a->bucket[(uint64_t)pid % BUCKETS];

	while (*at && ((*at)->pid != pid || (*at)->start != start))
		at = &(*at)->next;
	return at;
}

static struct actor *find(struct actors *a, const struct event *e, unsigned int pid_field,
			  unsigned int start_field)
{
	uint64_t start = 0;
	int64_t pid;

	if (!event_i64(e, pid_field, &pid))
		return NULL;
	event_u64(e, start_field, &start);
	return *place(a, pid, start);
}

static struct actor *make(struct actors *a, int64_t pid, uint64_t start)
{
	struct actor **at = place(a, pid, start), *new;

	if (*at)
		return *at;
	new = a->n < ACTORS_MAX ? calloc(1, sizeof(*new)) : NULL;
	a->overflowed |= !new;
	if (!new)
		return NULL;
	*new = (struct actor){ .pid = pid, .start = start };
	*at = new;
	a->n++;
	return new;
}

static void forget(struct actors *a, const struct event *e)
{
	uint64_t start = 0;
	int64_t pid;
	struct actor **at, *gone;

	if (!event_i64(e, F_PROC_PID, &pid))
		return;
	event_u64(e, F_PROC_PID_TS, &start);
	at = place(a, pid, start);
	gone = *at;
	if (!gone)
		return;
	*at = gone->next;
	image_unref(gone->image);
	image_unref(gone->before);
	free(gone);
	a->n--;
}

static struct image *image_new(const char *exepath, size_t len)
{
	struct image *i = malloc(sizeof(*i) + len);

	if (!i)
		return NULL;
	*i = (struct image){ .refs = 1, .len = (uint32_t)len };
	memcpy(i->exepath, exepath, len);
	return i;
}

/* The event describes its actor anew: it executes something, or was there before. */
static void described(struct actors *a, const struct event *e)
{
	struct image *new = NULL;
	const char *exepath = "";
	struct actor *p;
	uint64_t start = 0;
	int64_t pid;
	size_t len = 0;

	if (!event_i64(e, F_PROC_PID, &pid))
		return;
	event_u64(e, F_PROC_PID_TS, &start);
	p = make(a, pid, start);
	if (!p)
		return;
	event_text(e, F_PROC_EXEPATH, &exepath, &len); /* a thread of the kernel has none */
	new = image_new(exepath, len);
	if (new && p->image) {
		new->parent = image_ref(p->image->parent);
		new->ppid = p->image->ppid;
		new->pstart = p->image->pstart;
	} else if (new) {
		event_i64(e, F_PROC_PPID, &new->ppid);
		event_u64(e, F_PROC_PPID_TS, &new->pstart);
	}
	if (new) {
		new->pid = pid;
		event_i64(e, F_PROC_VPID, &new->vpid);
	}
	image_unref(p->before);
	p->before = p->image;
	p->image = new;
}

static void born(struct actors *a, const struct event *e)
{
	struct actor *parent = find(a, e, F_PROC_PID, F_PROC_PID_TS), *child;
	struct image *of = parent ? parent->image : NULL, *image;
	uint64_t start = 0;
	int64_t pid;

	if (!of || !event_i64(e, F_PROC_CHILD_PID, &pid))
		return;
	event_u64(e, F_PROC_CHILD_TS, &start);
	image = image_new(of->exepath, of->len);
	child = image ? make(a, pid, start) : NULL;
	if (!child) {
		free(image);
		return;
	}
	image->parent = image_ref(of);
	image->pid = pid;
	event_i64(e, F_PROC_CHILD_VPID, &image->vpid);
	image_unref(child->image);
	child->image = image;
}

void actors_learn(struct actors *a, const struct event *e)
{
	int64_t res;

	switch (e->type) {
	case EV_CLONE:
	case EV_FORK:
	case EV_VFORK:
	case EV_CLONE3:
		born(a, e);
		break;
	case EV_EXECVE:
	case EV_EXECVEAT:
		if (event_i64(e, F_EVT_RAWRES, &res) && res < 0)
			break;
		described(a, e);
		break;
	case EV_SNAPSHOT:
		described(a, e);
		break;
	case EV_PROCEXIT:
		forget(a, e);
		break;
	}
}

/* those that ran already are told in the order of their numbers, not of their birth */
static struct image *parent_of(struct actors *a, struct image *i)
{
	struct actor *p = i->parent || !i->ppid ? NULL : *place(a, i->ppid, i->pstart);

	if (p && p->image != i)
		i->parent = image_ref(p->image);
	return i->parent;
}

static void set_number(struct value *v, int64_t i)
{
	*v = (struct value){ .type = i < 0 ? VALUE_INT : VALUE_UINT, .i = i };
}

static void set(struct value *v, const struct image *i, unsigned int field)
{
	if (field == F_PROC_APID)
		set_number(v, i->pid);
	else if (field == F_PROC_AVPID)
		set_number(v, i->vpid);
	else
		*v = (struct value){ .type = VALUE_STR,
				     .len = i->len,
				     .p = (const uint8_t *)i->exepath };
}

/* what the actor of an event executed before the event, which may be that it executes something */
static struct image *image_before(const struct actor *p, const struct event *e)
{
	int64_t res;

	if (e->type != EV_EXECVE && e->type != EV_EXECVEAT)
		return p->image;
	return event_i64(e, F_EVT_RAWRES, &res) && res < 0 ? p->image : p->before;
}

unsigned int actors_get(void *actors, const struct event *e, unsigned int field, struct value *v,
			bool *more)
{
	struct actor *p = plan_of_actor(field) ? find(actors, e, F_PROC_PID, F_PROC_PID_TS) : NULL;
	bool own = field == F_PROC_EXEPATH || field == F_PROC_EXEPATH_BEFORE;
	struct image *i = p ? p->image : NULL;
	unsigned int n = 0;

	if (p && field == F_PROC_EXEPATH_BEFORE)
		i = image_before(p, e);
	*more = !i || (own && !i->len);
	if (*more)
		return 0;
	if (own) {
		set(v, i, field);
		return 1;
	}
	while (n < PLAN_VALUES_MAX && parent_of(actors, i)) {
		i = i->parent;
		set(&v[n++], i, field);
		if (field == F_PROC_PEXEPATH)
			return 1;
	}
	*more = ((struct actors *)actors)->overflowed;
	return n;
}
