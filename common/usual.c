// SPDX-License-Identifier: BSD-2-Clause
/* The options that every program of the suite has, and the ends it opens. */
#include "common/usual.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/parse.h"
#include "common/ready.h"

static void set_ready_fd(const char *arg)
{
	uint64_t fd;

	if (parse_uint(arg, 0, 1 << 20, &fd) == -1)
		log_usage("--ready-fd %s: not a descriptor", arg);
	ready_set_fd((int)fd);
}

static void set_level(struct usual *u, enum log_level level)
{
	u->level = level;
	log_set_level(level);
}

static __attribute__((noreturn)) void end(void)
{
	exit(fflush(stdout) == 0 ? 0 : 1);
}

void usual_option(struct usual *u, int c, const char *arg, void (*help)(void))
{
	switch (c) {
	case 'u':
		u->user = arg;
		break;
	case USUAL_READY_FD:
		set_ready_fd(arg);
		break;
	case 'v':
		set_level(u, u->level < LOG_INFO ? LOG_INFO : LOG_DEBUG);
		break;
	case 'q':
		set_level(u, LOG_QUIET);
		break;
	case 'h':
		help();
		end();
	case USUAL_VERSION:
		printf("%s %s\n", log_program(), SECMON_VERSION);
		end();
	default:
		log_usage("wrong option");
	}
}

int usual_end(const char *spec, enum endpoint_dir dir)
{
	char err[512];
	int fd = endpoint_open(spec, dir, err, sizeof(err));

	if (fd == -1) {
		int status = errno == EINVAL || errno == ENOTTY ? 2 : 1;

		log_err("%s", err);
		exit(status);
	}
	return fd;
}
