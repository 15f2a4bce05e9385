// SPDX-License-Identifier: BSD-2-Clause
/* YAML of a policy: values with their places, and what is wrong with them. */
#include "policy_node.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/suggest.h"

void policy_complain(struct policy_doc *d, const yaml_node_t *n, const char *fmt, ...)
{
	va_list ap;

	if (d->complaints++ >= POLICY_COMPLAINTS_MAX)
		return;
	if (n)
		fprintf(d->err, "%s:%zu:%zu: ", d->name, n->start_mark.line + 1,
			n->start_mark.column + 1);
	else
		fprintf(d->err, "%s: ", d->name);
	va_start(ap, fmt);
	vfprintf(d->err, fmt, ap);
	va_end(ap);
	fputc('\n', d->err);
}

/* Few bytes with aliases can stand for very many values. */
static bool visit(struct policy_doc *d, const yaml_node_t *n)
{
	if (d->visits++ == POLICY_VISITS_MAX)
		policy_complain(d, n, "the aliases of this file stand for too much");
	return d->visits <= POLICY_VISITS_MAX;
}

static const char *scalar(const yaml_node_t *n)
{
	return (const char *)n->data.scalar.value;
}

bool policy_is_null(const yaml_node_t *n)
{
	return n && n->type == YAML_SCALAR_NODE &&
	       n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (n->data.scalar.length == 0 || !strcmp(scalar(n), "~") ||
		!strcmp(scalar(n), "null"));
}

static yaml_node_t *node(struct policy_doc *d, int index)
{
	return yaml_document_get_node(&d->yaml, index);
}

static bool is_key(const yaml_node_t *n, const char *name)
{
	return n && n->type == YAML_SCALAR_NODE && n->data.scalar.length == strlen(name) &&
	       !memcmp(scalar(n), name, n->data.scalar.length);
}

yaml_node_t *policy_get(struct policy_doc *d, yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++)
		if (is_key(node(d, p->key), key))
			return node(d, p->value);
	return NULL;
}

static const struct policy_key *find_key(const yaml_node_t *n, const struct policy_key *keys,
					 size_t nkeys)
{
	for (size_t i = 0; i < nkeys; i++)
		if (is_key(n, keys[i].name))
			return &keys[i];
	return NULL;
}

static void unknown_key(struct policy_doc *d, const yaml_node_t *n, const char *what,
			const struct policy_key *keys, size_t nkeys)
{
	struct suggest s;
	char hint[128];

	if (!n || n->type != YAML_SCALAR_NODE) {
		policy_complain(d, n, "the keys of %s are words", what);
		return;
	}
	suggest_init(&s, scalar(n), n->data.scalar.length);
	for (size_t i = 0; i < nkeys; i++)
		suggest_try(&s, keys[i].name, strlen(keys[i].name));
	suggest_answer(&s, "", hint, sizeof(hint));
	policy_complain(d, n, "%s has no '%s'%s%s", what, scalar(n), *hint ? ", " : "", hint);
}

/* whatever the map says must be known, and said once */
static void check_keys(struct policy_doc *d, yaml_node_t *n, const char *what,
		       const struct policy_key *keys, size_t nkeys)
{
	yaml_node_pair_t *first = n->data.mapping.pairs.start, *top = n->data.mapping.pairs.top;
	uint64_t seen = 0;

	for (yaml_node_pair_t *p = first; p < top; p++) {
		const yaml_node_t *key = node(d, p->key);
		const struct policy_key *k = find_key(key, keys, nkeys);

		if (!visit(d, key))
			return;
		if (!k) {
			unknown_key(d, key, what, keys, nkeys);
			continue;
		}
		if (seen >> (k - keys) & 1)
			policy_complain(d, key, "'%s' stands here twice", k->name);
		seen |= 1ULL << (k - keys);
		if (k->refused)
			policy_complain(d, key, "%s: %s", k->name, k->refused);
	}
}

void policy_map(struct policy_doc *d, yaml_node_t *n, const char *what,
		const struct policy_key *keys, size_t nkeys, void *arg)
{
	if (!n || n->type != YAML_MAPPING_NODE) {
		policy_complain(d, n, "%s: keys with values are due here", what);
		return;
	}
	check_keys(d, n, what, keys, nkeys);
	for (size_t i = 0; i < nkeys; i++) {
		yaml_node_t *value = policy_get(d, n, keys[i].name);

		if (value && keys[i].read && visit(d, value))
			keys[i].read(d, value, arg);
		if (!value && keys[i].required)
			policy_complain(d, n, "%s needs '%s'", what, keys[i].name);
	}
}

size_t policy_items(const yaml_node_t *n)
{
	if (!n || n->type != YAML_SEQUENCE_NODE)
		return 0;
	return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
}

yaml_node_t *policy_item(struct policy_doc *d, const yaml_node_t *n, size_t i)
{
	return node(d, n->data.sequence.items.start[i]);
}

void policy_each(struct policy_doc *d, yaml_node_t *n, const char *what,
		 void (*read)(struct policy_doc *d, yaml_node_t *item, void *arg), void *arg)
{
	if (policy_is_null(n))
		return;
	if (n->type != YAML_SEQUENCE_NODE)
		policy_complain(d, n, "%s: a list is due here", what);
	for (size_t i = 0; i < policy_items(n); i++) {
		yaml_node_t *item = policy_item(d, n, i);

		if (!visit(d, item))
			return;
		read(d, item, arg);
	}
}

const char *policy_text(struct policy_doc *d, const yaml_node_t *n, const char *what, size_t *len)
{
	if (!visit(d, n))
		return NULL;
	if (n->type != YAML_SCALAR_NODE) {
		policy_complain(d, n, "%s: one value is due here", what);
		return NULL;
	}
	if (len)
		*len = n->data.scalar.length;
	else if (strlen(scalar(n)) != n->data.scalar.length) {
		policy_complain(d, n, "%s: a zero byte in it", what);
		return NULL;
	}
	return scalar(n);
}

int policy_bool(struct policy_doc *d, const yaml_node_t *n, const char *what, bool *v)
{
	static const struct policy_word words[] = { { "true", 1 }, { "false", 0 } };
	int r = policy_word(d, n, what, words, nitems(words));

	*v = r == 1;
	return r == -1 ? -1 : 0;
}

int policy_number(struct policy_doc *d, const yaml_node_t *n, const char *what, uint64_t max,
		  uint64_t *v)
{
	const char *s = policy_text(d, n, what, NULL);
	char *end;

	if (!s)
		return -1;
	errno = 0;
	*v = strtoull(s, &end, 0);
	if (*s >= '0' && *s <= '9' && !*end && !errno && *v <= max)
		return 0;
	policy_complain(d, n, "%s: '%s' is no number from 0 to %llu", what, s,
			(unsigned long long)max);
	return -1;
}

int policy_word(struct policy_doc *d, const yaml_node_t *n, const char *what,
		const struct policy_word *words, size_t nwords)
{
	const char *s = policy_text(d, n, what, NULL);
	struct suggest near;
	char hint[128];

	if (!s)
		return -1;
	suggest_init(&near, s, strlen(s));
	for (size_t i = 0; i < nwords; i++) {
		if (!strcasecmp(s, words[i].word))
			return words[i].value;
		suggest_try(&near, words[i].word, strlen(words[i].word));
	}
	suggest_answer(&near, "", hint, sizeof(hint));
	policy_complain(d, n, "%s: '%s' is not known%s%s", what, s, *hint ? ", " : "", hint);
	return -1;
}
