/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live capture as a stage: from the rings to the stream, life before bulk,
 * never more than the output takes.
 */
#ifndef SECMON_CAPTURE_STAGE_H
#define SECMON_CAPTURE_STAGE_H

#include "common/outq.h"
#include "capfile.h"
#include "options.h"
#include "probes.h"

/*
 * stage_run(o, p, out, file): capture until a signal, or until the command's
 * tree has ended. Attaches, enters the sandbox, runs the loop. file may be
 * NULL. Prints what goes wrong. Returns the exit status.
 */
int stage_run(const struct options *o, struct probes *p, struct outq *out, struct capfile *file);

#endif
