// SPDX-License-Identifier: BSD-2-Clause
/* The command line of secmon-capture. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classes.h"
#include "common/compat.h"
#include "common/log.h"
#include "common/parse.h"
#include "plans.h"
#include "sysdef.h"

enum {
	OPT_SIZE = 256,
	OPT_LIFE,
	OPT_RINGS,
	OPT_CHECK,
	OPT_LIST,
	OPT_PROGRAMS,
	OPT_EVENTS,
	OPT_ENV,
	OPT_BTF,
	OPT_HOOKS,
	OPT_PLAN,
	OPT_BUDGET,
	OPT_POLICY,
	OPT_PRINT,
	OPT_PATH,
	OPT_NO_IDENTITY,
	OPT_USER,
	OPT_SPEED,
};

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "write", required_argument, NULL, 'w' },
	{ "replay", required_argument, NULL, 'r' },
	{ "speed", required_argument, NULL, OPT_SPEED },
	{ "events", required_argument, NULL, 'e' },
	{ "path", required_argument, NULL, OPT_PATH },
	{ "plan", required_argument, NULL, OPT_PLAN },
	{ "no-file-identity", no_argument, NULL, OPT_NO_IDENTITY },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "cpu-budget", required_argument, NULL, OPT_BUDGET },
	{ "print-plan", no_argument, NULL, OPT_PRINT },
	{ "env", no_argument, NULL, OPT_ENV },
	{ "ring-size", required_argument, NULL, OPT_SIZE },
	{ "life-ring-size", required_argument, NULL, OPT_LIFE },
	{ "rings", required_argument, NULL, OPT_RINGS },
	{ "grace", required_argument, NULL, 'g' },
	{ "hooks", required_argument, NULL, OPT_HOOKS },
	{ "btf", required_argument, NULL, OPT_BTF },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "list-events", no_argument, NULL, OPT_LIST },
	{ "programs", no_argument, NULL, OPT_PROGRAMS },
	USUAL_LONG,
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: secmon-capture [options] [-- COMMAND [ARG]...]\n"
	"\n"
	"Watch this machine with eBPF and write what happens as a stream of events.\n"
	"With COMMAND: run it, report its process tree only, end when that has ended.\n"
	"\n"
	"  -o, --output ENDPOINT      where the stream goes (standard output)\n"
	"  -w, --write FILE           also, or only, write a capture file\n"
	"  -r, --replay FILE          read a capture file (or a .scap) instead of the kernel\n"
	"      --speed N              replay at N times the speed it happened; 0: no waiting\n"
	"  -e, --events LIST          only these events: names with commas, +NAME, -NAME,\n"
	"                             'default', 'all' (see --list-events)\n"
	"      --path PATH            only events about this file, or below this directory if\n"
	"                             it ends in '/'; several may be given\n"
	"      --plan FILE            only what this plan wants: see secmon-match --plan\n"
	"      --no-file-identity     know the files that --path and the plan name by their paths\n"
	"                             only, not also by device and inode\n"
	"      --policy FILE|DIR      only what these Tetragon policies want, and what the plan\n"
	"                             wants; several may be given\n"
	"      --cpu-budget PERCENT   of one CPU; if more is used, the least urgent of the plan is "
	"shed\n"
	"      --print-plan           print the plan that all these make, and end\n"
	"      --env                  environments of executed programs too\n"
	"      --ring-size SIZE       of the ring for files and network (default 8M)\n"
	"      --life-ring-size SIZE  of the ring for processes (default 4M)\n"
	"      --rings N              N rings of each kind, which CPUs share (default: 1 for 8 "
	"CPUs)\n"
	"  -g, --grace TIME           how long to write what is left after a signal (5s)\n"
	"      --hooks WHICH          auto, preferred, or fallback\n"
	"      --btf FILE             type information of this kernel, if it has none itself\n"
	"      --check                say what this kernel offers\n"
	"      --list-events          list the events\n"
	"      --programs             live cost of the loaded programs\n" USUAL_HELP
	"\n" USUAL_ENDPOINT;

static void help(void)
{
	fputs(usage, stdout);
}

static void set(struct options *o, unsigned int event, bool on)
{
	if (on)
		o->events[event / 64] |= 1ULL << event % 64;
	else
		o->events[event / 64] &= ~(1ULL << event % 64);
}

static void set_group(struct options *o, enum class_on least)
{
	size_t n;
	const struct class *c = class_table(&n);

	for (size_t i = 0; i < n; i++)
		if (c[i].on >= least)
			set(o, c[i].event, true);
}

/* whoever says open means that a file is opened, whichever call his C library makes */
static void set_open(struct options *o, bool on)
{
	static const uint16_t calls[] = { EV_OPEN, EV_OPENAT, EV_OPENAT2, EV_CREAT };

	for (size_t i = 0; i < nitems(calls); i++)
		set(o, calls[i], on);
}

