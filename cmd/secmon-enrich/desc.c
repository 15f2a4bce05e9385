// SPDX-License-Identifier: BSD-2-Clause
/* Packed descriptions of processes. */
#include "desc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "common/wire.h"

/* The fields of a description; those of the executable do not outlive an exec. */
static const struct {
	uint16_t field;
	bool of_exe;
} table[] = {
	{ F_PROC_EXE, true },
	{ F_PROC_EXEPATH, true },
	{ F_PROC_ARGS, true },
	{ F_PROC_CWD, false },
	{ F_PROC_TTY, false },
	{ F_PROC_SID, false },
	{ F_PROC_PGID, false },
	{ F_PROC_VPGID, false },
	{ F_PROC_IS_EXE_WRITABLE, true },
	{ F_PROC_IS_EXE_UPPER_LAYER, true },
	{ F_PROC_IS_EXE_LOWER_LAYER, true },
	{ F_PROC_IS_EXE_FROM_MEMFD, true },
	{ F_PROC_IS_EXE_DELETED, true },
	{ F_PROC_EXE_INO, true },
	{ F_PROC_EXE_INO_CTIME, true },
	{ F_PROC_EXE_INO_MTIME, true },
	{ F_PROC_EXE_DEV, true },
	{ F_PROC_EXE_SEALS, true },
	{ F_PROC_INTERP, true },
	{ F_PROC_EXE_HASH_SHA256, true },
	{ F_THREAD_CAP_PERMITTED, true },
	{ F_THREAD_CAP_INHERITABLE, true },
	{ F_THREAD_CAP_EFFECTIVE, true },
	{ F_PROC_PIDNS_INIT_START_TS, false },
	{ F_PROC_ROOT, false },
	{ F_THREAD_CGROUPS, false },
	{ F_PROC_ENV, true },
};

/* A run being put together: one at a time, the program has one thread. */
static struct {
	uint8_t buf[WIRE_OBJECT_MAX];
	struct wire w;
	struct piece piece[nitems(table)];
	unsigned int n;
	struct fieldset has;
} draft;

static size_t total;

static void draft_begin(void)
{
	wire_blob(&draft.w, draft.buf, sizeof(draft.buf));
	draft.n = 0;
	memset(&draft.has, 0, sizeof(draft.has));
}

static struct piece *draft_key(unsigned int field)
{
	struct piece *p = &draft.piece[draft.n];
	uint8_t *start = draft.w.pos;

	/* a bool is one byte: write one to have the key written, then step back over it */
	wire_bool(&draft.w, field, false);
	if (draft.w.full) {
		draft.w.pos = start; /* perhaps behind half of a key */
		draft.w.full = false;
		return NULL;
	}
	draft.w.pos--;
	*p = (struct piece){ .field = (uint16_t)field,
			     .at = (uint32_t)(start - draft.buf),
			     .value = (uint32_t)(draft.w.pos - draft.buf) };
	return p;
}

/* Nothing that came in one object can fail to fit, but the sum of two may. */
static void draft_done(struct piece *p)
{
	if (draft.w.full) {
		draft.w.pos = draft.buf + p->at;
		draft.w.full = false;
		draft.w.count--;
		return;
	}
	p->end = (uint32_t)(draft.w.pos - draft.buf);
	fieldset_add(&draft.has, p->field);
	draft.n++;
}

static void draft_raw(unsigned int field, const uint8_t *value, size_t len)
{
	struct piece *p = draft_key(field);

	if (!p)
		return;
	wire_raw(&draft.w, value, len, 0);
	draft_done(p);
}

static bool same(const struct desc *d)
{
	return d && d->len == draft.w.pos - draft.buf && memcmp(d->run, draft.buf, d->len) == 0;
}

static struct desc *draft_end(struct desc *base)
{
	size_t len = (size_t)(draft.w.pos - draft.buf), pieces = draft.n * sizeof(struct piece);
	struct desc *d;
	uint8_t *run;

	if (same(base))
		return desc_ref(base);
	if (draft.n == 0) {
		errno = 0;
		return NULL;
	}
	d = malloc(sizeof(*d) + pieces + len);
	if (!d)
		return NULL;
	*d = (struct desc){
		.refs = 1, .npieces = (uint16_t)draft.n, .len = (uint32_t)len, .has = draft.has
	};
	memcpy(d->piece, draft.piece, pieces);
	run = (uint8_t *)d->piece + pieces;
	memcpy(run, draft.buf, len);
	d->run = run;
	total += sizeof(*d) + pieces + len;
	return d;
}

static void draft_keep(const struct desc *base, unsigned int field)
{
	const uint8_t *p;
	size_t len;

	if (desc_raw(base, field, &p, &len))
		draft_raw(field, p, len);
}

