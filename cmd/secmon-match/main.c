// SPDX-License-Identifier: BSD-2-Clause
/* secmon-match: wiring. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/secmon-match/checker.h"
#include "cmd/secmon-match/describe.h"
#include "cmd/secmon-match/dns.h"
#include "cmd/secmon-match/examples.h"
#include "cmd/secmon-match/listfields.h"
#include "cmd/secmon-match/options.h"
#include "cmd/secmon-match/ruleplan.h"
#include "cmd/secmon-match/stage.h"
#include "common/endpoint.h"
#include "common/log.h"
#include "common/ready.h"
#include "common/sandbox.h"

static void load(struct rulesrc *src, struct running *run, const struct options *o)
{
	struct report report;
	const char *which = "";
	int failed;

	report_init(&report);
	if (rulesrc_open(src, o, &which) < 0) {
		log_err("%s: %s", which, strerror(errno));
		exit(2);
	}
	failed = rulesrc_load(src, run, &report) < 0;
	if (failed && errno == ENOMEM)
		log_err("rules: %s", strerror(errno));
	if (o->mode == MODE_VALIDATE && o->json)
		report_json(&report, stdout);
	else
		report_text(&report, stderr,
			    o->usual.level > LOG_NORMAL || o->mode == MODE_VALIDATE);
	report_free(&report);
	if (failed)
		exit(2);
}

static void load_appends(struct appends *a, const char *path)
{
	char err[512];

	if (appends_load(a, path, err, sizeof(err)) == 0)
		return;
	log_err("%s", errno == EINVAL ? err : strerror(errno));
	exit(2);
}

static void shown_besides(void *plan, const char *text)
{
	ruleplan_output(plan, text);
}

static int print_plan(const struct options *o, const struct running *run,
		      const struct appends *appends)
{
	struct plan *p = ruleplan(run->rs, o->explain ? stderr : NULL);
	int status;

	if (p)
		appends_each(appends, shown_besides, p);
	status = p && plan_print(p, stdout) == 0 && fflush(stdout) == 0 ? 0 : 1;
	if (status)
		log_err("the plan could not be made: %s", strerror(errno));
	plan_free(p);
	return status;
}

static int print_description(const struct options *o, const struct ruleset *rs)
{
	struct checker c;
	struct checking *k = checker_new(&c);
	int failed = -1;

	if (k)
		failed = o->json ? describe_json(rs, &c, stdout)
				 : describe_text(rs, &c, o->describe, stdout);
	checker_free(k);
	if (failed && errno == ENOENT)
		log_usage("no rule, macro or list is called '%s'", o->describe);
	if (!failed && !fflush(stdout))
		return 0;
	log_err("the description could not be made: %s", strerror(errno));
	return 1;
}

/* What is asked of the rules themselves and not of a stream; -1: it is the stream. */
static int about_rules(const struct options *o, const struct running *run,
		       const struct appends *appends)
{
	switch (o->mode) {
	case MODE_VALIDATE:
		if (run->rs->unmet_plugin)
			log_warn("%s, which is not there: they will not run",
				 run->rs->unmet_plugin);
		if (!o->json)
			printf("%zu rules are right, %u of them run\n", run->rs->nrules,
			       run->engine->nactive);
		return fflush(stdout) == 0 ? 0 : 1;
	case MODE_DESCRIBE:
		return print_description(o, run->rs);
	case MODE_TEST:
		return examples_run(run, stdout);
	case MODE_PLAN:
		return print_plan(o, run, appends);
	default:
		return -1;
	}
}

static int run_stage(struct stage *s, const struct options *o)
{
	const struct sandbox sandbox = { .role = SANDBOX_RULES,
					 .user = o->usual.user,
					 .read_paths = s->src->folders };

	s->loop.program = "secmon-match";
	s->loop.out = outq_new(usual_end(o->out, ENDPOINT_OUT), o->out, OUTQ_DEFAULT);
	s->loop.in = inq_new(usual_end(o->in, ENDPOINT_IN), o->in);
	if (!s->loop.in || !s->loop.out || stage_init(s) < 0) {
		log_err("%s", strerror(errno));
		return 1;
	}
	tzset();
	ready_prepare();
	if (loop_signals() == -1 || sandbox_enter(&sandbox) == -1) {
		log_err("cannot start: %s", strerror(errno));
		return 1;
	}
	return loop_run(&s->loop);
}

int main(int argc, char **argv)
{
	static struct stats stats = { .stage = STAGE_MATCH };
	static struct options o;
	static struct rulesrc src;
	static struct stage s = { .o = &o, .src = &src, .stats = &stats };
	int status;

	log_init("secmon-match");
	options_parse(&o, argc, argv);
	if (o.mode == MODE_FIELDS)
		return listfields(o.list, stdout);
	if (o.dns)
		dns_enable();
	if (o.append)
		load_appends(&src.appends, o.append);
	load(&src, &s.run, &o);
	status = about_rules(&o, &s.run, &src.appends);
	if (status < 0 && dns_missed())
		log_warn("rules compare addresses with names such as %s: that needs --dns",
			 dns_missed());
	return status >= 0 ? status : run_stage(&s, &o);
}
