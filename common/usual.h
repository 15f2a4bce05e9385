/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that every program of the suite has, and the ends it opens. */
#ifndef COMMON_USUAL_H
#define COMMON_USUAL_H

#include <getopt.h>

#include "common/endpoint.h"
#include "common/log.h"

/* A program's own long options without a letter are from 256 to below this. */
enum { USUAL_READY_FD = 0x1000, USUAL_VERSION };

/* For a program's own tables: letters, long options, and what --help says of them. */
#define USUAL_SHORT "u:vqh"

#define USUAL_LONG                                                                                 \
	{ "user", required_argument, NULL, 'u' },                                                  \
		{ "ready-fd", required_argument, NULL, USUAL_READY_FD },                           \
		{ "verbose", no_argument, NULL, 'v' }, { "quiet", no_argument, NULL, 'q' },        \
		{ "help", no_argument, NULL, 'h' },                                                \
	{                                                                                          \
		"version", no_argument, NULL, USUAL_VERSION                                        \
	}

/* The last line of --help where an option takes an ENDPOINT. */
#define USUAL_ENDPOINT "ENDPOINT: - | FILE | unix:PATH | unix-listen:PATH | fd:N | listen-fds\n"

#define USUAL_HELP                                                                                 \
	"  -u, --user NAME            become this user if started as root (default nobody)\n"      \
	"      --ready-fd N           write a newline to descriptor N when ready\n"                \
	"  -v, --verbose              more words on standard error; twice: even more\n"            \
	"  -q, --quiet                errors only\n"                                               \
	"  -h, --help                 this text\n"                                                 \
	"      --version              the version\n"

struct usual {
	const char *user; /* for struct sandbox; NULL if not given */
	enum log_level level;
};

#define USUAL_DEFAULT                                                                              \
	{                                                                                          \
		.level = LOG_NORMAL                                                                \
	}

/*
 * usual_option(u, c, arg, help): take an option that getopt_long() found and the
 * program does not know itself. --help calls help(), which prints to stdout; it
 * and --version end the program with status 0, or with 1 if stdout does not take
 * it. A wrong option ends it with 2.
 */
void usual_option(struct usual *u, int c, const char *arg, void (*help)(void));

/* usual_end(spec, dir): endpoint_open(), or end the program: 2 if spec is wrong, else 1. */
int usual_end(const char *spec, enum endpoint_dir dir);

#endif
