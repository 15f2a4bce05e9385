// SPDX-License-Identifier: BSD-2-Clause
/* secmon-ship: alerts to where they are wanted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/options.h"
#include "cmd/secmon-ship/owner.h"
#include "cmd/secmon-ship/rooms.h"
#include "cmd/secmon-ship/ship.h"
#include "common/endpoint.h"
#include "common/log.h"
#include "common/ready.h"

static struct ship ship;

static struct inq *open_input(const char *endpoint)
{
	struct inq *in = inq_new(usual_end(endpoint, ENDPOINT_IN),
				 strcmp(endpoint, "-") == 0 ? "standard input" : endpoint);

	if (!in) {
		log_err("%s", strerror(errno));
		exit(1);
	}
	return in;
}

/* Everything that must be open before the sandbox closes. 0, or the exit status. */
static int open_all(struct loop *loop, const struct options *opt)
{
	char err[1024];

	if (loop_signals() == -1) {
		log_err("signals: %s", strerror(errno));
		return 1;
	}
	if (ship_open(&ship, err, sizeof(err)) == -1) {
		int status = errno == EINVAL ? 2 : 1;

		log_err("%s", err);
		return status;
	}
	loop->in = open_input(opt->input);
	ready_prepare();
	rooms_trim();
	return rooms_lock(opt) == -1;
}

int main(int argc, char **argv)
{
	struct loop loop = { .program = "secmon-ship" };
	struct options opt;
	int status;

	log_init("secmon-ship");
	options_parse(&opt, argc, argv); /* exits where that is the answer */
	owner_set(opt.usual.user);
	ship.conf = &opt.conf;
	ship.events = opt.events;
	ship.quiet = opt.usual.level == LOG_QUIET;
	status = open_all(&loop, &opt);
	if (status == 0) {
		ship_hooks(&ship, &loop);
		status = loop_run(&loop);
		if (!ship_finish(&ship) && !status)
			status = 1;
	}
	if (!ship_close(&ship))
		_exit(status);
	inq_free(loop.in);
	conf_fini(&opt.conf);
	return status;
}
