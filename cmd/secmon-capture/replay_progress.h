/* SPDX-License-Identifier: BSD-2-Clause */
/* The line on stderr that says how far a replay has come. */
#ifndef SECMON_CAPTURE_REPLAY_PROGRESS_H
#define SECMON_CAPTURE_REPLAY_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct replay_progress {
	uint64_t start_ns;
	bool shown; /* a line stands there, without newline */
};

/* replay_progress_begin(p): start its clock. */
void replay_progress_begin(struct replay_progress *p);

/*
 * replay_progress_show(p, bytes, total, events): overwrite the line. total 0:
 * the size is not known.
 */
void replay_progress_show(struct replay_progress *p, uint64_t bytes, uint64_t total,
			  uint64_t events);

/* replay_progress_end(p): end the line, if one was shown. */
void replay_progress_end(struct replay_progress *p);

#endif
