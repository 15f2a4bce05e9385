/* SPDX-License-Identifier: BSD-2-Clause */
/* Formats whose bodies are messages, each behind its length: "LEN MESSAGE". */
#ifndef SHIP_FRAMED_H
#define SHIP_FRAMED_H

#include "cmd/secmon-ship/format.h"

/* On a stream of syslog the lengths are part of it (RFC 6587, octet counting). */
extern const struct format format_syslog, format_journal;

/* Falco's JSON behind its id, for systems of messages: "ID_LEN JSON_LEN ID JSON". */
extern const struct format format_message;

/*
 * message_next(body, at, id, json): the message at offset *at of a body of
 * format_message, and *at after it; views. The id is followed by a NUL. False at
 * the end.
 */
bool message_next(const struct buf *body, size_t *at, struct span *id, struct span *json);

/* syslog_facility(name): its number, that of auth for NULL, -1 if there is none such. */
int syslog_facility(const char *name);

#endif
