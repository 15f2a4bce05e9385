/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef SHIP_OPTIONS_H
#define SHIP_OPTIONS_H

#include <stdbool.h>

#include "cmd/secmon-ship/conf.h"
#include "common/usual.h"

struct options {
	struct usual usual;
	struct conf conf;
	const char *input; /* endpoint */
	bool events;
};

/*
 * options_parse(o, argc, argv): the command line and the files it names. Exits
 * with status 2 and a message if it is wrong, with 0 after --help, --version,
 * --list-formats and --spool-status.
 */
void options_parse(struct options *o, int argc, char **argv);

#endif
