/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for people, on stderr: "secmon-ship: text". */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include "common/compat.h"

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_INFO, LOG_DEBUG };

/*
 * log_init(program): its name stands before each message. To be called first of
 * all: it sees to it that descriptors 0, 1 and 2 are never those of other files.
 */
void log_init(const char *program);
const char *log_program(void);

/* log_set_level(level): messages beyond it are not printed; LOG_NORMAL at the start. */
void log_set_level(enum log_level level);
enum log_level log_level(void);

/*
 * Each is one message, with no newline at its end. Control characters in it are
 * shown as \x1b, so text from outside may be an argument. What stderr does not
 * take (a full disk) is counted, and told before the next message that it takes.
 */
void log_err(const char *fmt, ...) printf_like(1, 2); /* also when quiet */
void log_warn(const char *fmt, ...) printf_like(1, 2);
void log_info(const char *fmt, ...) printf_like(1, 2);	/* with -v */
void log_debug(const char *fmt, ...) printf_like(1, 2); /* with -vv */

/* log_usage(fmt, ...): the text, "try 'PROGRAM --help'", and exit with status 2. */
void log_usage(const char *fmt, ...) printf_like(1, 2) __attribute__((noreturn));

#endif
