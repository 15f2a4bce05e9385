/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a stream comes from or goes to. */
#ifndef COMMON_ENDPOINT_H
#define COMMON_ENDPOINT_H

enum endpoint_dir { ENDPOINT_IN, ENDPOINT_OUT };

/*
 * endpoint_open(spec, dir, err, errlen): a descriptor for
 *	-			standard input or output
 *	FILE			a file: read, or made (mode 0640) and cut
 *	unix:PATH		connect to a Unix stream socket
 *	unix-listen:PATH	make that socket (mode 0660), wait for one peer
 *	fd:N			a descriptor that was inherited
 *	listen-fds		the first socket that systemd handed over
 * The descriptor is the caller's to close, and close-on-exec but for the standard
 * ones. -1 with errno, and a text in err that says where and what to do: EINVAL
 * for a wrong spec, also for a terminal, which is no place for a stream.
 */
int endpoint_open(const char *spec, enum endpoint_dir dir, char *err, unsigned int errlen);

#endif
