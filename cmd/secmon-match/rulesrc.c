// SPDX-License-Identifier: BSD-2-Clause
/* Reading rules, the first time and again. */
#include "cmd/secmon-match/rulesrc.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/secmon-match/checker.h"
#include "cmd/secmon-match/dns.h"
#include "common/log.h"

/* What the sandbox must leave readable: a file's directory: editors rename a new file over it. */
static char *folder_of(const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;
	char *slash;

	if (!real || stat(real, &st) < 0) {
		free(real);
		return NULL;
	}
	slash = strrchr(real, '/');
	if (!S_ISDIR(st.st_mode) && slash)
		slash[slash == real] = '\0';
	return real;
}

int rulesrc_open(struct rulesrc *s, const struct options *o, const char **which)
{
	size_t n = 0;

	s->o = o;
	for (size_t i = 0; i < o->nrules; i++) {
		char *dir = strdup(o->rules[i]), *name = strdup(o->rules[i]);
		char *folder = folder_of(o->rules[i]);

		*which = o->rules[i];
		s->fds[i] =
			dir && folder ? open(dirname(dir), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		free(dir);
		if (s->fds[i] < 0 || !name)
			return -1;
		s->paths[i] = basename(name);
		s->folders[n++] = folder;
	}
	s->folders[n++] = "/etc"; /* names of services, the time zone */
	s->folders[n] = NULL;
	return 0;
}

int rulesrc_load(struct rulesrc *s, struct running *r, struct report *report)
{
	struct checker checker;
	struct checking *k = checker_new(&checker);
	struct running new = { NULL, NULL };
	struct engine_options eo = { .limit = s->o->limit, .appends = &s->appends };
	struct check_error err = { .text = "" };

	if (!k)
		return -1;
	dns_forget();
	if (s->loaded) /* in the sandbox, maybe elsewhere: from the directories kept open */
		new.rs = ruleset_load_at(s->fds, s->paths, s->o->nrules, &checker, &s->o->selection,
					 report);
	else
		new.rs =
			ruleset_load(s->o->rules, s->o->nrules, &checker, &s->o->selection, report);
	checker_free(k);
	if (!new.rs)
		return -1;
	if (new.rs->unmet_plugin && s->o->mode == MODE_RUN) {
		log_err("%s, which is not there", new.rs->unmet_plugin);
		ruleset_free(new.rs);
		errno = 0;
		return -1;
	}
	dns_ask(true);
	new.engine = engine_new(new.rs, &eo, &err);
	dns_ask(false);
	if (!new.engine) {
		int saved = errno;

		if (saved == EINVAL)
			log_err("%s%s%s", err.text, *err.hint ? ": " : "", err.hint);
		ruleset_free(new.rs);
		errno = saved;
		return -1;
	}
	*r = new;
	s->loaded = true;
	return 0;
}

void running_free(struct running *r)
{
	engine_free(r->engine);
	ruleset_free(r->rs);
	r->engine = NULL;
	r->rs = NULL;
}
