// SPDX-License-Identifier: BSD-2-Clause
/* Stepping from field to field of an event, where a field is not of the usual form. */
#include "common/pair.h"

#include "common/wire.h"

const uint8_t *pair_array(const uint8_t *v, const uint8_t *end)
{
	unsigned int left = *v & 0x0f;

	if (*v == 0xdc && end - v > 2) {
		left = (unsigned int)v[1] << 8 | v[2];
		v += 2;
	} else if ((*v & 0xf0) != 0x90) {
		return NULL;
	}
	for (v++; left; left--) {
		size_t n = pull_measure(v, end);

		if (unlikely(!n))
			return NULL;
		v += n;
	}
	return v;
}

const uint8_t *pair_any(const uint8_t *pos, const uint8_t *end, struct pair *p, const char **error)
{
	struct pull at = { pos, end };
	struct value key;

	*p = (struct pair){ 0 };
	if (pull_next(&at, &key) != PULL_OK || key.type != VALUE_UINT) {
		*error = "a key of an event is no number";
		return NULL;
	}
	p->id = key.u;
	p->value = at.pos;
	if (pull_skip(&at, WIRE_DEPTH_MAX - 2) == PULL_OK)
		return at.pos;
	*error = "a value of an event is broken";
	return NULL;
}
