/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaying captures of sysdig and Falco. */
#ifndef SECMON_CAPTURE_SCAP_H
#define SECMON_CAPTURE_SCAP_H

#include "cmd/secmon-capture/replay_reader.h"

/* scap_open(src, pace, o, err, errlen): a reader of a .scap file. NULL with errno, and err set. */
void *scap_open(struct replay_src *src, struct replay_pace *pace, const struct replay_options *o,
		char *err, unsigned int errlen);
extern const struct replay_reader scap_reader;

#endif
