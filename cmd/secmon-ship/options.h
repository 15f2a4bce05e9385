/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef SHIP_OPTIONS_H
#define SHIP_OPTIONS_H

#include <stdbool.h>

#include "cmd/secmon-ship/conf.h"

struct options {
	struct conf conf;
	const char *input; /* endpoint */
	const char *user;  /* to become when started as root; NULL: the sandbox's default */
	bool events;
	bool quiet;
	bool no_sandbox;
};

/*
 * options_parse(o, argc, argv): the command line and the files it names. Exits
 * with status 2 and a message if it is wrong, with 0 after --help, --version,
 * --list-formats and --spool-status.
 */
void options_parse(struct options *o, int argc, char **argv);

#endif
