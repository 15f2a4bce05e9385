/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers of a .scap file: from cgroups, and what container events tell of them. */
#ifndef SECMON_CAPTURE_SCAP_CONTAINER_H
#define SECMON_CAPTURE_SCAP_CONTAINER_H

#include "cmd/secmon-capture/scap_world.h"
#include "common/wire.h"

/* container_of(w, t): the id of the thread's container, NULL on the host. A view. */
const struct scap_text *container_of(struct scap_world *w, struct scap_thread *t);

/* container_told(w, json, len): a container event. What makes no sense in it is left out. */
void container_told(struct scap_world *w, const char *json, size_t len);

/* container_write(w, t, out): the container.* and k8s.* fields of a thread. */
void container_write(struct scap_world *w, struct scap_thread *t, struct wire *out);

void containers_clear(struct scap_world *w);

#endif