static bool event_raw(const struct event *e, unsigned int field, const uint8_t **p, size_t *len)
{
	struct pull pull;

	*p = event_at(e, field);
	if (!*p)
		return false;
	pull = (struct pull){ *p, e->o.buf + e->o.len };
	if (pull_skip(&pull, WIRE_DEPTH_MAX - 2) != PULL_OK)
		return false;
	*len = (size_t)(pull.pos - *p);
	return true;
}

struct desc *desc_from(struct desc *base, const struct event *e, enum desc_change how)
{
	const uint8_t *p;
	size_t len;

	draft_begin();
	for (size_t i = 0; i < nitems(table); i++) {
		if (event_raw(e, table[i].field, &p, &len))
			draft_raw(table[i].field, p, len);
		else if (how == DESC_UPDATE || !table[i].of_exe)
			draft_keep(base, table[i].field);
	}
	return draft_end(base);
}

/* all of base but one field, which is appended: order is of no meaning */
static void draft_but(const struct desc *base, unsigned int field)
{
	draft_begin();
	for (size_t i = 0; i < nitems(table); i++)
		if (table[i].field != field)
			draft_keep(base, table[i].field);
}

struct desc *desc_set_int(struct desc *base, unsigned int field, int64_t v)
{
	struct piece *p;

	draft_but(base, field);
	p = draft_key(field);
	if (p) {
		wire_item_int(&draft.w, v);
		draft_done(p);
	}
	return draft_end(base);
}

struct desc *desc_set_dir(struct desc *base, unsigned int field, const char *path, size_t len)
{
	char dir[4096 + 1];
	struct piece *p;

	if (len == 0 || len >= sizeof(dir))
		return desc_without(base, (uint16_t[]){ (uint16_t)field }, 1);
	memcpy(dir, path, len);
	if (dir[len - 1] != '/')
		dir[len++] = '/';
	draft_but(base, field);
	p = draft_key(field);
	if (p) {
		wire_item_text(&draft.w, dir, len);
		draft_done(p);
	}
	return draft_end(base);
}

struct desc *desc_without(struct desc *base, const uint16_t *fields, size_t n)
{
	draft_begin();
	for (size_t i = 0; i < nitems(table); i++) {
		bool gone = false;

		for (size_t k = 0; k < n; k++)
			gone |= fields[k] == table[i].field;
		if (!gone)
			draft_keep(base, table[i].field);
	}
	return draft_end(base);
}

struct desc *desc_ref(struct desc *d)
{
	if (d)
		d->refs++;
	return d;
}

void desc_unref(struct desc *d)
{
	if (!d || --d->refs)
		return;
	total -= sizeof(*d) + d->npieces * sizeof(struct piece) + d->len;
	free(d);
}

size_t desc_bytes(void)
{
	return total;
}

bool desc_raw(const struct desc *d, unsigned int field, const uint8_t **p, size_t *len)
{
	if (!d || !fieldset_has(&d->has, field))
		return false;
	for (unsigned int i = 0; i < d->npieces; i++) {
		if (d->piece[i].field != field)
			continue;
		*p = d->run + d->piece[i].value;
		*len = (size_t)(d->piece[i].end - d->piece[i].value);
		return true;
	}
	return false;
}

bool desc_i64(const struct desc *d, unsigned int field, int64_t *v)
{
	const uint8_t *p;
	struct value val;
	struct pull pull;
	size_t len;

	if (!desc_raw(d, field, &p, &len))
		return false;
	pull = (struct pull){ p, p + len };
	return pull_next(&pull, &val) == PULL_OK && value_i64(&val, v);
}

static bool add(char *buf, size_t size, size_t *at, const void *text, size_t len)
{
	if (len > size - *at)
		return false;
	memcpy(buf + *at, text, len);
	*at += len;
	return true;
}

long desc_cmdline(const struct desc *d, const char *head, size_t headlen, char *buf, size_t size)
{
	struct value list, item;
	const uint8_t *p;
	size_t len, at = 0;
	struct pull pull;

	if (!desc_raw(d, F_PROC_ARGS, &p, &len))
		return -1;
	pull = (struct pull){ p, p + len };
	if (pull_next(&pull, &list) != PULL_OK || list.type != VALUE_ARRAY)
		return -1;
	if (head && !add(buf, size, &at, head, headlen))
		return -1;
	for (uint32_t i = 0; i < list.len; i++) {
		if (pull_next(&pull, &item) != PULL_OK || !value_is_text(&item))
			return -1;
		if ((head || i) && !add(buf, size, &at, " ", 1))
			return -1;
		if (!add(buf, size, &at, item.p, item.len))
			return -1;
	}
	return (long)at;
}
