// SPDX-License-Identifier: BSD-2-Clause
/*
 * The loader: load FILE..., print its report as JSON and, if all was well, one line of
 * JSON for each rule. -t: the report as text, nothing else. -L: the description
 * of all, as JSON, with -t as text. -p NAME=VERSION, -P: there are these plugins, or
 * none. Ends with 1 if the rules are wrong, 3 if they want a plugin that is not there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-match/checker.h"
#include "cmd/secmon-match/describe.h"
#include "cmd/secmon-match/jsontext.h"
#include "cmd/secmon-match/ruleset.h"
#include "common/compat.h"

static void print_rule(const struct rule *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ast_print(f, r->condition);
	fclose(f);
	printf("{\"name\":");
	json_str(stdout, r->name);
	printf(",\"compiled\":");
	json_text(stdout, text, len);
	printf(",\"condition\":");
	json_str(stdout, r->condition_text);
	printf(",\"output\":");
	json_str(stdout, r->output);
	printf(",\"desc\":");
	json_str(stdout, r->desc);
	printf(",\"priority\":\"%s\",\"source\":\"%s\",\"enabled\":%s,\"tags\":[",
	       priority_name(r->priority), r->source, r->enabled ? "true" : "false");
	for (size_t i = 0; i < r->ntags; i++) {
		fputs(i ? "," : "", stdout);
		json_str(stdout, r->tags[i]);
	}
	puts("]}");
	free(text);
}

/* "name=version" into the next free place */
static void add_plugin(struct plugin *plugins, char *arg)
{
	while (plugins->name)
		plugins++;
	plugins->name = strsep(&arg, "=");
	plugins->version = arg ? arg : "0.0.0";
}

int main(int argc, char **argv)
{
	bool text = false, list = false;
	static struct plugin plugins[16];
	struct checker checker;
	struct checking *checking = checker_new(&checker);
	struct ruleset *rs;
	struct report report;
	int opt, rc;

	while ((opt = getopt(argc, argv, "tLp:P")) != -1) {
		text |= opt == 't';
		list |= opt == 'L';
		if (opt == 'p' && plugins[nitems(plugins) - 2].name == NULL)
			add_plugin(plugins, optarg);
		if (opt == 'p' || opt == 'P')
			checker.plugins = plugins;
	}
	report_init(&report);
	rs = ruleset_load((const char *const *)argv + optind, argc - optind, &checker, NULL,
			  &report);
	if (text)
		report_text(&report, stdout, true);
	else if (!list)
		report_json(&report, stdout);
	for (size_t i = 0; rs && !text && !list && i < rs->nrules; i++)
		print_rule(&rs->rules[i]);
	if (rs && list && !text)
		describe_json(rs, &checker, stdout);
	if (rs && list && text)
		describe_text(rs, &checker, NULL, stdout);
	rc = !rs ? 1 : rs->unmet_plugin ? 3 : 0;
	ruleset_free(rs);
	report_free(&report);
	checker_free(checking);
	return rc;
}
