// SPDX-License-Identifier: BSD-2-Clause
/* What servers answer, which may be anything. */
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct format *const formats[] = { &format_elasticsearch, &format_splunk,
							&format_otlp };
	char *copy = malloc(size ? size : 1); /* of that size exactly, for the sanitizer to see */
	unsigned int failed;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	for (size_t i = 0; i < nitems(formats); i++) {
		failed = 0;
		formats[i]->answer(copy, size, &failed);
	}
	free(copy);
	return 0;
}
