/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets as text, and as fd.* fields. */
#ifndef SECMON_CAPTURE_SOCKNAME_H
#define SECMON_CAPTURE_SOCKNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"
#include "common/wire.h"

enum { SOCKNAME_MAX = 256 };

/* sockname_type(s): fd.typechar of a socket. */
char sockname_type(const struct item_sock *s);

/*
 * sockname_tuple(s, server, path, len, buf): "client:port->server:port", without
 * a peer "address:port", of a Unix socket "address->address path", of other
 * families nothing. server: our end is the
 * server's. buf has SOCKNAME_MAX bytes. Returns the length.
 */
size_t sockname_tuple(const struct item_sock *s, bool server, const char *path, size_t len,
		      char *buf);

/*
 * sockname_address(addr, len, buf): a sockaddr as the caller gave it:
 * "address:port" or a path. buf has SOCKNAME_MAX bytes. Returns the length, 0
 * for a family we have no text for.
 */
size_t sockname_address(const void *addr, size_t len, char *buf);

/* sockname_fields(w, s, server, path, len): all fd.* fields of a socket but fd.num. */
void sockname_fields(struct wire *w, const struct item_sock *s, bool server, const char *path,
		     size_t len);

#endif
