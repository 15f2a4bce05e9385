// SPDX-License-Identifier: BSD-2-Clause
/* Telling a supervisor that we are ready: sd_notify's protocol, and a newline for s6. */
#include "common/ready.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int notify_fd = -1;
static int newline_fd = -1;

void ready_set_fd(int fd)
{
	newline_fd = fd;
}

void ready_prepare(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;

	if (len < 2 || len >= sizeof(a.sun_path) || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(a.sun_path, path, len);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify_fd == -1)
		return;
	if (connect(notify_fd, (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1) {
		close(notify_fd);
		notify_fd = -1;
	}
}

void ready_notify(const char *state)
{
	if (notify_fd != -1 && write(notify_fd, state, strlen(state)) == -1)
		return;
	if (newline_fd != -1 && !strcmp(state, "READY=1")) {
		if (write(newline_fd, "\n", 1) == -1)
			return;
		close(newline_fd);
		newline_fd = -1;
	}
}
