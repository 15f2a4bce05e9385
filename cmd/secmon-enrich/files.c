// SPDX-License-Identifier: BSD-2-Clause
/* Small files, read whole. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(int fd, size_t *len)
{
	char *buf;
	ssize_t n = 0;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return NULL;
	errno = !S_ISREG(st.st_mode) ? ENOTSUP : st.st_size > FILE_BYTES_MAX ? EFBIG : 0;
	if (errno)
		return NULL;
	buf = malloc((size_t)st.st_size + 1);
	*len = 0;
	while (buf && *len < (size_t)st.st_size &&
	       (n = read(fd, buf + *len, (size_t)st.st_size - *len)) > 0)
		*len += (size_t)n;
	if (buf && n == -1) {
		free(buf);
		return NULL;
	}
	return buf;
}

char *file_read(int dirfd, const char *path, size_t *len)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *buf;
	int saved;

	if (fd == -1)
		return NULL;
	buf = read_all(fd, len);
	saved = errno;
	close(fd);
	errno = saved;
	return buf;
}
