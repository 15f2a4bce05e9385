// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses of the names that rules use. Names are asked for at load, never
 * while events are matched: a resolver cannot hold the stream up, and what an
 * address means does not depend on who answers a reverse query for it.
 */
#include "cmd/secmon-match/dns.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 256, ADDRESSES_MAX = 64 };

struct address {
	uint8_t len;
	uint8_t ip[16];
};

static struct known {
	char *name;
	size_t n;
	struct address a[ADDRESSES_MAX];
} * names[NAMES_MAX];
static size_t nnames;
static bool enabled, asking;
static char missed[256];

void dns_enable(void)
{
	enabled = true;
}

bool dns_enabled(void)
{
	return enabled;
}

void dns_ask(bool yes)
{
	asking = yes;
}

const char *dns_missed(void)
{
	return *missed ? missed : NULL;
}

static void add(struct known *k, const struct addrinfo *ai)
{
	struct address *a = &k->a[k->n];
	const struct sockaddr_in *in = (const void *)ai->ai_addr;
	const struct sockaddr_in6 *in6 = (const void *)ai->ai_addr;

	if (k->n == ADDRESSES_MAX)
		return;
	if (ai->ai_family == AF_INET) {
		a->len = 4;
		memcpy(a->ip, &in->sin_addr, 4);
		k->n++;
	} else if (ai->ai_family == AF_INET6) {
		a->len = 16;
		memcpy(a->ip, &in6->sin6_addr, 16);
		k->n++;
	}
}

void dns_want(const char *name)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *res = NULL;
	struct known *k;

	if (!asking)
		return;
	if (!enabled)
		snprintf(missed, sizeof(missed), "%s", name);
	if (!enabled || nnames == NAMES_MAX)
		return;
	for (size_t i = 0; i < nnames; i++)
		if (strcmp(names[i]->name, name) == 0)
			return;
	k = calloc(1, sizeof(*k));
	if (!k)
		return;
	k->name = strdup(name);
	if (!k->name) {
		free(k);
		return;
	}
	if (getaddrinfo(name, NULL, &hints, &res) == 0)
		for (const struct addrinfo *ai = res; ai; ai = ai->ai_next)
			add(k, ai);
	if (res)
		freeaddrinfo(res);
	names[nnames++] = k;
}

static bool has(const struct known *k, const uint8_t *ip, size_t len)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->a[i].len == len && memcmp(k->a[i].ip, ip, len) == 0)
			return true;
	return false;
}

bool dns_name_has(const char *name, const uint8_t *ip, size_t len)
{
	for (size_t i = 0; i < nnames; i++)
		if (strcmp(names[i]->name, name) == 0)
			return has(names[i], ip, len);
	return false;
}

void dns_forget(void)
{
	while (nnames) {
		nnames--;
		free(names[nnames]->name);
		free(names[nnames]);
	}
}
