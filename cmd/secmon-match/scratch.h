/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for the values of one event: taken piece by piece, given back at once. */
#ifndef MATCH_SCRATCH_H
#define MATCH_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "common/compat.h"

struct scratch {
	char *buf;
	size_t size, used;
	uint64_t spent; /* times something did not fit */
};

/* scratch_init(s, size): reserve size bytes, once. -1 with ENOMEM. */
int scratch_init(struct scratch *s, size_t size);
void scratch_fini(struct scratch *s);

static inline void scratch_reset(struct scratch *s)
{
	s->used = 0;
}

/* scratch_alloc(s, len): len bytes aligned for anything, not zeroed. NULL if there is no room. */
void *scratch_alloc(struct scratch *s, size_t len);

/*
 * A text that grows at the end of the scratch: begin, any number of add_*, then
 * end. Nothing else may be allocated in between. What does not fit is left out
 * and text_end() then returns NULL.
 */
struct text_out {
	struct scratch *s;
	char *start, *pos, *end;
	uint8_t full;
};

void text_begin(struct text_out *t, struct scratch *s);
void text_add(struct text_out *t, const char *s, size_t len);
void text_char(struct text_out *t, char c);
void text_str(struct text_out *t, const char *s);
void text_uint(struct text_out *t, uint64_t v);
void text_int(struct text_out *t, int64_t v);
void text_fmt(struct text_out *t, const char *fmt, ...) printf_like(2, 3);

/* text_end(t, len): the text (not terminated) and its length, or NULL if it did not fit. */
const char *text_end(struct text_out *t, uint32_t *len);

#endif
