/* SPDX-License-Identifier: BSD-2-Clause */
/* HELLO and END: what a stream says of itself, before and after everything else. */
#ifndef COMMON_HELLO_H
#define COMMON_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/inq.h"
#include "common/wire.h"

enum { HELLO_EXTRA_MAX = 16384 };

struct hello {
	unsigned int major, minor; /* protocol */
	char program[64];	   /* the writer, "secmon-enrich" */
	char version[32];
	char hostname[256];
	char boot_id[40];
	char kernel[128];
	int64_t boot_offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	/* dictionary lines of fields that our table does not have, packed */
	unsigned int nextra;
	size_t extra_len;
	uint8_t extra[HELLO_EXTRA_MAX];
};

/* hello_local(h): of this machine and this program (the calling program's name). */
void hello_local(struct hello *h);

/* hello_write(h, q): with the dictionary of our own table and the extra lines. As wire_end(). */
int hello_write(const struct hello *h, struct outq *q);

/*
 * hello_read(h, o): 0, or -1 with EPROTO (no HELLO, or a wrong one), EMSGSIZE
 * (more unknown dictionary lines than h->extra holds) or EPROTONOSUPPORT (a
 * newer major; h->major is set, and h->program if it was told).
 */
int hello_read(struct hello *h, const struct object *o);

/* end_write(program, complete, q): END, the last object of a stream. As wire_end(). */
int end_write(const char *program, bool complete, struct outq *q);

/* end_complete(o): false if an END says that something is missing from its stream. */
bool end_complete(const struct object *o);

#endif
