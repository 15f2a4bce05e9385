// SPDX-License-Identifier: BSD-2-Clause
/* The command line of secmon-match. */
#include "cmd/secmon-match/options.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"

enum {
	OPT_PLAN = 256,
	OPT_EXPLAIN,
	OPT_LIST_FIELDS,
	OPT_PASS,
	OPT_MATCHING,
	OPT_RATE_LIMIT,
	OPT_APPEND,
	OPT_POLICY,
	OPT_WHY,
	OPT_DNS,
	OPT_ENABLE_RULE,
	OPT_ENABLE_TAG,
	OPT_ONLY_TAG,
	OPT_JSON
};

static const struct option longs[] = {
	{ "input", required_argument, NULL, 'i' },
	{ "output", required_argument, NULL, 'o' },
	{ "rules", required_argument, NULL, 'r' },
	{ "validate", no_argument, NULL, 'V' },
	{ "describe", optional_argument, NULL, 'L' },
	{ "test", no_argument, NULL, 't' },
	{ "priority", required_argument, NULL, 'p' },
	{ "disable-rule", required_argument, NULL, 'D' },
	{ "disable-tag", required_argument, NULL, 'T' },
	{ "enable-rule", required_argument, NULL, OPT_ENABLE_RULE },
	{ "enable-tag", required_argument, NULL, OPT_ENABLE_TAG },
	{ "only-tag", required_argument, NULL, OPT_ONLY_TAG },
	{ "plan", no_argument, NULL, OPT_PLAN },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "list-fields", optional_argument, NULL, OPT_LIST_FIELDS },
	{ "pass", no_argument, NULL, OPT_PASS },
	{ "policy-alerts", optional_argument, NULL, OPT_POLICY },
	{ "rule-matching", required_argument, NULL, OPT_MATCHING },
	{ "rate-limit", required_argument, NULL, OPT_RATE_LIMIT },
	{ "append-output", required_argument, NULL, OPT_APPEND },
	{ "why", no_argument, NULL, OPT_WHY },
	{ "dns", no_argument, NULL, OPT_DNS },
	{ "json", no_argument, NULL, OPT_JSON },
	USUAL_LONG,
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: secmon-match [-i ENDPOINT] [-o ENDPOINT] [option]... -r FILE|DIR...\n"
	"Match events with rules; write an alert for each that matches.\n"
	"\n"
	"  -r, --rules FILE|DIR       rules, in this order; of a directory *.yaml and *.yml\n"
	"  -i, --input ENDPOINT       where events come from (standard input)\n"
	"  -o, --output ENDPOINT      where alerts go (standard output)\n"
	"  -V, --validate             check the rules, say all that is wrong, and end\n"
	"  -L, --describe[=NAME]      describe rules, macros and lists, all or so called, and end\n"
	"  -t, --test                 run the examples in the rules, and end\n"
	"      --plan                 print what capture must deliver for the rules, and end\n"
	"      --explain              with --plan: what of each rule the kernel decides, what\n"
	"                             not and why, and what it costs, on standard error\n"
	"      --list-fields[=FORMAT] print all fields as text, json or mdoc, and end\n"
	"      --json                 -V and -L as JSON\n"
	"  -p, --priority NAME        only rules of this priority or a more urgent one\n"
	"  -D, --disable-rule NAME    not these rules; * matches anything\n"
	"  -T, --disable-tag TAG      not rules with this tag\n"
	"      --enable-rule NAME, --enable-tag TAG, --only-tag TAG\n"
	"                             these rules after all, or only these; in the order given\n"
	"      --rule-matching first|all\n"
	"                             stop at the first rule that matches an event (default), or "
	"not\n"
	"      --rate-limit N/TIME    at most N alerts of a rule in TIME, the others counted\n"
	"      --append-output FILE   add to alerts what append_output of this falco.yaml says\n"
	"      --policy-alerts[=PRIORITY]\n"
	"                             an alert for each event that a policy of secmon-capture\n"
	"                             selected (notice); rules are then not needed\n"
	"      --pass                 let events through that no rule matches\n"
	"      --why                  say in each alert which checks matched on which values\n"
	"      --dns                  look up the names that rules compare addresses "
	"with\n" USUAL_HELP "\n" USUAL_ENDPOINT;

static void help(void)
{
	fputs(usage, stdout);
}

static void add_rules(struct options *o, const char *path)
{
	if (o->nrules == RULES_MAX)
		log_usage("more than %d times -r", RULES_MAX);
	o->rules[o->nrules++] = path;
}

static void add_selector(struct options *o, int by, bool enable, const char *pattern)
{
	if (o->selection.n == SELECTORS_MAX)
		log_usage("more than %d selections of rules", SELECTORS_MAX);
	o->selectors[o->selection.n].by = by;
	o->selectors[o->selection.n].enable = enable;
	o->selectors[o->selection.n++].pattern = pattern;
}

static void set_mode(struct options *o, enum mode mode)
{
	if (o->mode != MODE_RUN && o->mode != mode)
		log_usage("-V, -L, -t, --plan and --list-fields cannot go together");
	o->mode = mode;
}

