/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON being written: strings that any parser takes, and msgpack values. */
#ifndef SHIP_JSON_H
#define SHIP_JSON_H

#include <stdbool.h>

#include "cmd/secmon-ship/buf.h"
#include "common/pull.h"

/*
 * json_string(b, s, len): the bytes as a JSON string, quotes included. Bytes
 * that are not UTF-8 become U+FFFD each; true if there was none, so that false
 * means that something was altered and wants a base64 companion.
 */
bool json_string(struct buf *b, const char *s, size_t len);

/* json_chars(b, s, len): the same without the quotes. */
bool json_chars(struct buf *b, const char *s, size_t len);

/* json_cstr(b, s): a C string of ours, with quotes. */
void json_cstr(struct buf *b, const char *s);

/* json_key(b, name, len): "name": with a comma before it unless it is the first of its object. */
void json_key(struct buf *b, const char *name, size_t len);

/* json_name(b, "name"): the same for a name of ours that needs no escaping. */
#define json_name(b, name) json_plain_key(b, "\"" name "\":", sizeof("\"" name "\":") - 1)
void json_plain_key(struct buf *b, const char *text, size_t len);

/*
 * json_value(b, p): the next value of a pull reader with all that it holds. False
 * if some text in it was altered. A value that cannot be read becomes null.
 */
bool json_value(struct buf *b, struct pull *p);

/* json_scalar(b, v): a value already taken; a container becomes null. As json_value(). */
bool json_scalar(struct buf *b, const struct value *v);

/*
 * json_exact(b, p): the companion of a value that json_value() altered: base64
 * where it had bytes that are not UTF-8, null where it is exact.
 */
void json_exact(struct buf *b, struct pull *p);

/* json_ip(b, p, len): an IP address of 4 or 16 bytes as text; any other length as base64. */
void json_ip(struct buf *b, const uint8_t *p, size_t len);

#endif
