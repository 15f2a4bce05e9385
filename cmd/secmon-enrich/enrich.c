// SPDX-License-Identifier: BSD-2-Clause
/* The way of an event through enrich. */
#include "enrich.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "life.h"
#include "lineage.h"

enum {
	DESC_BYTES_PER_PROC = 4096, /* most processes share their parent's or need a tenth */
	DESC_BYTES_MIN = 4 << 20,
	BLOB_BYTES_PER_PROC = 512,
	BLOB_BYTES_MAX = 16 << 20
};

static void on_forget(void *arg, struct proc *p)
{
	struct world *w = arg;

	if (w->containers)
		container_unref(w->containers, p->container);
}

int enrich_init(struct enrich *e, size_t proc_max, bool containers, struct outq *out,
		struct stats *stats)
{
	static struct hello here; /* too large for the stack */
	size_t ring = proc_max * BLOB_BYTES_PER_PROC;

	memset(e, 0, sizeof(*e));
	hello_local(&here);
	memcpy(e->boot_id, here.boot_id, sizeof(e->boot_id));
	e->out = out;
	e->stats = stats;
	e->desc_max = proc_max * DESC_BYTES_PER_PROC;
	if (e->desc_max < DESC_BYTES_MIN)
		e->desc_max = DESC_BYTES_MIN;
	e->world.epoch = 1;
	e->world.procs = proctab_new(proc_max, on_forget, &e->world);
	e->world.containers = containers ? containers_new() : NULL;
	e->world.names = names_new();
	e->blobs = blobs_new(ring < BLOB_BYTES_MAX ? ring : BLOB_BYTES_MAX);
	event_init(&e->event);
	if (e->world.procs && e->world.names && e->blobs && (!containers || e->world.containers))
		return 0;
	enrich_fini(e);
	errno = ENOMEM;
	return -1;
}

void enrich_fini(struct enrich *e)
{
	proctab_free(e->world.procs);
	containers_free(e->world.containers);
	names_free(e->world.names);
	blobs_free(e->blobs);
	memset(&e->world, 0, sizeof(e->world));
	e->blobs = NULL;
}

void enrich_hello(struct enrich *e, const struct hello *h)
{
	e->world.local = h->boot_id[0] && strcmp(h->boot_id, e->boot_id) == 0;
}

static void set_comm(struct world *w, struct proc *p, const struct view *v)
{
	if (v->comm_len > PROC_COMM_MAX)
		return;
	if (p->comm_len == v->comm_len && memcmp(p->comm, v->comm, v->comm_len) == 0)
		return;
	memcpy(p->comm, v->comm, v->comm_len);
	p->comm_len = (uint8_t)v->comm_len;
	world_changed(w, p);
}

/* The cgroup may change at any time, and only events tell. */
static void set_cgroup(struct world *w, struct proc *p, uint64_t id)
{
	struct container *c;

	if (p->cgroup_id == 0 && p->container) {
		p->cgroup_id = id;
		return;
	}
	if (p->cgroup_id == id && p->container)
		return;
	c = containers_lookup(w->containers, id);
	if (c != p->container)
		world_changed(w, p);
	container_unref(w->containers, p->container);
	p->container = c;
	p->cgroup_id = id;
}

/* What every event says of its process by itself. */
static void refresh(struct world *w, struct proc *p, const struct view *v)
{
	bool main_thread = !view_has(v, F_THREAD_TID) || v->tid == v->pid;

	if (v->time_ns > p->used_ns)
		p->used_ns = v->time_ns;
	if (view_has(v, F_PROC_PPID) && proctab_adopt(w->procs, p, v->ppid, v->pstart_ns))
		world_changed(w, p);
	if (view_has(v, F_PROC_VPID))
		p->vpid = v->vpid;
	if (view_has(v, F_PROC_PIDNS))
		p->pidns = v->pidns;
	if (w->containers && view_has(v, F_THREAD_CGROUP_ID))
		set_cgroup(w, p, v->cgroup_id);
	if (!main_thread)
		return;
	if (view_has(v, F_PROC_NAME))
		set_comm(w, p, v);
	if (view_has(v, F_PROC_MNTNS) && p->mntns != v->mntns) {
		p->mntns = v->mntns;
		world_changed(w, p);
	}
}

static struct proc *actor(struct world *w, const struct view *v)
{
	struct proc *p = proctab_find(w->procs, v->pid, v->start_ns);

	if (unlikely(!p))
		p = world_add(w, v->pid, v->start_ns);
	proctab_pin(w->procs, p); /* its own event must not push it out */
	refresh(w, p, v);
	return p;
}

/* An event that describes its actor although no life record did: a replayed file's do. */
static bool describes(const struct proc *p, const struct view *v)
{
	return !p->told && !p->desc && view_has(v, F_PROC_EXEPATH);
}

static void write_user(const struct names *names, const struct view *v, bool host, struct wire *w)
{
	const struct user *u = names_user(names, v->uid);

	if (!host && v->uid == 0) {
		wire_cstr(w, F_USER_NAME, "root");
		return;
	}
	/* a container has its own passwd, which we do not see */
	if (!host || !u)
		return;
	wire_cstr(w, F_USER_NAME, u->name);
	if (*u->home)
		wire_cstr(w, F_USER_HOMEDIR, u->home);
	if (*u->shell)
		wire_cstr(w, F_USER_SHELL, u->shell);
}

static void write_names(const struct world *world, const struct proc *p, const struct view *v,
			struct wire *w)
{
	bool host = !world->containers || !p->container || container_is_host(p->container);
	const struct group *g;
	const struct user *u;

