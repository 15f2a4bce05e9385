/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of users and groups, from the text of passwd(5) and group(5): no NSS, no network. */
#ifndef ENRICH_NAMES_H
#define ENRICH_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Views into the text; "" where a field is empty. */
struct user {
	uint32_t uid;
	const char *name, *home, *shell;
};

struct group {
	uint32_t gid;
	const char *name;
};

struct names;

struct names *names_new(void); /* knows nobody; NULL with ENOMEM */
void names_free(struct names *n);

/*
 * names_users(n, text, len), names_groups(n, text, len): all that was known of them is
 * replaced by this file. Lines that are none are left out; of two of one
 * number the first counts. 0, or -1 with ENOMEM and nothing changed.
 */
int names_users(struct names *n, const char *text, size_t len);
int names_groups(struct names *n, const char *text, size_t len);

/* names_user(n, uid), names_group(n, gid): the entry, or NULL. */
const struct user *names_user(const struct names *n, uint64_t uid);
const struct group *names_group(const struct names *n, uint64_t gid);

#endif
