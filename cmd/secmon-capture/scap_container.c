// SPDX-License-Identifier: BSD-2-Clause
/* Containers: ids from cgroup paths, and what the file tells of them. */
#include "cmd/secmon-capture/scap_container.h"

#include <ctype.h>

#include "cmd/secmon-capture/scap_json.h"
#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"

enum { ID_SHORT = 12, ID_LONG = 64 };

struct scap_container {
	struct scap_container *next;
	struct scap_text *id; /* the short form */
	uint8_t *buf;	      /* packed fields, NULL: nothing was told of it */
	uint32_t len, fields;
};

static size_t bucket(const char *id, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)id[i]) * 16777619u;
	return h & (CONTAINER_BUCKETS - 1);
}

static struct scap_container *find(struct scap_world *w, const char *id, size_t len, bool make)
{
	struct scap_container **at = &w->containers[bucket(id, len)], *c;

	for (c = *at; c; c = c->next)
		if (text_len(c->id) == len && !memcmp(text_s(c->id), id, len))
			return c;
	if (!make || w->ncontainers >= SCAP_CONTAINERS_MAX ||
	    !(c = heap_get(&w->heap, sizeof(*c)))) {
		w->refused += make;
		return NULL;
	}
	*c = (struct scap_container){ .next = *at, .id = text_new(&w->heap, id, len) };
	*at = c;
	w->ncontainers++;
	return c;
}

void containers_clear(struct scap_world *w)
{
	for (size_t i = 0; i < CONTAINER_BUCKETS; i++) {
		while (w->containers[i]) {
			struct scap_container *c = w->containers[i];

			w->containers[i] = c->next;
			text_unref(&w->heap, c->id);
			heap_put(&w->heap, c->buf, c->len);
			heap_put(&w->heap, c, sizeof(*c));
		}
	}
	w->ncontainers = 0;
}

/* 64 hex digits between other characters, the last such run of a path. */
static const char *hex_id(const char *s, size_t len)
{
	const char *found = NULL;
	size_t run = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && isxdigit((unsigned char)s[i])) {
			run++;
			continue;
		}
		if (run == ID_LONG)
			found = s + i - ID_LONG;
		run = 0;
	}
	return found;
}

/* LXC names its containers: /lxc/NAME, /lxc.payload.NAME, /lxc.payload/NAME. */
static const char *lxc_id(const char *s, size_t len, size_t *idlen)
{
	static const char *const prefixes[] = { "/lxc/", "/lxc.payload.", "/lxc.payload/" };

	for (size_t i = 0; i < nitems(prefixes); i++) {
		size_t n = strlen(prefixes[i]);
		const char *p = memmem(s, len, prefixes[i], n), *end;

		if (!p)
			continue;
		p += n;
		end = memchr(p, '/', (size_t)(s + len - p));
		*idlen = (size_t)((end ? end : s + len) - p);
		return *idlen ? p : NULL;
	}
	return NULL;
}

/* The container id in "cpu=/docker/0123...\0memory=/docker/0123...\0" */
static const char *id_in(const struct scap_text *cgroups, size_t *idlen)
{
	const char *s = text_s(cgroups), *end = s + text_len(cgroups), *id;

	for (size_t n; s < end; s += n + 1) {
		n = strnlen(s, (size_t)(end - s));
		id = hex_id(s, n);
		*idlen = ID_SHORT;
		if (!id)
			id = lxc_id(s, n, idlen);
		if (id)
			return id;
	}
	return NULL;
}

const struct scap_text *container_of(struct scap_world *w, struct scap_thread *t)
{
	const char *id;
	size_t len;

	if (!t->container_known) {
		id = id_in(t->cgroups, &len);
		t->container = id ? find(w, id, len, true) : NULL;
		t->container_known = true;
	}
	return t->container ? t->container->id : NULL;
}

void container_told(struct scap_world *w, const char *json, size_t len)
{
	static uint8_t buf[32768];
	struct scap_container *c;
	struct json_container j;
	unsigned int fields;
	struct wire out;
	long n;

	if (!json_container(json, len, &j))
		return;
	c = find(w, j.id.s, j.id.len < ID_SHORT ? j.id.len : ID_SHORT, true);
	if (!c)
		return;
	wire_blob(&out, buf, sizeof(buf));
	json_container_write(&j, &out);
	n = wire_blob_end(&out, &fields);
	if (n == -1)
		return;
	heap_put(&w->heap, c->buf, c->len);
	c->buf = heap_get(&w->heap, (size_t)n);
	c->len = c->buf ? (uint32_t)n : 0;
	c->fields = c->buf ? fields : 0;
	if (c->buf)
		memcpy(c->buf, buf, c->len);
	w->epoch++;
}

void container_write(struct scap_world *w, struct scap_thread *t, struct wire *out)
{
	static const uint16_t host_text[][2] = {
		{ F_CONTAINER_ID, 1 },
		{ F_CONTAINER_FULL_ID, 1 },
		{ F_CONTAINER_NAME, 1 },
		{ F_CONTAINER_TYPE, 1 },
		{ F_CONTAINER_IMAGE, 0 },
		{ F_CONTAINER_IMAGE_ID, 0 },
		{ F_CONTAINER_IMAGE_REPOSITORY, 0 },
		{ F_CONTAINER_IMAGE_TAG, 0 },
		{ F_CONTAINER_IMAGE_DIGEST, 0 },
	};
	const struct scap_text *id = container_of(w, t);

	if (t->pidns_start)
		wire_uint(out, F_CONTAINER_START_TS, t->pidns_start);
	if (!id) {
		for (size_t i = 0; i < nitems(host_text); i++)
			wire_cstr(out, host_text[i][0], host_text[i][1] ? "host" : "");
		wire_bool(out, F_CONTAINER_PRIVILEGED, false);
		return;
	}
	wire_text(out, F_CONTAINER_ID, id->s, id->len);
	if (t->container->buf)
		wire_raw(out, t->container->buf, t->container->len, t->container->fields);
}
