/* SPDX-License-Identifier: BSD-2-Clause */
/* Where text came from, through every substitution, back to file:line:column. */
#ifndef MATCH_SOURCE_H
#define MATCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ynode;
struct arena;

/* One rules file as it was read. */
struct rulefile {
	const char *path; /* as given, or DIR/NAME; "-" never */
	const char *content;
	size_t len;
	unsigned int index; /* number of the file in this load, from 0 */
};

/* A place in a file. */
struct place {
	const struct rulefile *file; /* NULL: unknown */
	uint32_t offset;	     /* bytes, from 0 */
	uint32_t line, column;	     /* from 1; column in bytes */
};

/* A stretch of a text and where it was written. */
struct piece {
	uint32_t start;		  /* in the text */
	uint32_t from;		  /* offset in the value of node, or in list's text */
	const struct ynode *node; /* the YAML value it is from; NULL: made up by the loader */
	const struct list *list;  /* the list it is the items of; else NULL */
};

/* Where a text put together from pieces is from; sorted by start, the first starts at 0. */
struct source {
	struct piece *pieces;
	size_t npieces;
	const char *what; /* "rule", "macro" */
	const char *name; /* of that rule or macro */
};

/* source_place(src, index, place): where the byte at index was written; false if nowhere. */
bool source_place(const struct source *src, size_t index, struct place *place);

#endif
