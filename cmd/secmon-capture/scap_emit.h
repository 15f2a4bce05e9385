/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of a .scap file, with what is known around it, as one of our stream. */
#ifndef SECMON_CAPTURE_SCAP_EMIT_H
#define SECMON_CAPTURE_SCAP_EMIT_H

#include "cmd/secmon-capture/scap_blob.h"
#include "cmd/secmon-capture/scap_proc.h"

enum emit_what { EMIT_CALL, EMIT_ALL };

/*
 * emit_event(b, a, num, since, what, out): write the event; since: when the recording
 * began, 0 to leave that out. EMIT_CALL: without the process. 0, or -1 with EAGAIN (no room) or
 * EMSGSIZE (too large for our stream even without what can be left out).
 */
int emit_event(struct scap_blobs *b, struct scap_actor *a, uint64_t num, uint64_t since,
	       enum emit_what what, struct outq *out);

/* emit_snapshot(b, t, ts, out): a process that ran when the recording began. As above. */
int emit_snapshot(struct scap_blobs *b, struct scap_thread *t, uint64_t ts, struct outq *out);

/* emit_args(a, w): the event's parameters. */
void emit_args(struct scap_actor *a, struct wire *w);

/* emit_paths(a, w): fs.path.* and evt.abspath.* of calls on paths. */
void emit_paths(struct scap_actor *a, struct wire *w);

#endif
