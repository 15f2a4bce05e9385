/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes over the pair of sockets between the reader and its parent. */
#ifndef ENRICH_READER_WIRE_H
#define ENRICH_READER_WIRE_H

#include <stdint.h>

#include "reader.h"

struct answer_head {
	uint32_t what;
	int32_t error;
	uint32_t len; /* bytes that follow, at most READER_TEXT_MAX */
};

/* reader_child(fd, root, hashes): the child: serve until fd ends. Never returns. */
void reader_child(int fd, const char *root, bool hashes) __attribute__((noreturn));

#endif
