/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptor tables of a .scap reader, and how descriptors are named. */
#ifndef SECMON_CAPTURE_SCAP_FDS_H
#define SECMON_CAPTURE_SCAP_FDS_H

#include "cmd/secmon-capture/scap_world.h"

enum { FD_NAME_MAX = 1200 };

/* fds_get(t, num): the descriptor, or NULL. t may be NULL. */
struct scap_fd *fds_get(const struct scap_fdtable *t, int64_t num);

/*
 * fds_put(w, t, num, fd): num stands for fd now; takes over the reference. False,
 * and the reference dropped, when the table is full.
 */
bool fds_put(struct scap_world *w, struct scap_fdtable *t, int64_t num, struct scap_fd *fd);

/* fds_remove(w, t, num): num is closed. */
void fds_remove(struct scap_world *w, struct scap_fdtable *t, int64_t num);

/* fds_clear(w, t): all are closed. */
void fds_clear(struct scap_world *w, struct scap_fdtable *t);

/* fds_copy(w, to, from): to, which is empty, shares what is in from (fork). */
void fds_copy(struct scap_world *w, struct scap_fdtable *to, const struct scap_fdtable *from);

/* fds_on_exec(w, t): close what is marked close-on-exec. */
void fds_on_exec(struct scap_world *w, struct scap_fdtable *t);

/* fds_close_range(w, t, first, last) */
void fds_close_range(struct scap_world *w, struct scap_fdtable *t, uint64_t first, uint64_t last);

/* fd_new(w, type): a descriptor of that type, nothing else known. NULL when memory is short. */
struct scap_fd *fd_new(struct scap_world *w, unsigned int type);
void fd_unref(struct scap_world *w, struct scap_fd *fd);

/* fds_own(w, t, num): the descriptor num as one that may be changed, not shared with others. */
struct scap_fd *fds_own(struct scap_world *w, struct scap_fdtable *t, int64_t num);

/* fd_typechar(fd): its letter; fd_type_name(type): "file", "ipv4", or NULL for unknown types. */
char fd_typechar(const struct scap_fd *fd);
const char *fd_type_name(unsigned int type);

static inline bool fd_is_ip(const struct scap_fd *fd)
{
	return fd->type >= SCAP_FD_IPV4 && fd->type <= SCAP_FD_IPV6_SERVER;
}

static inline bool fd_is_v6(const struct scap_fd *fd)
{
	return fd->type == SCAP_FD_IPV6 || fd->type == SCAP_FD_IPV6_SERVER;
}

static inline bool fd_is_listening(const struct scap_fd *fd)
{
	return fd->type == SCAP_FD_IPV4_SERVER || fd->type == SCAP_FD_IPV6_SERVER;
}

/* fd_set_type(w, t, fd, type): change the type of a descriptor in table t. */
void fd_set_type(struct scap_fdtable *t, struct scap_fd *fd, unsigned int type);

/*
 * fd_tuple_text(fd, b): "ip:port->ip:port", "ip:port" of a listening socket, or
 * of a Unix one "src->dst path", into b of FD_NAME_MAX bytes. The length.
 */
size_t fd_tuple_text(const struct scap_fd *fd, char *b);

/* fd_rename(w, fd): give a socket the name that its tuple makes. True if it changed. */
bool fd_rename(struct scap_world *w, struct scap_fd *fd);

/* fd_from_list(w, r): an entry of an fd list. NULL when memory is short. */
struct scap_fd *fd_from_list(struct scap_world *w, const struct scap_fd_rec *r);

/* fd_unmap(fd): IPv4 addresses that are written as IPv6 become IPv4. */
void fd_unmap(struct scap_fd *fd);

#endif
