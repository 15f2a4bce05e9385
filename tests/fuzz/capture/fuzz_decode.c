// SPDX-License-Identifier: BSD-2-Clause
/* Records of the kernel side, whatever their bytes: an event that is a whole object, or EPROTO. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-capture/decode.h"
#include "common/event.h"
#include "common/inq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outq *q;
	static struct event e;
	struct decoder d = { 0 };
	const uint8_t *at;
	struct object o;
	void *copy;

	if (!q) {
		q = outq_new(-1, "fuzz", OUTQ_MIN);
		event_init(&e);
	}
	copy = malloc(size ? size : 1);
	if (!q || !copy)
		return 0;
	memcpy(copy, data, size);
	at = outq_room(q, WIRE_OBJECT_MAX);
	if (decode_record(&d, copy, size, NULL, q) == 0) {
		if (object_from(&o, at, outq_pending(q)) == -1 || event_index(&e, &o) == -1)
			abort();
		outq_flush(q);
	} else if (errno != EPROTO && errno != EMSGSIZE) {
		abort();
	}
	free(copy);
	return 0;
}
