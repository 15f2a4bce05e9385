/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket addresses in .scap files. */
#ifndef SECMON_CAPTURE_SCAP_NET_H
#define SECMON_CAPTURE_SCAP_NET_H

#include "cmd/secmon-capture/scap_world.h"

/*
 * net_parse_tuple(p, len, fd): a SOCKTUPLE parameter, into type, ends and ports
 * of fd. False if it is none.
 */
bool net_parse_tuple(const uint8_t *p, size_t len, struct scap_fd *fd);

/* net_parse_addr(p, len, fd): an IP SOCKADDR parameter, as a listening socket. */
bool net_parse_addr(const uint8_t *p, size_t len, struct scap_fd *fd);

/*
 * net_settle_list(w): the fd lists have been read: whose port is listened on was
 * accepted, and its ends change places; others were connected.
 */
void net_settle_list(struct scap_world *w);

#endif
