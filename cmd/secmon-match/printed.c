// SPDX-License-Identifier: BSD-2-Clause
/* What is printed, as text in an arena. */
#include "cmd/secmon-match/printed.h"

#include <errno.h>

static FILE *stream;
static char *text;
static size_t len;

FILE *printed_begin(void)
{
	if (stream)
		rewind(stream);
	else
		stream = open_memstream(&text, &len);
	return stream;
}

char *printed_end(struct arena *a)
{
	/* from here on len is where the stream stands, also if it was longer before */
	if (fflush(stream) == 0 && !ferror(stream))
		return arena_copy(a, text, len);
	errno = ENOMEM;
	return NULL;
}