static void parse_event(struct options *o, const char *name, size_t len, const char *list)
{
	const struct event_type *type;
	bool on = true;

	if (len && (*name == '-' || *name == '+')) {
		on = *name == '+';
		name++;
		len--;
	}
	if (len == 3 && memcmp(name, "all", 3) == 0 && on) {
		set_group(o, CLASS_REQUEST);
		return;
	}
	if (len == 7 && memcmp(name, "default", 7) == 0 && on) {
		set_group(o, CLASS_DEFAULT);
		return;
	}
	type = event_by_name(name, len);
	if (!type || !class_find(type->id))
		log_usage("--events %s: no event '%.*s' can be captured; --list-events lists them",
			  list, (int)len, name);
	if (type->id == EV_OPEN)
		set_open(o, on);
	else
		set(o, type->id, on);
}

/* a list that begins with + or - changes the default, any other replaces it */
static void parse_events(struct options *o, const char *list)
{
	const char *p = list;

	memset(o->events, 0, sizeof(o->events));
	o->events_given = true;
	if (*p == '+' || *p == '-')
		set_group(o, CLASS_DEFAULT);
	while (*p) {
		size_t len = strcspn(p, ",");

		parse_event(o, p, len, list);
		p += len + (p[len] == ',');
	}
}

/* the plan of --plan and --policy; all that is wrong with them is said */
static struct plan *read_plans(const struct options *o)
{
	struct plan *plan;
	char *text = NULL;
	size_t len;
	FILE *err = open_memstream(&text, &len);

	if (!err)
		log_usage("%s", strerror(errno));
	plan = plans_read(o, err);
	if (fclose(err) == EOF)
		log_usage("%s", strerror(errno));
	if (!plan) {
		plans_complain(text);
		log_usage("%s was refused", o->npolicies ? "a policy or plan" : "the plan");
	}
	free(text);
	return plan;
}

static void add_policy(struct options *o, const char *path)
{
	if (o->npolicies == POLICIES_MAX)
		log_usage("--policy %s: at most %d are possible", path, POLICIES_MAX);
	o->policies[o->npolicies++] = path;
}

/* whether an event of that call can be about a file */
static bool about_files(const struct sysdef *d)
{
	for (size_t i = 0; i < SYSARGS_MAX; i++)
		if (d->args[i].kind == SA_NAME)
			return true;
	return d->fd != FD_NONE;
}

/* the paths of the command line, as a plan: what the kernel side knows to ask of events */
static struct plan *paths_plan(const struct options *o)
{
	static const uint16_t fields[] = { F_FD_NAME, F_FS_PATH_NAME };
	struct plan *plan = plan_new();
	struct plan_selector *s = plan ? plan_add_selector(plan, "--path") : NULL;
	size_t n;
	const struct sysdef *d = sysdef_table(&n);

	for (size_t i = 0; s && i < n; i++)
		if (options_event(o, d[i].event) && about_files(&d[i]))
			plan_add_event(s, d[i].event);
	for (size_t f = 0; s && f < nitems(fields); f++) {
		struct plan_pred *pred = plan_add_pred(plan, s, fields[f], false);

		for (size_t i = 0; i < o->npaths; i++) {
			size_t len = strlen(o->paths[i]);
			bool below = o->paths[i][len - 1] == '/';
			struct plan_term t = { .kind = below ? PLAN_PREFIX : PLAN_EQUAL,
					       .len = (uint32_t)len,
					       .text = o->paths[i] };

			if (!pred || plan_add_term(plan, pred, &t) == -1)
				s = NULL;
		}
	}
	if (!s)
		log_usage("--path: %s", strerror(errno));
	plan_need_all(plan);
	return plan;
}

static void add_path(struct options *o, const char *path)
{
	if (path[0] != '/')
		log_usage("--path %s: a path from the root is needed", path);
	if (o->npaths == PATHS_MAX)
		log_usage("--path %s: at most %d are possible", path, PATHS_MAX);
	o->paths[o->npaths++] = path;
}

static uint64_t parse_ring(const char *option, const char *arg)
{
	uint64_t bytes, up = RING_MIN;

	if (parse_size(arg, RING_MIN, RING_MAX, &bytes) == -1)
		log_usage("%s %s: a size from 64K to 1G is needed", option, arg);
	while (up < bytes)
		up *= 2; /* the kernel wants a power of two */
	return up;
}

static uint32_t parse_rings(const char *arg)
{
	uint64_t n;

	if (parse_uint(arg, 1, RINGS_MAX, &n) == -1)
		log_usage("--rings %s: a number from 1 to %d is needed", arg, RINGS_MAX);
	return (uint32_t)n;
}

