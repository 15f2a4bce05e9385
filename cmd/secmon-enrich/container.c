// SPDX-License-Identifier: BSD-2-Clause
/* Containers by name and by cgroup id. */
#include "container.h"

#include <stdlib.h>
#include <string.h>

#include "common/compat.h"

enum { SHORT_ID = 12, IDS = 4096 };

/* The cgroup ids that were met last; a full place is taken over. */
struct known_id {
	uint64_t id;
	struct container *container;
};

struct containers {
	struct container host;
	struct container *all;
	struct known_id ids[IDS];
};

struct containers *containers_new(void)
{
	struct containers *t = calloc(1, sizeof(*t));

	if (t)
		t->host.refs = 1; /* ours: it never goes */
	return t;
}

void containers_free(struct containers *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < IDS; i++)
		container_unref(t, t->ids[i].container);
	free(t);
}

static struct known_id *place(struct containers *t, uint64_t id)
{
	return &t->ids[id * 0x9e3779b97f4a7c15ULL >> 52];
}

static_assert(IDS == 1 << 12, "the hash of an id has 12 bits");

struct container *container_ref(struct container *c)
{
	if (c)
		c->refs++;
	return c;
}

void container_unref(struct containers *t, struct container *c)
{
	struct container **at = &t->all;

	if (!c || --c->refs)
		return;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	free(c->meta);
	free(c);
}

struct container *containers_all(struct containers *t)
{
	return t->all;
}

static struct container *intern(struct containers *t, const struct cgroup_name *name)
{
	struct container *c;

	if (name->runtime == RUNTIME_HOST)
		return container_ref(&t->host);
	for (c = t->all; c; c = c->next)
		if (c->name.runtime == name->runtime && strcmp(c->name.id, name->id) == 0)
			return container_ref(c);
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	*c = (struct container){ .refs = 1, .name = *name, .state = META_WANTED, .next = t->all };
	t->all = c;
	return c;
}

static void remember(struct containers *t, uint64_t id, struct container *c)
{
	struct known_id *k = place(t, id);

	if (k->id == id && k->container == c)
		return;
	container_unref(t, k->container);
	*k = (struct known_id){ id, container_ref(c) };
}

/* "cgroup2=/a/b" is the hierarchy that cgroup ids are of. */
static bool is_v2(const struct value *v, size_t key_len)
{
	return key_len == strlen("cgroup2") && memcmp(v->p, "cgroup2", key_len) == 0;
}

struct container *containers_learn(struct containers *t, uint64_t id, struct pull list, size_t n)
{
	struct cgroup_name name = { 0 }, one;
	bool any = false, by_v2 = false;
	struct container *c;
	struct value v;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *eq;

		if (pull_next(&list, &v) != PULL_OK || !value_is_text(&v))
			break;
		eq = memchr(v.p, '=', v.len);
		if (!eq)
			continue;
		any = true;
		if (name.runtime != RUNTIME_HOST)
			continue;
		if (cgroup_parse((const char *)eq + 1, v.len - (size_t)(eq + 1 - v.p), &one))
			name = one;
		by_v2 = is_v2(&v, (size_t)(eq - v.p));
	}
	if (!any)
		return NULL;
	c = intern(t, &name);
	/* where the version 1 hierarchies tell, the id is the same for many containers */
	if (c && id && (by_v2 || container_is_host(c)))
		remember(t, id, c);
	return c;
}

struct container *containers_lookup(struct containers *t, uint64_t id)
{
	struct known_id *k = place(t, id);

	return k->id == id ? container_ref(k->container) : NULL;
}

static void write_id(const struct container *c, struct wire *w)
{
	size_t len = strlen(c->name.id);

	wire_text(w, F_CONTAINER_ID, c->name.id, len == CGROUP_ID_MAX ? SHORT_ID : len);
	wire_text(w, F_CONTAINER_FULL_ID, c->name.id, len);
	if (runtime_name(c->name.runtime))
		wire_cstr(w, F_CONTAINER_TYPE, runtime_name(c->name.runtime));
	if (c->name.pod[0]) {
		wire_cstr(w, F_K8S_POD_UID, c->name.pod);
		wire_cstr(w, F_K8S_POD_ID, c->name.pod);
	}
}

static void write_host(struct wire *w)
{
	wire_cstr(w, F_CONTAINER_ID, "host");
	wire_cstr(w, F_CONTAINER_FULL_ID, "host");
	wire_cstr(w, F_CONTAINER_TYPE, "host");
	wire_cstr(w, F_CONTAINER_NAME, "host");
}

void container_write(const struct container *c, struct wire *w, struct marks *marks)
{
	if (!c) {
		marks_add(marks, F_CONTAINER_ID, REASON_UNKNOWN);
		return;
	}
	if (container_is_host(c)) {
		write_host(w);
		return;
	}
	write_id(c, w);
	if (c->state == META_KNOWN)
		wire_raw(w, c->meta, c->meta_len, c->meta_fields);
	else if (c->state == META_WANTED || c->state == META_ASKED)
		marks_add(marks, F_CONTAINER_IMAGE, REASON_PENDING);
	else if (c->state == META_FAILED)
		marks_add(marks, F_CONTAINER_IMAGE, REASON_UNREADABLE);
}
