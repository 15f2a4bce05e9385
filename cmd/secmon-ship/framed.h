/* SPDX-License-Identifier: BSD-2-Clause */
/* Formats whose bodies are messages, each behind its length: "LEN MESSAGE". */
#ifndef SHIP_FRAMED_H
#define SHIP_FRAMED_H

#include "cmd/secmon-ship/format.h"

/* On a stream of syslog the lengths are part of it (RFC 6587, octet counting). */
extern const struct format format_syslog, format_journal;

/* syslog_facility(name): its number, that of auth for NULL, -1 if there is none such. */
int syslog_facility(const char *name);

#endif
