// SPDX-License-Identifier: BSD-2-Clause
/* Writing the stream. msgpack-c's own packing template does the encoding. */
#include "common/wire.h"

#include <errno.h>
#include <string.h>

#include "common/compat.h"

static_assert(OUTQ_MIN / 2 == WIRE_OBJECT_MAX, "a queue holds two objects");

static inline int append(struct wire *w, const void *buf, size_t len)
{
	if (unlikely(len > (size_t)(w->end - w->pos))) {
		w->full = true;
		return -1;
	}
	memcpy(w->pos, buf, len);
	w->pos += len;
	return 0;
}

/*
 * msgpack_packer hands every few bytes to a callback; the template under it,
 * which the library installs for this purpose, writes straight to our buffer.
 */
/* clang-format off */
#define INLINE static inline __attribute__((unused)) int
#define msgpack_pack_inline_func(name) INLINE mp##name
#define msgpack_pack_inline_func_cint(name) INLINE mp##name
#define msgpack_pack_inline_func_fixint(name) INLINE mp_fix##name
#define msgpack_pack_user			   struct wire *
#define msgpack_pack_append_buffer(user, buf, len) return append(user, (const void *)(buf), len)
/* clang-format on */
#include <msgpack/pack_define.h>
#include <msgpack/timestamp.h>
#include <msgpack/pack_template.h>

static int begin(struct wire *w, struct outq *q)
{
	uint8_t *room = outq_room(q, WIRE_OBJECT_MAX);

	if (!room)
		return -1;
	*w = (struct wire){ .q = q, .start = room, .pos = room, .end = room + WIRE_OBJECT_MAX };
	return 0;
}

/* array of two, kind, map whose count wire_end() fills in */
static void head(struct wire *w, enum wire_kind kind)
{
	static const uint8_t map32[5] = { 0xdf };

	mp_array(w, 2);
	mp_uint8(w, (uint8_t)kind);
	append(w, map32, sizeof(map32));
}

int wire_begin(struct wire *w, struct outq *q, enum wire_kind kind)
{
	if (begin(w, q) == -1)
		return -1;
	head(w, kind);
	return 0;
}

int wire_event(struct wire *w, struct outq *q, enum wire_kind kind, unsigned int type)
{
	if (begin(w, q) == -1)
		return -1;
	head(w, kind);
	mp_uint8(w, F_EVT_TYPE);
	mp_fix_uint16(w, (uint16_t)type);
	mp_uint8(w, F_WIRE_SIZE);
	mp_fix_uint32(w, 0);
	w->count = 2;
	return 0;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

int wire_copy(struct wire *w, struct outq *q, enum wire_kind kind, const uint8_t *buf, size_t len)
{
	if (begin(w, q) == -1)
		return -1;
	append(w, buf, len);
	w->count = get32(buf + 3);
	w->start[1] = (uint8_t)kind;
	return 0;
}

/* only events and alerts have a size, at a fixed place */
static bool has_size(const struct wire *w)
{
	return w->start[1] == KIND_EVENT || w->start[1] == KIND_ALERT;
}

int wire_end(struct wire *w)
{
	size_t len = (size_t)(w->pos - w->start);

	if (w->full) {
		errno = EMSGSIZE;
		return -1;
	}
	put32(w->start + 3, w->count);
	if (has_size(w))
		put32(w->start + WIRE_HEADER - 4, (uint32_t)len);
	outq_commit(w->q, len);
	return 0;
}

void wire_abandon(struct wire *w)
{
	w->start = w->pos = w->end = NULL;
}

static inline void key(struct wire *w, unsigned int field)
{
	mp_uint32(w, field);
	w->count++;
}

void wire_uint(struct wire *w, unsigned int field, uint64_t v)
{
	key(w, field);
	mp_uint64(w, v);
}

void wire_int(struct wire *w, unsigned int field, int64_t v)
{
	key(w, field);
	mp_int64(w, v);
}

void wire_bool(struct wire *w, unsigned int field, bool v)
{
	key(w, field);
	wire_item_bool(w, v);
}

void wire_text(struct wire *w, unsigned int field, const char *s, size_t len)
{
	key(w, field);
	wire_item_text(w, s, len);
}

void wire_cstr(struct wire *w, unsigned int field, const char *s)
{
	wire_text(w, field, s, strlen(s));
}

void wire_bin(struct wire *w, unsigned int field, const void *p, size_t len)
{
	key(w, field);
	mp_bin(w, len);
	append(w, p, len);
}

void wire_array(struct wire *w, unsigned int field, size_t n)
{
	key(w, field);
	mp_array(w, n);
}

void wire_map(struct wire *w, unsigned int field, size_t n)
{
	key(w, field);
	mp_map(w, n);
}

void wire_item_uint(struct wire *w, uint64_t v)
{
	mp_uint64(w, v);
}

void wire_item_int(struct wire *w, int64_t v)
{
	mp_int64(w, v);
}

void wire_double(struct wire *w, unsigned int field, double v)
{
	key(w, field);
	mp_double(w, v);
}

void wire_item_double(struct wire *w, double v)
{
	mp_double(w, v);
}

void wire_item_bool(struct wire *w, bool v)
{
	if (v)
		mp_true(w);
	else
		mp_false(w);
}

void wire_item_nil(struct wire *w)
{
	mp_nil(w);
}

void wire_item_text(struct wire *w, const char *s, size_t len)
{
	if (utf8_valid(s, len))
		mp_str(w, len);
	else
		mp_bin(w, len);
	append(w, s, len);
}

void wire_item_array(struct wire *w, size_t n)
{
	mp_array(w, n);
}

void wire_raw(struct wire *w, const void *buf, size_t len, unsigned int n)
{
	append(w, buf, len);
	w->count += n;
}

void wire_blob(struct wire *w, void *buf, size_t len)
{
	*w = (struct wire){ .start = buf, .pos = buf, .end = (uint8_t *)buf + len };
}

long wire_blob_end(struct wire *w, unsigned int *n)
{
	if (w->full) {
		errno = EMSGSIZE;
		return -1;
	}
	*n = w->count;
	return w->pos - w->start;
}

/* length of the ASCII run at s, eight bytes at a time */
static size_t ascii(const uint8_t *s, size_t len)
{
	size_t i = 0;
	uint64_t v;

	for (; len - i >= 8; i += 8) {
		memcpy(&v, s + i, sizeof(v));
		if (v & 0x8080808080808080ULL)
			break;
	}
	while (i < len && s[i] < 0x80)
		i++;
	return i;
}

bool utf8_valid(const char *text, size_t len)
{
	const uint8_t *s = (const uint8_t *)text;

	for (size_t i = ascii(s, len); i < len;) {
		uint32_t c = s[i++], n, least;

		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c <= 0xdf)
			n = 1, least = 0x80, c &= 0x1f;
		else if (c >= 0xe0 && c <= 0xef)
			n = 2, least = 0x800, c &= 0x0f;
		else if (c >= 0xf0 && c <= 0xf4)
			n = 3, least = 0x10000, c &= 0x07;
		else
			return false;
		if (n > len - i)
			return false;
		while (n--) {
			if ((s[i] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (s[i++] & 0x3f);
		}
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return false;
	}
	return true;
}
