// SPDX-License-Identifier: BSD-2-Clause
/* Converting events of old .scap files, after the table. */
#include "cmd/secmon-capture/scap_convert.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/compat.h"

enum {
	ROUNDS = 50,	    /* conversions of one event, at most */
	STORED_MAX = 32768, /* threads whose last enter event is kept */
	BUCKETS = 16384,
	JSON_MAX = 4096
};

enum action { A_STORE, A_PASS, A_STORE_PASS, A_ADD, A_CHANGE };
enum source { FROM_NOTHING, FROM_OLD, FROM_ENTER, FROM_EMPTY, FROM_ZERO, FROM_JSON };

struct step {
	uint8_t from; /* enum source */
	uint8_t param;
	uint8_t size;
};

struct rule {
	uint16_t code, to;
	uint8_t n;
	uint8_t action;
	struct step steps[SCAP_PARAMS];
};

static const struct rule rules[] = {
#define STORE	   A_STORE
#define PASS	   A_PASS
#define STORE_PASS A_STORE_PASS
#define ADD	   A_ADD
#define CHANGE	   A_CHANGE
#define OLD(n)                                                                                     \
	{                                                                                          \
		FROM_OLD, n, 0                                                                     \
	}
#define ENTER(n, size)                                                                             \
	{                                                                                          \
		FROM_ENTER, n, size                                                                \
	}
#define EMPTY                                                                                      \
	{                                                                                          \
		FROM_EMPTY, 0, 0                                                                   \
	}
#define ZERO(size)                                                                                 \
	{                                                                                          \
		FROM_ZERO, 0, size                                                                 \
	}
#define JSON                                                                                       \
	{                                                                                          \
		FROM_JSON, 0, 0                                                                    \
	}
#define SCAP_CONVERT(from, n, action, to, ...)                                                     \
	{ SCAP_##from, SCAP_##to, n, action, { __VA_ARGS__ } },
#include "cmd/secmon-capture/scap_convert.def"
#undef SCAP_CONVERT
};

struct stored {
	struct stored *next;
	int64_t tid;
	uint16_t code;
	uint16_t n;
	uint32_t room; /* bytes of data that were taken from the heap */
	uint8_t *data;
	uint32_t len[SCAP_PARAMS];
};

struct scap_convert {
	struct scap_heap *heap;
	struct stored *bucket[BUCKETS];
	struct stored *free;
	size_t nstored;
	uint16_t first[SCAP_CODES + 1]; /* rules of a code, from here to the next one's */
	char json[JSON_MAX];
};

struct scap_convert *convert_new(struct scap_heap *h)
{
	struct scap_convert *c = calloc(1, sizeof(*c));
	size_t r = 0;

	if (!c)
		return NULL;
	c->heap = h;
	for (unsigned int code = 0; code <= SCAP_CODES; code++) {
		while (r < nitems(rules) && rules[r].code < code)
			r++;
		c->first[code] = (uint16_t)r;
	}
	return c;
}

static void forget(struct scap_convert *c, struct stored *s)
{
	heap_put(c->heap, s->data, s->room);
	s->data = NULL;
	s->room = 0;
	s->next = c->free;
	c->free = s;
	c->nstored--;
}

void convert_reset(struct scap_convert *c)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct stored *s, *next;

		for (s = c->bucket[i]; s; s = next) {
			next = s->next;
			forget(c, s);
		}
		c->bucket[i] = NULL;
	}
}

void convert_free(struct scap_convert *c)
{
	if (!c)
		return;
	convert_reset(c);
	while (c->free) {
		struct stored *s = c->free;

		c->free = s->next;
		free(s);
	}
	free(c);
}

static struct stored **slot(struct scap_convert *c, int64_t tid)
{
	struct stored **s = &c->bucket[(uint64_t)tid * 0x9e3779b97f4a7c15ULL >> 50];

	while (*s && (*s)->tid != tid)
		s = &(*s)->next;
	return s;
}

static struct stored *stored_new(struct scap_convert *c, struct stored **at, int64_t tid)
{
	struct stored *s = c->free;

	if (c->nstored >= STORED_MAX)
		return NULL;
	if (s)
		c->free = s->next;
	else
		s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->tid = tid;
	s->next = NULL;
	*at = s;
	c->nstored++;
	return s;
}

static void store(struct scap_convert *c, const struct scap_event *e)
{
	struct stored **at = slot(c, e->tid), *s = *at;
	size_t total = 0, off = 0;

	for (unsigned int i = 0; i < e->n; i++)
		total += e->len[i];
	if (!s && !(s = stored_new(c, at, e->tid)))
		return;
	s->n = 0;
	if (total > s->room) {
		heap_put(c->heap, s->data, s->room);
		s->room = total < 256 ? 256 : (uint32_t)total;
		s->data = heap_get(c->heap, s->room);
		if (!s->data)
			s->room = 0;
	}
	s->code = e->code;
	if (total > s->room)
		return;
	for (unsigned int i = 0; i < e->n; i++) {
		memcpy(s->data + off, e->p[i], e->len[i]);
		s->len[i] = e->len[i];
		off += e->len[i];
	}
	s->n = (uint16_t)e->n;
}

