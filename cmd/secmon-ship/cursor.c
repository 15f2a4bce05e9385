// SPDX-License-Identifier: BSD-2-Clause
/* How far a spool has been delivered. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>
#include <zlib.h>

#include "cmd/secmon-ship/cursor.h"
#include "cmd/secmon-ship/owner.h"

struct slot {
	uint64_t magic;
	uint64_t generation;
	uint64_t seq;
	uint32_t crc; /* of what is before it */
	uint32_t unused;
};

#define CURSOR_MAGIC 0x31525543434553ULL /* "SECCUR1" */

static uint32_t crc_of(const struct slot *s)
{
	return (uint32_t)crc32(0, (const Bytef *)s, offsetof(struct slot, crc));
}

static void load(int fd, uint64_t *generation, uint64_t *seq)
{
	struct slot s;

	*generation = *seq = 0;
	for (off_t i = 0; i < 2; i++) {
		if (pread(fd, &s, sizeof(s), i * (off_t)sizeof(s)) != sizeof(s) ||
		    s.magic != CURSOR_MAGIC || s.crc != crc_of(&s) || s.generation <= *generation)
			continue;
		*generation = s.generation;
		*seq = s.seq;
	}
}

int cursor_open(struct cursor *c, int dir, uint64_t *seq)
{
	c->fd = openat(dir, "cursor", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->fd == -1 || owner_give(c->fd) == -1)
		return -1;
	load(c->fd, &c->generation, seq);
	/* both slots exist from the start, so that a full disk cannot stop the cursor */
	return cursor_write(c, *seq) == -1 ? -1 : cursor_write(c, *seq);
}

void cursor_close(struct cursor *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

int cursor_write(struct cursor *c, uint64_t seq)
{
	struct slot s = { .magic = CURSOR_MAGIC, .generation = ++c->generation, .seq = seq };

	s.crc = crc_of(&s);
	if (pwrite(c->fd, &s, sizeof(s), (off_t)(c->generation % 2 * sizeof(s))) == sizeof(s))
		return 0;
	return -1;
}

int cursor_read(int dir, uint64_t *seq)
{
	uint64_t generation;
	int fd = openat(dir, "cursor", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*seq = 0;
	if (fd == -1)
		return -1;
	load(fd, &generation, seq);
	close(fd);
	return 0;
}
