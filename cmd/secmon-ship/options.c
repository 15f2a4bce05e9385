// SPDX-License-Identifier: BSD-2-Clause
/* The command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/format.h"
#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/options.h"
#include "cmd/secmon-ship/spool.h"
#include "common/log.h"
#include "common/parse.h"

enum long_only {
	OPT_METRICS = 256,
	OPT_METRICS_FILE,
	OPT_LIST_FORMATS,
	OPT_SPOOL_STATUS,
	OPT_HEARTBEAT
};

static const struct option long_options[] = {
	{ "input", required_argument, NULL, 'i' },
	{ "sink", required_argument, NULL, 's' },
	{ "option", required_argument, NULL, 'O' },
	{ "config", required_argument, NULL, 'c' },
	{ "events", no_argument, NULL, 'e' },
	{ "grace", required_argument, NULL, 'g' },
	{ "heartbeat", required_argument, NULL, OPT_HEARTBEAT },
	{ "metrics", required_argument, NULL, OPT_METRICS },
	{ "metrics-file", required_argument, NULL, OPT_METRICS_FILE },
	{ "list-formats", no_argument, NULL, OPT_LIST_FORMATS },
	{ "spool-status", required_argument, NULL, OPT_SPOOL_STATUS },
	USUAL_LONG,
	{ NULL, 0, NULL, 0 }
};

static void help(void)
{
	printf("usage: secmon-ship [-i ENDPOINT] [-s SINK [-O NAME=VALUE]...]... [-c FILE]\n"
	       "\n"
	       "Read a stream of alerts and deliver them.\n"
	       "\n"
	       "  -i, --input ENDPOINT       where the stream comes from (standard input)\n"
	       "  -s, --sink SINK            where to; may be repeated (default text:-)\n"
	       "  -O, --option NAME=VALUE    an option of the sink before it\n"
	       "  -c, --config FILE          sinks and all else from a YAML file\n"
	       "  -e, --events               all objects of the stream, not alerts only, as JSON\n"
	       "  -g, --grace TIME           how long sinks may take at the end (5s)\n"
	       "      --heartbeat TIME       raise an alert of our own this often\n"
	       "      --metrics ADDR:PORT    serve /metrics, /healthz and /readyz there\n"
	       "      --metrics-file FILE    write the metrics there once a second\n"
	       "      --list-formats         the shapes that alerts can be sent in\n"
	       "      --spool-status DIR     tell what waits in a spool\n" USUAL_HELP
	       "\n" USUAL_ENDPOINT "\nSINK is one of\n");
	kinds_list(stdout);
	printf("\nOptions of a sink\n");
	conf_describe(stdout);
}

static void spool_report(const char *dir)
{
	char err[512];

	if (spool_status(dir, stdout, err, sizeof(err)) == 0)
		exit(0);
	log_err("%s", err);
	exit(1);
}

static struct sink_conf *add_sink(struct conf *c, const char *to)
{
	struct sink_conf *s = conf_sink(c, to);
	const struct format *format;
	const char *target;

	if (!s)
		log_usage("-s %s: more than %d sinks", to, SINKS_MAX);
	if (!sink_kind_of(to, &target, &format))
		log_usage("-s %s: no such sink", to);
	return s;
}

static void set_option(struct conf *c, const char *text)
{
	char err[512], name[64];
	size_t len = strcspn(text, "=");

	if (!c->nsinks)
		log_usage("-O %s: there is no -s before it", text);
	if (!text[len] || len >= sizeof(name))
		log_usage("-O %s: NAME=VALUE was due", text);
	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	if (conf_set(c->sinks[c->nsinks - 1], name, text + len + 1, err, sizeof(err)) == -1)
		log_usage("-O %s", err);
}

static void read_file(struct conf *c, const char *path)
{
	char err[1024];

	if (conf_read(c, path, err, sizeof(err)) == 0)
		return;
	log_err("%s", err);
	exit(2);
}

static uint64_t duration(const char *option, const char *text, uint64_t most_ms)
{
	uint64_t ms;

	if (parse_duration(text, 0, most_ms, &ms) == -1)
		log_usage("--%s %s: is no time that may stand here (250ms, 5s, 2m ...)", option,
			  text);
	return ms;
}

static void keep_text(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
}

static void take(struct options *o, int c)
{
	switch (c) {
	case 'i':
		o->input = optarg;
		break;
	case 's':
		add_sink(&o->conf, optarg);
		break;
	case 'O':
		set_option(&o->conf, optarg);
		break;
	case 'c':
		read_file(&o->conf, optarg);
		break;
	case 'e':
		o->events = true;
		break;
	case 'g':
		o->conf.grace_ms = duration("grace", optarg, 3600000);
		break;
	case OPT_HEARTBEAT:
		o->conf.heartbeat_ms = duration("heartbeat", optarg, 86400000);
		break;
	case OPT_METRICS:
		keep_text(&o->conf.metrics, optarg);
		break;
	case OPT_METRICS_FILE:
		keep_text(&o->conf.metrics_file, optarg);
		break;
	case OPT_LIST_FORMATS:
		format_list(stdout);
		exit(0);
	case OPT_SPOOL_STATUS:
		spool_report(optarg);
		break;
	default:
		usual_option(&o->usual, c, optarg, help);
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ .input = "-", .usual = USUAL_DEFAULT };
	conf_init(&o->conf);
	while ((c = getopt_long(argc, argv, "+i:s:O:c:eg:" USUAL_SHORT, long_options, NULL)) != -1)
		take(o, c);
	if (optind < argc)
		log_usage("%s: what is this? Sinks are given with -s", argv[optind]);
	if (!o->conf.nsinks)
		add_sink(&o->conf, o->events ? "json:-" : "text:-");
}
