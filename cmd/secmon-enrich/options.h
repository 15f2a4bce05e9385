/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of secmon-enrich. */
#ifndef ENRICH_OPTIONS_H
#define ENRICH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/usual.h"

struct options {
	struct usual usual;
	const char *in, *out;
	size_t proc_max;
	bool containers;
	const char *root;  /* where the machine's files are */
	uint64_t hash_max; /* bytes of a file to hash; 0: no hashes */
};

/*
 * options_parse(o, argc, argv): fill o. --help and --version end the program with
 * status 0, a wrong command line with 2.
 */
void options_parse(struct options *o, int argc, char **argv);

#endif
