/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secmon-capture -r: a recording becomes the stream again. What kind of
 * recording it is, its first bytes say: our own capture files (zstd, gzip or
 * plain) and captures of sysdig and Falco (.scap, also compressed).
 */
#ifndef SECMON_CAPTURE_REPLAY_H
#define SECMON_CAPTURE_REPLAY_H

#include <stdbool.h>

#include "common/events.h"
#include "common/outq.h"
#include "common/plan.h"
#include "common/stats.h"

struct capfile;
struct replay;

struct replay_options {
	const char *path;	 /* "-": standard input */
	double speed;		 /* 0: as fast as it goes; 1: real time; 10: ten times that */
	bool env;		 /* environments with every event, not with exec events only */
	bool progress;		 /* a line on stderr, once a second */
	struct capfile *tee;	 /* the output is also written here; may be NULL */
	const struct plan *plan; /* what anyone wants; NULL: all */
	const uint64_t *events;	 /* bit set by event id: only these types; NULL: all */
};

/*
 * replay_open(o, err, errlen): open the recording, look at its first bytes and
 * allocate the tables: call before the sandbox. NULL with errno, and in err the
 * file and what is wrong with it; EINVAL if it is no recording.
 */
struct replay *replay_open(const struct replay_options *o, char *err, unsigned int errlen);

/*
 * replay_run(r, out, stats): write the recording to out, waiting for its reader
 * as long as it takes: nothing is lost. Prints what goes wrong. Returns the
 * exit status: 0, 1 (broken or torn recording, reader gone), or 2 (a recording
 * by a newer version).
 */
int replay_run(struct replay *r, struct outq *out, struct stats *stats);

void replay_close(struct replay *r);

#endif
