// SPDX-License-Identifier: BSD-2-Clause
/* Files that root makes at the start and that the unprivileged ship writes later. */
#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "cmd/secmon-ship/owner.h"

static const char *name = "nobody";

void owner_set(const char *user)
{
	if (user)
		name = user;
}

int owner_give(int fd)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return 0;
	pw = getpwnam(name);
	if (!pw) {
		errno = ENOENT;
		return -1;
	}
	return fchown(fd, pw->pw_uid, pw->pw_gid);
}
