/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens and passwords: from a file or the environment, never from a command line. */
#ifndef SHIP_SECRET_H
#define SHIP_SECRET_H

#include <stddef.h>

enum { SECRET_MAX = 8192 };

/*
 * secret_read(file, env, what, err, len): the first line of the file, or the
 * value of the variable; whichever name is not NULL. The text is the caller's,
 * for secret_free(). NULL with errno and a text that does not hold the secret;
 * NULL with errno 0 if both names are NULL.
 */
char *secret_read(const char *file, const char *env, const char *what, char *err, size_t len);

/* secret_free(s): wiped, then freed. */
void secret_free(char *s);

#endif
