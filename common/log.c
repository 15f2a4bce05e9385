// SPDX-License-Identifier: BSD-2-Clause
/* Words for people, on stderr. */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *program = "secmon";
static enum log_level level = LOG_NORMAL;

void log_init(const char *name)
{
	program = name;
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
}

void log_set_level(enum log_level to)
{
	level = to;
}

const char *log_program(void)
{
	return program;
}

static void say(const char *fmt, va_list ap)
{
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

#define SAY_FROM(name, least)                                     \
	void name(const char *fmt, ...)                           \
	{                                                         \
		va_list ap;                                       \
                                                                  \
		if (level < (least))                              \
			return;                                   \
		va_start(ap, fmt);                                \
		say(fmt, ap);                                     \
		va_end(ap);                                       \
	}

SAY_FROM(log_err, LOG_QUIET)
SAY_FROM(log_warn, LOG_NORMAL)
SAY_FROM(log_info, LOG_INFO)
SAY_FROM(log_debug, LOG_DEBUG)

void log_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "try '%s --help'\n", program);
	exit(2);
}