static enum list_format list_format(const char *arg)
{
	if (!arg || strcmp(arg, "text") == 0)
		return LIST_TEXT;
	if (strcmp(arg, "json") == 0)
		return LIST_JSON;
	if (strcmp(arg, "mdoc") == 0)
		return LIST_MDOC;
	log_usage("--list-fields=%s: text, json or mdoc", arg);
}

static void select_option(struct options *o, int c, const char *arg)
{
	int priority;

	switch (c) {
	case 'p':
		priority = priority_parse(arg);
		if (priority < 0)
			log_usage("--priority %s: no such priority", arg);
		o->selection.min_priority = (enum priority)priority;
		break;
	case 'D':
		add_selector(o, SELECT_RULE, false, arg);
		break;
	case 'T':
		add_selector(o, SELECT_TAG, false, arg);
		break;
	case OPT_ENABLE_RULE:
		add_selector(o, SELECT_RULE, true, arg);
		break;
	case OPT_ONLY_TAG:
		add_selector(o, SELECT_RULE, false, "*");
		/* fallthrough */
	case OPT_ENABLE_TAG:
		add_selector(o, SELECT_TAG, true, arg);
		break;
	}
}

/* what is selected by policies already is not asked for in a plan */
static void policy_rule(struct options *o)
{
	static char text[1024];

	if (!o->policy_alerts || o->mode == MODE_PLAN)
		return;
	snprintf(text, sizeof(text),
		 "- rule: Tracing policy\n"
		 "  desc: An event that a tracing policy selected\n"
		 "  condition: policy.name exists\n"
		 "  output: Policy %%policy.name | evt_type=%%evt.type file=%%fd.name "
		 "path=%%fs.path.name"
		 " result=%%evt.res user=%%user.name process=%%proc.name"
		 " proc_exepath=%%proc.exepath parent=%%proc.pname command=%%proc.cmdline"
		 " container_id=%%container.id\n"
		 "  priority: %s\n",
		 priority_name((enum priority)o->policy_priority));
	o->selection.first = text;
}

static void run_option(struct options *o, int c, const char *arg)
{
	switch (c) {
	case OPT_PASS:
		o->pass = true;
		break;
	case OPT_WHY:
		o->why = true;
		break;
	case OPT_DNS:
		o->dns = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_MATCHING:
		if (strcmp(arg, "first") != 0 && strcmp(arg, "all") != 0)
			log_usage("--rule-matching %s: first or all", arg);
		o->all = *arg == 'a';
		break;
	case OPT_APPEND:
		o->append = arg;
		break;
	case OPT_POLICY:
		o->policy_alerts = true;
		o->policy_priority = arg ? priority_parse(arg) : PRIORITY_NOTICE;
		if (o->policy_priority < 0)
			log_usage("--policy-alerts=%s: no such priority", arg);
		break;
	case OPT_RATE_LIMIT:
		if (limit_parse(&o->limit, arg) < 0)
			log_usage("--rate-limit %s: a number and a time, like 10/1m", arg);
		break;
	default:
		usual_option(&o->usual, c, arg, help);
	}
}

static void one_option(struct options *o, int c)
{
	switch (c) {
	case 'i':
		o->in = optarg;
		break;
	case 'o':
		o->out = optarg;
		break;
	case 'r':
		add_rules(o, optarg);
		break;
	case 'V':
		set_mode(o, MODE_VALIDATE);
		break;
	case 'L':
		set_mode(o, MODE_DESCRIBE);
		o->describe = optarg;
		break;
	case 't':
		set_mode(o, MODE_TEST);
		break;
	case OPT_PLAN:
		set_mode(o, MODE_PLAN);
		break;
	case OPT_EXPLAIN:
		o->explain = true;
		break;
	case OPT_LIST_FIELDS:
		set_mode(o, MODE_FIELDS);
		o->list = list_format(optarg);
		break;
	case 'p':
	case 'D':
	case 'T':
	case OPT_ENABLE_RULE:
	case OPT_ENABLE_TAG:
	case OPT_ONLY_TAG:
		select_option(o, c, optarg);
		break;
	default:
		run_option(o, c, optarg);
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	memset(o, 0, sizeof(*o));
	o->usual = (struct usual)USUAL_DEFAULT;
	o->in = o->out = "-";
	o->selection.selectors = o->selectors;
	o->selection.min_priority = PRIORITY_DEBUG;
	while ((c = getopt_long(argc, argv, "i:o:r:VL::tp:D:T:" USUAL_SHORT, longs, NULL)) != -1)
		one_option(o, c);
	while (optind < argc && o->nrules > 0) /* -r one two: as a shell expands it */
		add_rules(o, argv[optind++]);
	if (optind < argc)
		log_usage("'%s': rules are given with -r", argv[optind]);
	policy_rule(o);
	if (o->nrules == 0 && o->mode != MODE_FIELDS && !o->policy_alerts)
		log_usage("no rules: give a file or a directory with -r");
}
