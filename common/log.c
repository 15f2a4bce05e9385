// SPDX-License-Identifier: BSD-2-Clause
/* Words for people, on stderr. */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	NAME = 64,
	LINE = 4096,
	SHOWN = sizeof("\\x00") - 1 /* of a control character */
};

static const char *program = "secmon";
static enum log_level level = LOG_NORMAL;

/* what stderr did not take, a full disk perhaps: told as soon as it takes words again */
static unsigned long lost;
static bool torn; /* the last message ended in the middle */

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

/* put(s, len): all of it, or false with errno. */
static bool put(const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, s, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		torn = s[n - 1] != '\n';
		s += n;
		len -= (size_t)n;
	}
	return true;
}

static bool put_lost(void)
{
	char text[256];
	int n;

	if (!lost)
		return true;
	n = snprintf(text, sizeof(text), "%s%s: %lu messages before this are lost\n",
		     torn ? "\n" : "", program, lost);
	if (!put(text, (size_t)n))
		return false;
	lost = 0;
	return true;
}

static void at_exit(void)
{
	put_lost();
}

void log_init(const char *name)
{
	program = name;
	keep_standard_fds();
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	atexit(at_exit);
}

enum log_level log_level(void)
{
	return level;
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
	char text[LINE], line[NAME + LINE * SHOWN];
	int len = vsnprintf(text, sizeof(text), fmt, ap);
	size_t n = (size_t)sprintf(line, "%.*s: ", NAME - 8, program);

	for (const char *s = text; *s; s++) {
		if (is_control((const unsigned char *)s))
			n += (size_t)sprintf(line + n, "\\x%02x", (unsigned char)*s);
		else
			line[n++] = *s;
	}
	n += (size_t)sprintf(line + n, "%s", len >= LINE ? "...\n" : "\n");
	fflush(stderr);
	if (!put_lost() || !put(line, n))
		lost++;
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
	exit(2);
}
