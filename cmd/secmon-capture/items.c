// SPDX-License-Identifier: BSD-2-Clause
/* Taking apart records of the kernel side. */
#include "items.h"

#include <errno.h>
#include <string.h>

static int bad(void)
{
	errno = EPROTO;
	return -1;
}

int items_index(struct items *it, const void *buf, size_t len)
{
	const uint8_t *pos = buf, *end = pos + len;

	it->r = buf;
	it->n = 0;
	if (len < sizeof(struct record) || it->r->len != len)
		return bad();
	for (pos += sizeof(struct record); pos < end;) {
		const struct item *item = (const void *)pos;
		size_t left = (size_t)(end - pos);

		if (left < sizeof(*item) || it->n == ITEMS_MAX)
			return bad();
		left -= sizeof(*item);
		if (((item->len + 7U) & ~7U) > left)
			return bad();
		it->item[it->n++] = item;
		pos += sizeof(*item) + ((item->len + 7U) & ~7U);
	}
	return 0;
}

const struct item *items_find(const struct items *it, unsigned int kind, unsigned int arg)
{
	for (unsigned int i = 0; i < it->n; i++)
		if (it->item[i]->kind == kind && it->item[i]->arg == arg)
			return it->item[i];
	return NULL;
}

const void *items_struct(const struct items *it, unsigned int kind, unsigned int arg, size_t size)
{
	const struct item *item = items_find(it, kind, arg);

	return item && item->len == size ? item + 1 : NULL;
}

size_t items_path(const struct item *item, bool pseudo, char *buf, size_t size)
{
	const char *text = item_text(item), *name = text, *end = text + item->len;
	size_t pos = item->len ? item->len : 1;

	/* each component ends in a zero byte and is written with a '/' before it: as long */
	if (size < pos)
		return 0;
	if (item->len == 0)
		buf[0] = '/';
	while (name < end) {
		size_t n = strnlen(name, (size_t)(end - name));

		if (n == (size_t)(end - name))
			return 0;
		pos -= n + 1;
		buf[pos] = '/';
		memcpy(buf + pos + 1, name, n);
		name += n + 1;
	}
	if (!pseudo || item->len == 0)
		return item->len ? item->len : 1;
	memmove(buf, buf + 1, item->len - 1U);
	return item->len - 1U;
}

/* put the components of a path behind those in buf, which has len bytes: "" is the root */
static size_t append(char *buf, size_t len, size_t size, const char *path, size_t plen)
{
	const char *end = path + plen;

	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		size_t n = (size_t)((slash ? slash : end) - path);

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (len > 0 && buf[--len] != '/')
				;
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			if (len + 1 + n > size)
				return (size_t)-1;
			buf[len++] = '/';
			memcpy(buf + len, path, n);
			len += n;
		}
		path += n + (slash != NULL);
	}
	return len;
}

size_t path_join(const char *base, size_t blen, const char *path, size_t plen, char *buf,
		 size_t size)
{
	size_t len = 0;

	if (size == 0)
		return 0;
	if (plen == 0 || path[0] != '/')
		len = append(buf, 0, size, base, blen);
	if (len != (size_t)-1)
		len = append(buf, len, size, path, plen);
	if (len == (size_t)-1)
		return 0;
	if (len == 0)
		buf[len++] = '/';
	return len;
}
