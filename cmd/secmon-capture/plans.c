// SPDX-License-Identifier: BSD-2-Clause
/* The plan that the command line asks for. */
#include "plans.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "policy.h"

static struct plan *read_plan(const char *path, FILE *err)
{
	FILE *fp = strcmp(path, "-") ? fopen(path, "re") : stdin;
	struct plan *plan = NULL;
	char text[512];

	if (fp)
		plan = plan_read(fp, path, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s: %s", path, strerror(errno));
	if (!plan)
		fprintf(err, "%s\n", text);
	if (fp && fp != stdin)
		fclose(fp);
	return plan;
}

/* without a plan of rules nobody has said which fields are read: all are, but what is dear */
static struct plan *empty_plan(FILE *err)
{
	struct plan *plan = plan_new();

	if (plan)
		plan_need_all(plan);
	else
		fprintf(err, "%s\n", strerror(errno));
	return plan;
}

struct plan *plans_read(const struct options *o, FILE *err)
{
	struct plan *plan = o->plan_path ? read_plan(o->plan_path, err) : empty_plan(err);
	bool ok = plan;

	for (size_t i = 0; plan && i < o->npolicies; i++)
		ok &= policy_load(plan, o->policies[i], err) == 0;
	if (ok)
		return plan;
	plan_free(plan);
	return NULL;
}

void plans_complain(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		log_err("%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

void plans_events(const struct plan *plan, uint64_t events[EVENT_ID_END / 64])
{
	for (size_t i = 0; i < plan->nselectors; i++)
		for (size_t w = 0; plan->selectors[i].policy && w < EVENT_ID_END / 64; w++)
			events[w] |= plan->selectors[i].events[w];
}

static const char *folder(const char *path)
{
	struct stat st;
	char *copy = strdup(path);

	if (!copy || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return copy;
	return dirname(copy);
}

const char *const *plans_folders(const struct options *o)
{
	static const char *folders[POLICIES_MAX + 2];
	size_t n = 0;

	if (o->plan_path)
		folders[n++] = folder(o->plan_path);
	for (size_t i = 0; i < o->npolicies; i++)
		folders[n++] = folder(o->policies[i]);
	return folders;
}
