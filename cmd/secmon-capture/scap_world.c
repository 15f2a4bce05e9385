// SPDX-License-Identifier: BSD-2-Clause
/* What a .scap file says of the machine besides its threads. */
#include "cmd/secmon-capture/scap_world.h"

#include <stdlib.h>

#include "cmd/secmon-capture/scap_container.h"
#include "cmd/secmon-capture/scap_threads.h"

void world_init(struct scap_world *w)
{
	w->epoch = 1;
}

static void user_free(struct scap_world *w, struct scap_user *u)
{
	text_unref(&w->heap, u->container);
	text_unref(&w->heap, u->name);
	text_unref(&w->heap, u->home);
	text_unref(&w->heap, u->shell);
	heap_put(&w->heap, u, sizeof(*u));
	w->nusers--;
}

void world_reset(struct scap_world *w)
{
	for (size_t i = 0; i < TID_BUCKETS; i++)
		while (w->tids[i])
			thread_free(w, w->tids[i]);
	for (size_t i = 0; i < USER_BUCKETS; i++) {
		while (w->users[i]) {
			struct scap_user *u = w->users[i];

			w->users[i] = u->next;
			user_free(w, u);
		}
	}
	containers_clear(w);
	w->naddrs = 0;
	w->epoch++;
}

void world_fini(struct scap_world *w)
{
	world_reset(w);
	heap_fini(&w->heap);
}

void world_iface(struct scap_world *w, const struct scap_iface *i)
{
	if (w->naddrs >= SCAP_ADDRS_MAX) {
		w->refused++;
		return;
	}
	w->addrs[w->naddrs].v6 = i->v6;
	memcpy(w->addrs[w->naddrs].addr, i->addr, sizeof(i->addr));
	w->naddrs++;
}

bool world_is_local(const struct scap_world *w, const uint8_t *addr, bool v6)
{
	for (size_t i = 0; i < w->naddrs; i++)
		if (w->addrs[i].v6 == v6 && !memcmp(w->addrs[i].addr, addr, v6 ? 16 : 4))
			return true;
	return false;
}

static size_t bucket(bool group, uint32_t id)
{
	return (id * 2u + group) & (USER_BUCKETS - 1);
}

static bool is_container(const struct scap_text *t, const char *id, size_t len)
{
	return text_len(t) == len && !memcmp(text_s(t), id, len);
}

static struct scap_user **slot(struct scap_world *w, bool group, uint32_t id,
			       struct scap_slice container)
{
	struct scap_user **u = &w->users[bucket(group, id)];

	while (*u && ((*u)->group != group || (*u)->id != id ||
		      !is_container((*u)->container, container.s, container.len)))
		u = &(*u)->next;
	return u;
}

void world_account(struct scap_world *w, bool group, uint32_t id, struct scap_slice container,
		   struct scap_slice name, struct scap_slice home, struct scap_slice shell)
{
	struct scap_user **at = slot(w, group, id, container), *u = *at;

	if (!u) {
		if (w->nusers >= SCAP_ACCOUNTS_MAX || !(u = heap_get(&w->heap, sizeof(*u)))) {
			w->refused++;
			return;
		}
		*u = (struct scap_user){ .group = group, .id = id };
		u->container = text_new(&w->heap, container.s, container.len);
		*at = u;
		w->nusers++;
	}
	text_set(&w->heap, &u->name, text_new(&w->heap, name.s, name.len));
	text_set(&w->heap, &u->home, text_new(&w->heap, home.s, home.len));
	text_set(&w->heap, &u->shell, text_new(&w->heap, shell.s, shell.len));
	w->epoch++;
}

void world_account_gone(struct scap_world *w, bool group, uint32_t id, struct scap_slice container)
{
	struct scap_user **at = slot(w, group, id, container), *u = *at;

	if (!u)
		return;
	*at = u->next;
	user_free(w, u);
	w->epoch++;
}

const struct scap_user *world_user(const struct scap_world *w, bool group, uint32_t id,
				   const struct scap_text *container)
{
	const struct scap_user *u;

	for (u = w->users[bucket(group, id)]; u; u = u->next)
		if (u->group == group && u->id == id &&
		    is_container(u->container, text_s(container), text_len(container)))
			return u;
	return NULL;
}

const char *world_user_name(const struct scap_world *w, bool group, uint32_t id,
			    const struct scap_text *container)
{
	const struct scap_user *u = world_user(w, group, id, container);

	if (u)
		return text_s(u->name);
	return id == 0 ? "root" : "<NA>";
}

bool world_has_v6(const struct scap_world *w)
{
	for (size_t i = 0; i < w->naddrs; i++)
		if (w->addrs[i].v6)
			return true;
	return false;
}
