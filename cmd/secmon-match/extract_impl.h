/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that derive fields share. Not for others. */
#ifndef MATCH_EXTRACT_IMPL_H
#define MATCH_EXTRACT_IMPL_H

#include "cmd/secmon-match/extract.h"

typedef bool extract_fn(struct xctx *x, const struct fieldref *r, struct xval *v);

/* extract_*(id): the function for a derived field of that group, or NULL. */
extract_fn *extract_evt(unsigned int id);
extract_fn *extract_io(unsigned int id);
extract_fn *extract_proc(unsigned int id);
extract_fn *extract_fd(unsigned int id);
extract_fn *extract_container(unsigned int id);

/* ev_field(x, id, type, v): a value as it travels in field id, read as type. */
bool ev_field(struct xctx *x, unsigned int id, enum type type, struct xval *v);

/* ev_items(x, id, type, items, n): an array of the wire; false if absent. */
bool ev_items(struct xctx *x, unsigned int id, enum type type, const struct xval **items,
	      size_t *n);

/* ev_join(x, id, sep, v): the texts of an array with sep between. */
bool ev_join(struct xctx *x, unsigned int id, char sep, struct xval *v);

/* ev_item(x, id, type, n, v): item n of an array; false if there is none. */
bool ev_item(struct xctx *x, unsigned int id, enum type type, size_t n, struct xval *v);

static inline bool ev_text(struct xctx *x, unsigned int id, const char **s, size_t *len)
{
	return event_text(x->e, id, s, len);
}

/*
 * proc_name_field(x): where the name of the process is: of a thread it may be
 * another than its own. 0: in a recording, its main thread is not known.
 */
unsigned int proc_name_field(struct xctx *x);

/* Parameters of the event: arg.c. */

/* arg_raw(x, p, v): its typed value; false if it is empty. */
bool arg_raw(struct xctx *x, const struct param *p, struct xval *v);

/* arg_gone(x, p): the event is of a time when it had no such parameter (an empty array says so). */
bool arg_gone(struct xctx *x, const struct param *p);

/* arg_text(x, p, v): as evt.arg.X shows it; always a value, "<NA>" if it is empty. */
bool arg_text(struct xctx *x, const struct param *p, struct xval *v);

/* arg_list(x, v): all of them, as evt.args shows them. */
bool arg_list(struct xctx *x, struct xval *v);

/* is_open(type): the open family. */
bool is_open(unsigned int type);

#endif