static void view(const struct stored *s, struct scap_event *e)
{
	const uint8_t *p = s->data;

	e->tid = s->tid;
	e->code = s->code;
	e->n = s->n;
	for (unsigned int i = 0; i < s->n; i++) {
		e->p[i] = p;
		e->len[i] = s->len[i];
		p += s->len[i];
	}
}

bool convert_enter(struct scap_convert *c, int64_t tid, unsigned int code, struct scap_event *e)
{
	struct stored *s = *slot(c, tid);

	if (!s || s->code != code)
		return false;
	view(s, e);
	return true;
}

/* {"container":{...}} for what the oldest files say in four parameters */
static void container_json(struct scap_convert *c, const struct scap_event *e, unsigned int i,
			   struct scap_event *out)
{
	static const char *const types[] = { "docker", "lxc", "libvirt-lxc", "mesos", "rkt",
					     "custom", "cri", "containerd",  "cri-o", "bpm" };
	const char *s[3] = { "", "", "" };
	static const unsigned int from[3] = { 0, 2, 3 }; /* id, name, image */
	uint64_t type = ev_u64(e, 1);
	size_t len[3] = { 0, 0, 0 };
	int n;

	for (unsigned int k = 0; k < 3; k++) {
		if (!ev_text(e, from[k], &s[k], &len[k]) || len[k] > JSON_MAX / 8)
			len[k] = 0;
		for (size_t j = 0; j < len[k]; j++) /* no name of these has such bytes */
			if ((unsigned char)s[k][j] < ' ' || s[k][j] == '"' || s[k][j] == '\\')
				len[k] = j;
	}
	n = snprintf(c->json, sizeof(c->json),
		     "{\"container\":{\"id\":\"%.*s\",\"type\":\"%s\",\"name\":\"%.*s\","
		     "\"image\":\"%.*s\"}}",
		     (int)len[0], s[0], type < nitems(types) ? types[type] : "unknown", (int)len[1],
		     s[1], (int)len[2], s[2]);
	out->p[i] = (const uint8_t *)c->json;
	out->len[i] = (uint32_t)n + 1;
}

static void make_param(struct scap_convert *c, const struct step *st, const struct scap_event *e,
		       const struct scap_event *enter, unsigned int i, struct scap_event *out)
{
	static const uint8_t zeros[16];

	out->p[i] = zeros;
	out->len[i] = 0;
	switch (st->from) {
	case FROM_OLD:
		if (st->param < e->n) {
			out->p[i] = e->p[st->param];
			out->len[i] = e->len[st->param];
		}
		break;
	case FROM_ENTER:
		if (!enter) {
			out->len[i] = st->size;
		} else if (st->param < enter->n) {
			out->p[i] = enter->p[st->param];
			out->len[i] = enter->len[st->param];
		}
		break;
	case FROM_ZERO:
		out->len[i] = st->size;
		break;
	case FROM_JSON:
		container_json(c, e, i, out);
		break;
	}
}

static void apply(struct scap_convert *c, const struct rule *r, struct scap_event *e)
{
	struct scap_event old = *e, enter;
	bool have = convert_enter(c, e->tid, e->code - 1u, &enter);
	unsigned int n = r->action == A_ADD ? e->n : 0;

	for (const struct step *st = r->steps;
	     n < SCAP_PARAMS && st->from != FROM_NOTHING && st < r->steps + SCAP_PARAMS; st++, n++)
		make_param(c, st, &old, have ? &enter : NULL, n, e);
	e->n = n;
	e->code = r->to;
}

static const struct rule *find(const struct scap_convert *c, const struct scap_event *e)
{
	for (unsigned int i = c->first[e->code]; i < c->first[e->code + 1]; i++)
		if (rules[i].n == e->n)
			return &rules[i];
	return NULL;
}

bool convert_event(struct scap_convert *c, struct scap_event *e)
{
	for (int round = 0; round < ROUNDS; round++) {
		const struct scap_code_info *info = &scap_codes[e->code];
		const struct rule *r;

		if (info->flags & SCAP_F_UNUSED)
			return false;
		if (!(info->flags & SCAP_F_MANAGED))
			return !(info->flags & SCAP_F_OLD);
		if (!(info->flags & (SCAP_F_ENTER | SCAP_F_OLD)) && e->n >= info->nparams)
			return true;
		r = find(c, e);
		if (!r)
			return !(info->flags & SCAP_F_OLD);
		switch (r->action) {
		case A_STORE:
			store(c, e);
			return false;
		case A_STORE_PASS:
			store(c, e);
			return true;
		case A_PASS:
			store(c, e);
			return true;
		default:
			apply(c, r, e);
		}
	}
	return false;
}
