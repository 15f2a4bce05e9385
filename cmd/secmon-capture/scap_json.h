/* SPDX-License-Identifier: BSD-2-Clause */
/* The JSON of container events, as much of it as we want. */
#ifndef SECMON_CAPTURE_SCAP_JSON_H
#define SECMON_CAPTURE_SCAP_JSON_H

#include "cmd/secmon-capture/scap_file.h"
#include "common/wire.h"

/* Where a container's members are in the text; slices are empty when there is none. */
struct json_container {
	struct scap_slice id;	/* without quotes; ids have no escapes */
	struct scap_slice body; /* the object */
};

/* json_container(s, len, c): find {"container":{"id":...}}. False if that is not there. */
bool json_container(const char *s, size_t len, struct json_container *c);

/* json_container_write(c, w): its fields but container.id. What is malformed is left out. */
void json_container_write(const struct json_container *c, struct wire *w);

#endif
