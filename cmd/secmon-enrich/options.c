// SPDX-License-Identifier: BSD-2-Clause
/* The command line of secmon-enrich. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/parse.h"
#include "proctab.h"
#include "reader.h"

#define HASH_DEFAULT (64ULL << 20)
#define HASH_MAX     (4ULL << 30)

static const char usage[] =
	"usage: secmon-enrich [-i ENDPOINT] [-o ENDPOINT] [--proc-max N] [--no-container]\n"
	"                     [--hash-exe[=SIZE]] [--root DIR] [-v]\n"
	"Adds to each event of the stream what is known of its process: executable,\n"
	"arguments, ancestors, session, user and group names, container.\n"
	"\n"
	"  -i, --input ENDPOINT   where the stream comes from (default -: standard input)\n"
	"  -o, --output ENDPOINT  where it goes (default -: standard output)\n"
	"      --proc-max N       processes remembered (default 65536)\n"
	"      --no-container     say nothing of containers\n"
	"      --hash-exe[=SIZE]  SHA-256 of executed files of at most SIZE bytes (default 64M)\n"
	"      --root DIR         the machine's files are below DIR (in a container: /host)\n"
	"  -v, --verbose          more words on standard error; twice: even more\n"
	"      --help, --version\n"
	"\n"
	"ENDPOINT: -, FILE, unix:PATH, unix-listen:PATH, fd:N. See secmon-enrich(8).\n";

enum { OPT_PROC_MAX = 256, OPT_NO_CONTAINER, OPT_HASH_EXE, OPT_ROOT, OPT_HELP, OPT_VERSION };

static const struct option longs[] = {
	{ "input", required_argument, NULL, 'i' },
	{ "output", required_argument, NULL, 'o' },
	{ "proc-max", required_argument, NULL, OPT_PROC_MAX },
	{ "no-container", no_argument, NULL, OPT_NO_CONTAINER },
	{ "hash-exe", optional_argument, NULL, OPT_HASH_EXE },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

static size_t proc_max(const char *text)
{
	uint64_t n;

	if (parse_uint(text, PROCTAB_MIN, PROCTAB_MAX, &n) == -1)
		log_usage("--proc-max %s: a number from %d to %d is due", text, PROCTAB_MIN,
			  PROCTAB_MAX);
	return (size_t)n;
}

static uint64_t hash_max(const char *text)
{
	uint64_t bytes = HASH_DEFAULT;

	if (text && parse_size(text, 1, HASH_MAX, &bytes) == -1)
		log_usage("--hash-exe=%s: a size from 1 to 4G is due", text);
	return bytes;
}

static const char *root_of(const char *path)
{
	if (*path != '/' || strlen(path) > READER_PATH_MAX / 2)
		log_usage("--root %s: an absolute path is due", path);
	return strcmp(path, "/") == 0 ? "" : path;
}

static void show(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) == 0 ? 0 : 1);
}

void options_parse(struct options *o, int argc, char **argv)
{
	int c, verbose = 0;

	*o = (struct options){
		.in = "-", .out = "-", .proc_max = PROCTAB_DEFAULT, .containers = true, .root = ""
	};
	while ((c = getopt_long(argc, argv, "i:o:v", longs, NULL)) != -1) {
		switch (c) {
		case 'i':
			o->in = optarg;
			break;
		case 'o':
			o->out = optarg;
			break;
		case 'v':
			verbose++;
			break;
		case OPT_PROC_MAX:
			o->proc_max = proc_max(optarg);
			break;
		case OPT_NO_CONTAINER:
			o->containers = false;
			break;
		case OPT_HASH_EXE:
			o->hash_max = hash_max(optarg);
			break;
		case OPT_ROOT:
			o->root = root_of(optarg);
			break;
		case OPT_HELP:
			show(usage);
			break;
		case OPT_VERSION:
			show("secmon-enrich " SECMON_VERSION "\n");
			break;
		default:
			log_usage("a wrong option");
		}
	}
	if (optind < argc)
		log_usage("'%s': no arguments are expected", argv[optind]);
	log_set_level(verbose > 1 ? LOG_DEBUG : verbose ? LOG_INFO : LOG_NORMAL);
}
