/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of a thread's ancestors, and of the leaders of its session and groups. */
#ifndef SECMON_CAPTURE_SCAP_KIN_H
#define SECMON_CAPTURE_SCAP_KIN_H

#include "cmd/secmon-capture/scap_blob.h"

/* kin_ancestors(b, w, t): lists of the ancestors, the parent first, if somebody reads them. */
void kin_ancestors(struct scap_blobs *b, struct wire *w, struct scap_thread *t);

/* kin_leaders(b, w, t): names and executables of the leaders, which are marked as leaders. */
void kin_leaders(struct scap_blobs *b, struct wire *w, struct scap_thread *t);

#endif
