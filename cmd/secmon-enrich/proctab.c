// SPDX-License-Identifier: BSD-2-Clause
/* A bounded table of processes with their family ties. */
#include "proctab.h"

#include <stdlib.h>
#include <string.h>

enum { EVICT_LOOK = 64 }; /* slots compared to find one to evict */

struct proctab {
	size_t max, count, top; /* slots below top have been used */
	size_t hand;		/* where the next search for a victim starts */
	size_t mask;
	uint64_t evicted;
	struct proc *free;	      /* by chain */
	const struct proc *pinned;    /* never evicted */
	struct proc *oldest, *newest; /* exited, in the order of their exit */
	size_t exited;		      /* so many of them */
	void (*forget)(void *arg, struct proc *p);
	void *arg;
	struct proc **hash;
	struct proc *slots;
};

struct proctab *proctab_new(size_t max, void (*forget)(void *arg, struct proc *p), void *arg)
{
	struct proctab *t = calloc(1, sizeof(*t));
	size_t buckets = 64;

	while (buckets < 2 * max)
		buckets *= 2;
	if (!t)
		return NULL;
	*t = (struct proctab){ .max = max, .mask = buckets - 1, .forget = forget, .arg = arg };
	/* untouched pages of these cost nothing */
	t->hash = calloc(buckets, sizeof(struct proc *));
	t->slots = calloc(max, sizeof(struct proc));
	if (!t->hash || !t->slots) {
		proctab_free(t);
		return NULL;
	}
	return t;
}

void proctab_free(struct proctab *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->top; i++)
		if (t->slots[i].used)
			proctab_remove(t, &t->slots[i]);
	free(t->hash);
	free(t->slots);
	free(t);
}

static struct proc **bucket(const struct proctab *t, int64_t pid)
{
	return &t->hash[(uint64_t)pid * 0x9e3779b97f4a7c15ULL >> 32 & t->mask];
}

struct proc *proctab_find(const struct proctab *t, int64_t pid, uint64_t start_ns)
{
	struct proc *best = NULL;

	for (struct proc *p = *bucket(t, pid); p; p = p->chain) {
		if (p->pid != pid)
			continue;
		if (start_ns == p->start_ns)
			return p;
		if (start_ns == 0 && (!best || p->start_ns > best->start_ns))
			best = p;
	}
	return best;
}

static void leave_parent(struct proc *p)
{
	if (!p->parent)
		return;
	if (p->prev)
		p->prev->next = p->next;
	else
		p->parent->child = p->next;
	if (p->next)
		p->next->prev = p->prev;
	p->parent = p->next = p->prev = NULL;
}

static void join_parent(struct proc *p, struct proc *parent)
{
	p->parent = parent;
	p->orphan = false;
	p->prev = NULL;
	p->next = parent->child;
	if (p->next)
		p->next->prev = p;
	parent->child = p;
}

/* a process is no descendant of itself, whatever a stream says */
static bool would_loop(const struct proc *p, const struct proc *parent)
{
	for (; parent; parent = parent->parent)
		if (parent == p)
			return true;
	return false;
}

bool proctab_adopt(struct proctab *t, struct proc *p, int64_t ppid, uint64_t pstart_ns)
{
	struct proc *parent;

	if (p->ppid == ppid && p->pstart_ns == pstart_ns && (p->parent || ppid <= 0))
		return false;
	parent = ppid > 0 ? proctab_find(t, ppid, pstart_ns) : NULL;
	if (p->ppid == ppid && p->pstart_ns == pstart_ns && !parent)
		return false;
	leave_parent(p);
	p->ppid = ppid;
	p->pstart_ns = pstart_ns;
	if (parent && !(p->child && would_loop(p, parent)) && parent != p)
		join_parent(p, parent);
	return true;
}

static void leave_queue(struct proctab *t, struct proc *p)
{
	if (!p->exit_ns)
		return;
	if (p->older)
		p->older->newer = p->newer;
	else
		t->oldest = p->newer;
	if (p->newer)
		p->newer->older = p->older;
	else
		t->newest = p->older;
	p->newer = p->older = NULL;
	p->exit_ns = 0;
	t->exited--;
}

void proctab_exit(struct proctab *t, struct proc *p, int64_t reaper, uint64_t now_ns)
{
	struct proc *to = reaper > 0 ? proctab_find(t, reaper, 0) : NULL;

	while (to && to != p && p->child) {
		struct proc *child = p->child;

		leave_parent(child);
		child->ppid = to->pid;
		child->pstart_ns = to->start_ns;
		if (!would_loop(child, to))
			join_parent(child, to);
	}
	leave_queue(t, p);
	p->exit_ns = now_ns ? now_ns : 1;
	p->older = t->newest;
	if (t->newest)
		t->newest->newer = p;
	else
		t->oldest = p;
	t->newest = p;
	t->exited++;
}

void proctab_remove(struct proctab *t, struct proc *p)
{
	struct proc **at = bucket(t, p->pid);

	t->forget(t->arg, p);
	while (p->child) {
		p->child->orphan = true;
		leave_parent(p->child);
	}
	leave_parent(p);
	leave_queue(t, p);
	while (*at != p)
		at = &(*at)->chain;
	*at = p->chain;
	desc_unref(p->desc);
	memset(p, 0, sizeof(*p));
	p->chain = t->free;
	t->free = p;
	t->count--;
}

void proctab_expire(struct proctab *t, uint64_t now_ns)
{
	while (t->exited > PROC_EXITED_MAX || (t->oldest && now_ns > t->oldest->exit_ns &&
					       now_ns - t->oldest->exit_ns > PROC_GRACE_NS))
		proctab_remove(t, t->oldest);
}

/* Of the next slots, one without children if there is one, and of these the one silent longest. */
static struct proc *victim(struct proctab *t)
{
	struct proc *best = NULL;

	for (size_t looked = 0, seen = 0; looked < t->top && seen < EVICT_LOOK; looked++) {
		struct proc *p = &t->slots[t->hand++ % t->top];

		if (!p->used || p == t->pinned)
			continue;
		seen++;
		if (!best || (!p->child && best->child) ||
		    (!p->child == !best->child && p->used_ns < best->used_ns))
			best = p;
	}
	return best;
}

void proctab_pin(struct proctab *t, const struct proc *p)
{
	t->pinned = p;
}

bool proctab_shrink(struct proctab *t)
{
	struct proc *p = t->oldest;

	if (p && p == t->pinned)
		p = p->newer;
	if (!p)
		p = victim(t);
	if (!p)
		return false;
	proctab_remove(t, p);
	t->evicted++;
	return true;
}

static struct proc *slot(struct proctab *t)
{
	struct proc *p;

	if (!t->free && t->top < t->max)
		return &t->slots[t->top++];
	if (!t->free)
		proctab_shrink(t);
	p = t->free;
	t->free = p->chain;
	return p;
}

struct proc *proctab_add(struct proctab *t, int64_t pid, uint64_t start_ns, uint64_t now_ns)
{
	struct proc *p = slot(t), **at = bucket(t, pid);

	*p = (struct proc){
		.pid = pid, .start_ns = start_ns, .used = true, .used_ns = now_ns, .chain = *at
	};
	*at = p;
	t->count++;
	return p;
}

size_t proctab_count(const struct proctab *t)
{
	return t->count;
}

uint64_t proctab_evicted(const struct proctab *t)
{
	return t->evicted;
}
