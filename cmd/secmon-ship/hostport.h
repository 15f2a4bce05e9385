/* SPDX-License-Identifier: BSD-2-Clause */
/* HOST:PORT as people write it. */
#ifndef SHIP_HOSTPORT_H
#define SHIP_HOSTPORT_H

struct hostport {
	char host[256]; /* without brackets */
	char port[8];
};

/*
 * hostport_parse(hp, text, port): "host", "host:514", "[::1]:514", ":514"; port is
 * used where the text has none (NULL: it must have one). 0, or -1 with EINVAL.
 */
int hostport_parse(struct hostport *hp, const char *text, const char *port);

#endif
