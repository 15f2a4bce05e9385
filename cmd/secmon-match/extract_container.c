// SPDX-License-Identifier: BSD-2-Clause
/* Fields of the container that are parts of what enrich says about it. */
#include <fnmatch.h>

#include "cmd/secmon-match/extract_impl.h"

enum { MOUNT_SOURCE, MOUNT_DEST, MOUNT_MODE, MOUNT_RDWR, MOUNT_PROPAGATION, MOUNT_PARTS };

/* source:dest:mode:rdwr:propagation */
static void split(const struct xval *m, struct xval part[MOUNT_PARTS])
{
	const char *s = m->s, *end = s + m->len, *colon;

	for (int i = 0; i < MOUNT_PARTS; i++) {
		colon = s < end && i < MOUNT_PARTS - 1 ? memchr(s, ':', end - s) : NULL;
		if (!colon)
			colon = end;
		xval_text(&part[i], s, colon - s);
		s = colon < end ? colon + 1 : end;
	}
}

static bool globs(const char *pattern, uint32_t plen, const struct xval *v)
{
	char p[1024], s[4096];

	if (plen >= sizeof(p) || v->len >= sizeof(s))
		return false;
	memcpy(p, pattern, plen);
	p[plen] = '\0';
	memcpy(s, v->s, v->len);
	s[v->len] = '\0';
	return fnmatch(p, s, 0) == 0;
}

static bool mount_part(const struct xval *m, unsigned int id, struct xval *v)
{
	struct xval part[MOUNT_PARTS];

	split(m, part);
	switch (id) {
	case F_CONTAINER_MOUNT:
		*v = *m;
		return true;
	case F_CONTAINER_MOUNT_SOURCE:
		*v = part[MOUNT_SOURCE];
		return true;
	case F_CONTAINER_MOUNT_DEST:
		*v = part[MOUNT_DEST];
		return true;
	case F_CONTAINER_MOUNT_MODE:
		*v = part[MOUNT_MODE];
		return true;
	case F_CONTAINER_MOUNT_RDWR:
		*v = part[MOUNT_RDWR];
		return true;
	default:
		*v = part[MOUNT_PROPAGATION];
		return true;
	}
}

/* container.mount*[n], or [glob] of the source; of the destination for the source field. */
static bool x_mount(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	int key = r->field->id == F_CONTAINER_MOUNT_SOURCE ? MOUNT_DEST : MOUNT_SOURCE;
	struct xval part[MOUNT_PARTS];
	const struct xval *items;
	size_t n;

	if (!ev_items(x, F_CONTAINER_MOUNTS, TYPE_CHARBUF, &items, &n))
		return false;
	if (r->argkind == REF_INDEX)
		return r->index < n && mount_part(&items[r->index], r->field->id, v);
	for (size_t i = 0; i < n; i++) {
		split(&items[i], part);
		if (globs(r->text, r->textlen, &part[key]))
			return mount_part(&items[i], r->field->id, v);
	}
	return false;
}

static bool x_mounts(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	return ev_join(x, F_CONTAINER_MOUNTS, ',', v);
}

/* One of "k:v, k:v": the key is the argument. */
static bool x_label(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	bool pod = r->field->id == F_K8S_POD_LABEL;
	const char *s, *end, *sep;
	size_t len;

	if (!ev_text(x, pod ? F_K8S_POD_LABELS : F_CONTAINER_LABELS, &s, &len))
		return false;
	for (end = s + len; s < end; s = sep + 2) {
		sep = memmem(s, end - s, ", ", 2);
		if (!sep)
			sep = end;
		if ((size_t)(sep - s) > r->textlen && s[r->textlen] == ':' &&
		    memcmp(s, r->text, r->textlen) == 0)
			return xval_text(v, s + r->textlen + 1, sep - s - r->textlen - 1);
		if (sep == end)
			break;
	}
	return false;
}

static bool x_duration(struct xctx *x, const struct fieldref *r, struct xval *v)
{
	uint64_t start;

	return event_u64(x->e, F_CONTAINER_START_TS, &start) && start && x->now_ns > start &&
	       xval_uint(v, TYPE_RELTIME, x->now_ns - start);
}

extract_fn *extract_container(unsigned int id)
{
	switch (id) {
	case F_CONTAINER_MOUNT:
	case F_CONTAINER_MOUNT_SOURCE:
	case F_CONTAINER_MOUNT_DEST:
	case F_CONTAINER_MOUNT_MODE:
	case F_CONTAINER_MOUNT_RDWR:
	case F_CONTAINER_MOUNT_PROPAGATION:
		return x_mount;
	case F_CONTAINER_MOUNTS:
		return x_mounts;
	case F_CONTAINER_LABEL:
	case F_K8S_POD_LABEL:
		return x_label;
	case F_CONTAINER_DURATION:
		return x_duration;
	}
	return NULL;
}
