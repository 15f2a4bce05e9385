// SPDX-License-Identifier: BSD-2-Clause
/* The command line of secmon-enrich. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/parse.h"
#include "proctab.h"
#include "reader.h"

#define HASH_DEFAULT (64ULL << 20)
#define HASH_MAX     (4ULL << 30)

static const char usage[] =
	"usage: secmon-enrich [-i ENDPOINT] [-o ENDPOINT] [option]...\n"
	"Add to each event of the stream what is known of its process: executable,\n"
	"arguments, ancestors, session, user and group names, container.\n"
	"\n"
	"  -i, --input ENDPOINT       where the stream comes from (standard input)\n"
	"  -o, --output ENDPOINT      where it goes (standard output)\n"
	"      --proc-max N           processes remembered (default 65536)\n"
	"      --no-container         say nothing of containers\n"
	"      --hash-exe[=SIZE]      SHA-256 of executed files of at most SIZE bytes\n"
	"                             (default 64M)\n"
	"      --root DIR             the machine's files are below DIR (in a container: "
	"/host)\n" USUAL_HELP "\n" USUAL_ENDPOINT;

enum { OPT_PROC_MAX = 256, OPT_NO_CONTAINER, OPT_HASH_EXE, OPT_ROOT };

static const struct option longs[] = {
	{ "input", required_argument, NULL, 'i' },
	{ "output", required_argument, NULL, 'o' },
	{ "proc-max", required_argument, NULL, OPT_PROC_MAX },
	{ "no-container", no_argument, NULL, OPT_NO_CONTAINER },
	{ "hash-exe", optional_argument, NULL, OPT_HASH_EXE },
	{ "root", required_argument, NULL, OPT_ROOT },
	USUAL_LONG,
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

static void help(void)
{
	fputs(usage, stdout);
}

void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){
		.in = "-",
		.out = "-",
		.proc_max = PROCTAB_DEFAULT,
		.containers = true,
		.root = "",
		.usual = USUAL_DEFAULT,
	};
	while ((c = getopt_long(argc, argv, "i:o:" USUAL_SHORT, longs, NULL)) != -1) {
		switch (c) {
		case 'i':
			o->in = optarg;
			break;
		case 'o':
			o->out = optarg;
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
		default:
			usual_option(&o->usual, c, optarg, help);
		}
	}
	if (optind < argc)
		log_usage("'%s': no arguments are expected", argv[optind]);
}
