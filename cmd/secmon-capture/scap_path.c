// SPDX-License-Identifier: BSD-2-Clause
/* Joining paths. The first is taken as it is, the second is resolved onto it. */
#include "cmd/secmon-capture/scap_path.h"

#include <stdbool.h>
#include <string.h>

enum { JOINED_MAX = 1024 };

static size_t up(const char *b, size_t n)
{
	while (n && b[n - 1] == '/')
		n--;
	while (n && b[n - 1] != '/')
		n--;
	return n;
}

/* One component, as it stands behind what is there already. */
static size_t component(char *b, size_t n, const char *c, size_t len)
{
	bool at_start = n == 0 || b[n - 1] == '/';

	if (at_start && len == 1 && c[0] == '.')
		return n;
	if (at_start && len == 2 && c[0] == '.' && c[1] == '.') {
		size_t root = n && b[0] == '/';

		n = up(b, n);
		return n < root ? root : n;
	}
	memcpy(b + n, c, len);
	n += len;
	b[n++] = '/';
	return n;
}

size_t scap_path_join(char *b, const char *dir, size_t dlen, const char *path, size_t plen)
{
	static const char too_long[] = "/DIR_TOO_LONG/FILENAME_TOO_LONG";
	size_t n = 0, i = 0;

	if (plen && path[0] == '/')
		dlen = 0;
	if (dlen + plen > JOINED_MAX) {
		memcpy(b, too_long, sizeof(too_long));
		return sizeof(too_long) - 1;
	}
	memcpy(b, dir, dlen);
	n = dlen;
	if (plen && path[0] == '/')
		b[n++] = '/';
	while (i < plen) {
		size_t start;

		while (i < plen && path[i] == '/')
			i++;
		start = i;
		while (i < plen && path[i] != '/')
			i++;
		if (i > start)
			n = component(b, n, path + start, i - start);
	}
	if (n > 1 && b[n - 1] == '/')
		n--;
	return n;
}

size_t scap_path_squeeze(char *b, const char *path, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < PATH_RAW_MAX; i++)
		if (path[i] != '/' || !n || b[n - 1] != '/')
			b[n++] = path[i];
	return n;
}
