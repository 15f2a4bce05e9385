// SPDX-License-Identifier: BSD-2-Clause
/* Words for people, on stderr. */
#include "common/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE = 4096 };

static const char *program = "secmon";
static enum log_level level = LOG_NORMAL;

/*
 * A standard descriptor that is closed would be given to the next file that is
 * opened, and words for people would go into a stream. What takes its place
 * fails as a closed one does: it cannot be read, or not be written.
 */
static void keep_standard_fds(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
}

void log_init(const char *name)
{
	program = name;
	keep_standard_fds();
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

/*
 * Text from outside must not speak to the terminal: control characters, also
 * the ones of two bytes, are shown, not sent. Lines may be several.
 */
static bool is_control(const unsigned char *s)
{
	if (s[0] == '\n' || s[0] == '\t')
		return false;
	return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0);
}

static void say(const char *fmt, va_list ap)
{
	char text[LINE];
	int len = vsnprintf(text, sizeof(text), fmt, ap);

	fprintf(stderr, "%s: ", program);
	for (const char *s = text; *s; s++) {
		if (is_control((const unsigned char *)s))
			fprintf(stderr, "\\x%02x", (unsigned char)*s);
		else
			fputc(*s, stderr);
	}
	fputs(len >= LINE ? "...\n" : "\n", stderr);
	fflush(stderr);
}

#define SAY_FROM(name, least)                                                                      \
	void name(const char *fmt, ...)                                                            \
	{                                                                                          \
		va_list ap;                                                                        \
                                                                                                   \
		if (level < (least))                                                               \
			return;                                                                    \
		va_start(ap, fmt);                                                                 \
		say(fmt, ap);                                                                      \
		va_end(ap);                                                                        \
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
	fflush(stderr);
	exit(2);
}
