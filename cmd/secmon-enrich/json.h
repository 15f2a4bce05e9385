/* SPDX-License-Identifier: BSD-2-Clause */
/* Walking a JSON text (RFC 8259) without building anything. */
#ifndef ENRICH_JSON_H
#define ENRICH_JSON_H

#include <stddef.h>

enum { JSON_DEPTH_MAX = 32 };

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING };

/* Where a value is: key[i] of the object at depth i; of an array "" and the index. */
struct json_path {
	unsigned int depth;
	const char *key[JSON_DEPTH_MAX];
	unsigned int index[JSON_DEPTH_MAX];
};

/*
 * json_walk(text, len, fn, arg): fn for each scalar, in order. text must be followed
 * by a byte of the caller's and is changed: strings are decoded in place and
 * terminated, those handed to fn are good during the call. 0, or -1 with
 * EPROTO if it is no JSON or nested deeper than JSON_DEPTH_MAX.
 */
typedef void (*json_fn)(void *arg, const struct json_path *path, enum json_type type,
			const char *value, size_t len);
int json_walk(char *text, size_t len, json_fn fn, void *arg);

#endif
