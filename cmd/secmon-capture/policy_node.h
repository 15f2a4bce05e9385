/* SPDX-License-Identifier: BSD-2-Clause */
/* YAML of a policy: values with their places, and what is wrong with them. */
#ifndef SECMON_CAPTURE_POLICY_NODE_H
#define SECMON_CAPTURE_POLICY_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <yaml.h>

#include "common/compat.h"

enum {
	POLICY_BYTES_MAX = 1024 * 1024,
	POLICY_VISITS_MAX = 200000, /* of values; an alias may stand for many */
	POLICY_COMPLAINTS_MAX = 50
};

/* One file being read. */
struct policy_doc {
	const char *name; /* of the file */
	FILE *err;	  /* complaints, a line each */
	unsigned int complaints;
	unsigned int visits;
	yaml_document_t yaml;
};

/* A key of a map: how its value is read, or why it is refused. */
struct policy_key {
	const char *name;
	void (*read)(struct policy_doc *d, yaml_node_t *value, void *arg);
	const char *refused; /* "KEY: this"; then read is NULL. Both NULL: of no concern here */
	bool required;
};

/* A word of a list of words, and what it stands for. */
struct policy_word {
	const char *word;
	int value;
};

/* policy_complain(d, n, fmt): "FILE:LINE:COLUMN: text". n NULL: of the whole file. */
void policy_complain(struct policy_doc *d, const yaml_node_t *n, const char *fmt, ...)
	printf_like(3, 4);

/*
 * policy_map(d, n, what, keys, nkeys, arg): read the map n, which is called what, in
 * the order of the keys (64 at most), not of the file. Keys that are unknown, or there twice, are
 * complained of.
 */
void policy_map(struct policy_doc *d, yaml_node_t *n, const char *what,
		const struct policy_key *keys, size_t nkeys, void *arg);

/* policy_each(d, n, what, read, arg): call read for each item of the list n. */
void policy_each(struct policy_doc *d, yaml_node_t *n, const char *what,
		 void (*read)(struct policy_doc *d, yaml_node_t *item, void *arg), void *arg);

/* policy_get(d, map, key): the value of a key, or NULL. Complains of nothing. */
yaml_node_t *policy_get(struct policy_doc *d, yaml_node_t *map, const char *key);

/* policy_items(d, n): number of items of a list; 0 if n is NULL or none. */
size_t policy_items(const yaml_node_t *n);
yaml_node_t *policy_item(struct policy_doc *d, const yaml_node_t *n, size_t i);

/* Each complains and returns -1 or NULL if n is not of that kind. Texts live as long as d. */
const char *policy_text(struct policy_doc *d, const yaml_node_t *n, const char *what, size_t *len);
int policy_bool(struct policy_doc *d, const yaml_node_t *n, const char *what, bool *v);
int policy_number(struct policy_doc *d, const yaml_node_t *n, const char *what, uint64_t max,
		  uint64_t *v);

/*
 * policy_word(d, n, what, words, nwords): the value of a word, whichever its case;
 * complains with a hint and returns -1 if it is none of them.
 */
int policy_word(struct policy_doc *d, const yaml_node_t *n, const char *what,
		const struct policy_word *words, size_t nwords);

/* policy_is_null(n): nothing stands where a value could. */
bool policy_is_null(const yaml_node_t *n);

#endif
