/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For programs that make system calls, each so that it works and so that it
 * fails, and print as JSON lines what the event must say of it. "PROGRAM DIR"
 * works in the directory DIR.
 */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BAD	     99 /* a descriptor that is not open */
#define S(name, ...) call(SYS_##name, ##__VA_ARGS__)

/* numbers that the headers of Debian 12 have not all */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define NO_RESULT LONG_MIN /* of a request that is told before it is done */

/* the call's result as the kernel gives it */
#define call(...)                                                                                  \
	({                                                                                         \
		long r_ = syscall(__VA_ARGS__);                                                    \
		r_ == -1 ? -errno : r_;                                                            \
	})

static char dir[256];
static FILE *out;

/*
 * expect(type, res, fmt, ...): the next event of that type has this result and
 * these fields, which are JSON where ' stands for ", @ for "evt.arg." and $ for DIR.
 */
static long __attribute__((format(printf, 3, 4)))
expect(const char *type, long res, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, "{\"type\": \"%s\", ", type);
	if (res == NO_RESULT)
		fputs("\"evt.rawres\": null, ", out);
	else
		fprintf(out, "\"evt.rawres\": %ld, ", res);
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			putc('"', out);
		else if (*p == '@')
			fputs("evt.arg.", out);
		else if (*p == '$')
			fputs(dir, out);
		else
			putc(*p, out);
	}
	fputs("}\n", out);
	fflush(out);
	return res;
}

/* go to DIR, where a directory "sub" is made */
static void calls_begin(int argc, char **argv)
{
	if (argc < 2 || chdir(argv[1]) == -1 || !getcwd(dir, sizeof(dir)))
		errx(2, "usage: %s DIR", argv[0]);
	out = fdopen(dup(STDOUT_FILENO), "w");
	if (!out || (mkdir("sub", 0755) == -1 && errno != EEXIST))
		err(1, "%s", dir);
}

#endif
