// SPDX-License-Identifier: BSD-2-Clause
/* Tokens and passwords. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/secret.h"

static char *from_file(const char *path, char *err, size_t len)
{
	char line[SECRET_MAX];
	FILE *fp = fopen(path, "re");
	char *copy;

	if (!fp || !fgets(line, sizeof(line), fp)) {
		snprintf(err, len, "%s: %s", path, fp ? "empty" : strerror(errno));
		if (fp) {
			fclose(fp);
			errno = EINVAL;
		}
		return NULL;
	}
	fclose(fp);
	line[strcspn(line, "\r\n")] = '\0';
	copy = strdup(line);
	explicit_bzero(line, sizeof(line));
	return copy;
}

char *secret_read(const char *file, const char *env, const char *what, char *err, size_t len)
{
	const char *value;

	if (!file && !env) {
		errno = 0;
		return NULL;
	}
	if (file && env) {
		snprintf(err, len, "%s-file and %s-env: one of them", what, what);
		errno = EINVAL;
		return NULL;
	}
	if (file)
		return from_file(file, err, len);
	value = getenv(env);
	if (!value || !*value) {
		snprintf(err, len, "%s-env: the environment has no %s", what, env);
		errno = EINVAL;
		return NULL;
	}
	return strdup(value);
}

void secret_free(char *s)
{
	if (!s)
		return;
	explicit_bzero(s, strlen(s));
	free(s);
}