static uint32_t default_rings(void)
{
	long n = (sysconf(_SC_NPROCESSORS_CONF) + RINGS_CPUS - 1) / RINGS_CPUS;

	return n < 1 ? 1 : n > RINGS_MAX ? RINGS_MAX : (uint32_t)n;
}

static enum hooks parse_hooks(const char *arg)
{
	if (strcmp(arg, "auto") == 0)
		return HOOKS_AUTO;
	if (strcmp(arg, "preferred") == 0)
		return HOOKS_PREFERRED;
	if (strcmp(arg, "fallback") == 0)
		return HOOKS_FALLBACK;
	log_usage("--hooks %s: auto, preferred or fallback is needed", arg);
}

static void parse_number(struct options *o, int opt, const char *arg)
{
	char *end;

	switch (opt) {
	case OPT_BUDGET:
		o->cpu_budget = strtod(arg, &end);
		if (end == arg || (*end && strcmp(end, "%") != 0) || !(o->cpu_budget > 0) ||
		    o->cpu_budget > 100000)
			log_usage("--cpu-budget %s: a share of one CPU is needed, 2%% for instance",
				  arg);
		break;
	case OPT_SPEED:
		o->speed = strtod(arg, &end);
		if (end == arg || *end || !(o->speed >= 0))
			log_usage("--speed %s: a number not below 0 is needed", arg);
		break;
	case 'g':
		if (parse_duration(arg, 0, 3600 * 1000, &o->grace_ms) == -1)
			log_usage("--grace %s: a time up to 1h is needed", arg);
		break;
	default:
		usual_option(&o->usual, opt, arg, help);
	}
}

static void parse_option(struct options *o, int opt, const char *arg)
{
	switch (opt) {
	case 'o':
		o->output = arg;
		break;
	case 'w':
		o->write = arg;
		break;
	case 'r':
		o->replay = arg;
		break;
	case 'e':
		parse_events(o, arg);
		break;
	case OPT_PATH:
		add_path(o, arg);
		break;
	case OPT_PLAN:
		o->plan_path = arg;
		break;
	case OPT_POLICY:
		add_policy(o, arg);
		break;
	case OPT_PRINT:
		o->action = ACTION_PLAN;
		break;
	case OPT_ENV:
		o->env = true;
		break;
	case OPT_NO_IDENTITY:
		o->no_identity = true;
		break;
	case OPT_SIZE:
		o->ring_bytes = parse_ring("--ring-size", arg);
		break;
	case OPT_LIFE:
		o->life_bytes = parse_ring("--life-ring-size", arg);
		break;
	case OPT_RINGS:
		o->rings = parse_rings(arg);
		break;
	case OPT_HOOKS:
		o->hooks = parse_hooks(arg);
		break;
	case OPT_BTF:
		o->btf = arg;
		break;
	case OPT_CHECK:
		o->action = ACTION_CHECK;
		break;
	case OPT_LIST:
		o->action = ACTION_LIST;
		break;
	case OPT_PROGRAMS:
		o->action = ACTION_PROGRAMS;
		break;
	default:
		parse_number(o, opt, arg);
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	int opt;

	*o = (struct options){
		.usual = USUAL_DEFAULT,
		.output = "-",
		.ring_bytes = RING_DEFAULT,
		.life_bytes = LIFE_DEFAULT,
		.rings = default_rings(),
		.grace_ms = 5000,
	};
	while ((opt = getopt_long(argc, argv, "+o:w:r:e:g:" USUAL_SHORT, longs, NULL)) != -1)
		parse_option(o, opt, optarg);
	if (o->plan_path || o->npolicies)
		o->plan = read_plans(o);
	if (o->plan_path && plan_needs(o->plan, F_PROC_ENV))
		o->env = true;
	if (optind < argc)
		o->command = argv + optind;
	if (o->command && strcmp(argv[optind - 1], "--") != 0)
		log_usage("'%s': what is this? A command to run stands after --", argv[optind]);
	if (!o->events_given)
		set_group(o, o->command ? CLASS_COMMAND : CLASS_DEFAULT);
	if (o->npolicies && !o->events_given)
		plans_events(o->plan, o->events);
	if (o->npaths && o->plan)
		log_usage("--path excludes --plan and --policy");
	if (o->npaths)
		o->plan = paths_plan(o);
	if (o->cpu_budget > 0 && (!o->plan || o->replay))
		log_usage("--cpu-budget needs the kernel's events and a plan that can be shed: "
			  "--plan");
	if (o->replay && o->command)
		log_usage("-r reads a file, a command to run does not go with it");
	if (o->action != ACTION_CAPTURE && (o->command || o->replay || o->write))
		log_usage("--check, --list-events, --programs and --print-plan stand alone");
	if (o->action == ACTION_PLAN && !o->plan)
		log_usage("--print-plan needs --plan, --policy or --path");
}
