/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a spool has been delivered: two slots written in turn, one of them always whole. */
#ifndef SHIP_CURSOR_H
#define SHIP_CURSOR_H

#include <stdint.h>

struct cursor {
	int fd;
	uint64_t generation;
};

/* cursor_open(c, dir, seq): make or open it; *seq is what it says, 0 if new. 0, or -1 and errno. */
int cursor_open(struct cursor *c, int dir, uint64_t *seq);
void cursor_close(struct cursor *c);

/* cursor_write(c, seq): 0, or -1 with errno; the older slot says what it said before. */
int cursor_write(struct cursor *c, uint64_t seq);

/* cursor_read(dir, seq): look without making one. 0, or -1 with errno. */
int cursor_read(int dir, uint64_t *seq);

#endif