	if (!world->local)
		return;
	if (view_has(v, F_USER_UID))
		write_user(world->names, v, host, w);
	g = host && view_has(v, F_GROUP_GID) ? names_group(world->names, v->gid) : NULL;
	if (g)
		wire_cstr(w, F_GROUP_NAME, g->name);
	/* the audit uid is of the login, which was the host's */
	u = view_has(v, F_USER_LOGINUID) && v->loginuid >= 0
		    ? names_user(world->names, (uint64_t)v->loginuid)
		    : NULL;
	if (u)
		wire_cstr(w, F_USER_LOGINNAME, u->name);
}

static const struct blob *pack(struct enrich *e, struct proc *p, const struct view *v,
			       const struct blob_key *key)
{
	static uint8_t run[BLOB_RUN_MAX];
	struct marks marks = { 0 };
	struct wire w;
	unsigned int n;
	long len;

	wire_blob(&w, run, sizeof(run));
	if (p->desc)
		wire_raw(&w, p->desc->run, p->desc->len, p->desc->npieces);
	if (!p->told && !(p->desc && fieldset_has(&p->desc->has, F_PROC_EXEPATH)))
		marks_add(&marks, F_PROC_EXEPATH, REASON_UNKNOWN);
	write_names(&e->world, p, v, &w);
	if (e->world.containers) {
		container_write(p->container, &w, &marks);
		if (!p->container)
			world_missed(&e->world);
	}
	hash_write(e->hashes, p->desc, &w, &marks);
	lineage_write(&e->world, p, &w, &marks);
	marks_write(&marks, &w);
	len = wire_blob_end(&w, &n);
	if (len < 0) /* cannot be: the parts are bounded; if it is, add nothing */
		len = 0;
	return blobs_put(e->blobs, key, &marks, run, (size_t)len, &p->blob);
}

static struct blob_key key_of(const struct world *w, const struct view *v)
{
	struct blob_key k = { .epoch = w->epoch };

	if (view_has(v, F_USER_UID))
		k.given |= 1, k.uid = v->uid;
	if (view_has(v, F_GROUP_GID))
		k.given |= 2, k.gid = v->gid;
	if (view_has(v, F_USER_LOGINUID))
		k.given |= 4, k.loginuid = v->loginuid;
	if (view_has(v, F_THREAD_CGROUP_ID))
		k.given |= 8, k.cgroup_id = v->cgroup_id;
	return k;
}

static const struct blob *fields_for(struct enrich *e, struct proc *p, const struct view *v)
{
	struct blob_key key = key_of(&e->world, v);
	const struct blob *blob = blobs_get(e->blobs, p->blob);

	if (likely(blob && memcmp(&blob->key, &key, sizeof(key)) == 0))
		return blob;
	return pack(e, p, v, &key);
}

/* blob NULL: as it is. If it cannot grow, it goes as it came. */
static void emit(struct enrich *e, const struct object *o, const struct view *v,
		 const struct blob *blob)
{
	struct wire w;

	wire_copy(&w, e->out, KIND_EVENT, o->buf, o->len);
	if (blob && !blob_append(blob, &v->has, &w))
		e->stats->v[S_ENRICH_INCOMPLETE]++;
	if (unlikely(wire_end(&w) == -1)) {
		wire_abandon(&w);
		wire_copy(&w, e->out, KIND_EVENT, o->buf, o->len);
		wire_end(&w);
	}
	e->stats->v[S_ENRICH_OUT]++;
}

static void want_hash(struct enrich *e, const struct proc *p)
{
	struct hash *h;
	struct exe exe;

	if (!e->hashes || !hash_exe(p->desc, &exe))
		return;
	h = hashes_at(e->hashes, &exe);
	if (h->state == HASH_NONE)
		e->on_exe(e->on_exe_arg, &exe, h);
}

static int bad(struct enrich *e, const char *why)
{
	e->error = why;
	errno = EPROTO;
	return -1;
}

static void bound_memory(struct enrich *e)
{
	while (desc_bytes() > e->desc_max && proctab_shrink(e->world.procs))
		;
}

int enrich_event(struct enrich *e, const struct object *o)
{
	struct world *w = &e->world;
	struct proc *p;
	struct view v;
	bool indexed;

	if (outq_full(e->out))
		return 1;
	if (view_read(&v, o, &e->error) == -1)
		return -1;
	if (v.time_ns > w->now_ns)
		w->now_ns = v.time_ns;
	p = view_has(&v, F_PROC_PID) && v.pid > 0 ? actor(w, &v) : NULL;
	indexed = p && (life_is(o->type) || describes(p, &v));
	if (indexed) {
		if (event_index(&e->event, o) == -1)
			return bad(e, e->event.error);
		if (describes(p, &v))
			p->desc = desc_from(NULL, &e->event, DESC_UPDATE);
		life_before(w, p, &v, &e->event);
		if (o->type == EV_EXECVE || o->type == EV_EXECVEAT)
			want_hash(e, p);
	}
	e->stats->v[S_ENRICH_IN]++;
	/* a process list entry describes itself, and rules never see it */
	emit(e, o, &v, p && o->type != EV_SNAPSHOT ? fields_for(e, p, &v) : NULL);
	if (indexed) {
		life_after(w, p, &v, &e->event);
		bound_memory(e);
		proctab_expire(w->procs, w->now_ns);
	}
	proctab_pin(w->procs, NULL);
	return 0;
}

void enrich_gauges(struct enrich *e)
{
	proctab_expire(e->world.procs, e->world.now_ns);
	e->stats->v[S_ENRICH_PROCS] = proctab_count(e->world.procs);
	e->stats->v[S_ENRICH_EVICTED] = proctab_evicted(e->world.procs);
}
