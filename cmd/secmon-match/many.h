/* SPDX-License-Identifier: BSD-2-Clause */
/* Many texts looked for in one pass: which of them a text begins with, ends with, contains. */
#ifndef MATCH_MANY_H
#define MATCH_MANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum many_where {
	MANY_PREFIX,
	MANY_SUFFIX,
	MANY_PART,
	MANY_IPART, /* whatever the case of ASCII letters; the texts are in lower case */
	MANY_END
};

struct many;

/* many_new(where): empty. NULL with ENOMEM. */
struct many *many_new(enum many_where where);
void many_free(struct many *m);

/*
 * many_add(m, s, len): the number of the text, from 0 in order of adding, the old one
 * if it is in. It is not empty and not copied. -1 with ENOMEM, or with E2BIG if all
 * together would be too many: m is as before then.
 */
long many_add(struct many *m, const char *s, size_t len);

/* many_build(m): after the last many_add(), before the first many_find(). -1 with ENOMEM. */
int many_build(struct many *m);

/* many_count(m): how many texts; their numbers are below it. */
size_t many_count(const struct many *m);

/*
 * many_find(m, s, len, found): set the bit of each text that is found, n / 64 and
 * n % 64 of text n; no bit is cleared. Whether any was. Time grows with len and with
 * the number of finds only.
 */
bool many_find(const struct many *m, const char *s, size_t len, uint64_t *found);

#endif
