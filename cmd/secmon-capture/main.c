// SPDX-License-Identifier: BSD-2-Clause
/* secmon-capture: wiring. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "capfile.h"
#include "common/endpoint.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/outq.h"
#include "common/ready.h"
#include "common/sandbox.h"
#include "options.h"
#include "probes.h"
#include "replay.h"
#include "report.h"
#include "stage.h"

/* With -w and nowhere else to go the stream goes to the file only: -1. -2: it cannot be opened. */
static int open_output(const struct options *o)
{
	char err[256];
	int fd;

	if (strcmp(o->output, "-") == 0 && isatty(STDOUT_FILENO)) {
		if (o->write)
			return -1;
		log_usage(
			"the stream is binary and standard output is a terminal: pipe it to "
			"secmon-enrich or 'secmon-ship -s json:- --events', or use -o or -w FILE");
	}
	fd = endpoint_open(o->output, ENDPOINT_OUT, err, sizeof(err));
	if (fd == -1)
		log_err("%s", err);
	return fd == -1 ? -2 : fd;
}

static int replay(const struct options *o, struct outq *out, struct capfile *file)
{
	const struct sandbox box = { .role = SANDBOX_STDIO, .user = o->usual.user };
	struct replay_options ro = {
		.path = o->replay,
		.speed = o->speed,
		.env = o->env,
		.tee = file,
		.plan = o->plan,
		.events = o->events_given ? o->events : NULL,
		.progress = isatty(STDERR_FILENO) && log_level() > LOG_QUIET,
	};
	struct stats stats = { .stage = STAGE_CAPTURE };
	char err[512];
	struct replay *r = replay_open(&ro, err, sizeof(err));
	int status;

	if (!r) {
		log_err("%s", err);
		return errno == EINVAL || errno == EPROTONOSUPPORT ? 2 : 1;
	}
	status = loop_signals() == -1 || sandbox_enter(&box) == -1 ? 1 : replay_run(r, out, &stats);
	replay_close(r);
	return status;
}

static int live(const struct options *o, struct outq *out, struct capfile *file)
{
	char err[512];
	struct probes *p = probes_load(o, err, sizeof(err));
	int status;

	if (!p) {
		log_err("%s", err);
		return 1;
	}
	status = stage_run(o, p, out, file);
	probes_free(p);
	return status;
}

static int run(const struct options *o)
{
	struct capfile *file = NULL;
	struct outq *out;
	char err[256];
	int fd = open_output(o), status;

	if (fd == -2)
		return 1;
	if (o->write) {
		file = capfile_open(o->write, err, sizeof(err));
		if (!file) {
			log_err("%s", err);
			return 1;
		}
	}
	out = outq_new(fd, o->output, OUTQ_DEFAULT);
	if (!out) {
		log_err("%s", strerror(errno));
		return 1;
	}
	if (file)
		outq_tap(out, capfile_put, file);
	status = o->replay ? replay(o, out, file) : live(o, out, file);
	outq_free(out);
	if (capfile_close(&file) == -1) {
		log_err("%s: %s", o->write, strerror(errno));
		status = 1;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options o;

	log_init("secmon-capture");
	options_parse(&o, argc, argv);
	ready_prepare();
	switch (o.action) {
	case ACTION_LIST:
		return report_events();
	case ACTION_CHECK:
		return report_check(&o);
	case ACTION_PROGRAMS:
		return report_programs();
	case ACTION_PLAN:
		return plan_print(o.plan, stdout) == -1;
	case ACTION_CAPTURE:
		break;
	}
	return run(&o);
}
