/* SPDX-License-Identifier: BSD-2-Clause */
/* An alert in Falco's shapes: the JSON object and the line of text. */
#ifndef SHIP_FALCO_H
#define SHIP_FALCO_H

#include "cmd/secmon-ship/alert.h"

/*
 * falco_json(b, a): {"hostname":…,"output":…,"output_fields":{…},"priority":…,
 * "rule":…,"source":…,"tags":[…],"time":…,"uuid":…}, keys sorted, no newline.
 * A text that is not UTF-8 has U+FFFD for each wrong byte and beside it a key
 * with ".base64" appended that holds its exact bytes.
 */
void falco_json(struct buf *b, const struct alert *a);

/* falco_members(b, a): the same without the braces, to put more members before it. */
void falco_members(struct buf *b, const struct alert *a);

/* falco_quoted(b, a): the same as a JSON string, for those who want a text. */
void falco_quoted(struct buf *b, const struct alert *a);

/*
 * falco_text(b, a, colour): "TIME: Priority message" for a person's terminal: whatever
 * could move the cursor, change colours or the direction of writing is escaped.
 */
void falco_text(struct buf *b, const struct alert *a, bool colour);

/* text_safe(b, s, len): bytes with everything unprintable escaped as \n, \x1b, \u202e. */
void text_safe(struct buf *b, const char *s, size_t len);

#endif
