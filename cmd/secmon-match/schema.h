/* SPDX-License-Identifier: BSD-2-Clause */
/* Falco's second opinion on a rules file: its shape, stricter than the loader. */
#ifndef MATCH_SCHEMA_H
#define MATCH_SCHEMA_H

#include "cmd/secmon-match/ydoc.h"

/*
 * schema_check(doc, warn, arg): whether a document has the shape of a rules file:
 * no unknown keys, booleans true or false, priorities in capitals. Of what is
 * wrong first, warn(arg, text) is called for each level from there to the root.
 * It never refuses a file.
 */
bool schema_check(const struct ynode *doc, void (*warn)(void *arg, const char *text), void *arg);

#endif
