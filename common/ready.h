/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling a supervisor that we are ready. */
#ifndef COMMON_READY_H
#define COMMON_READY_H

/*
 * ready_notify(state): "READY=1", "STOPPING=1", "STATUS=…" to systemd's
 * NOTIFY_SOCKET, and for READY=1 a newline to the descriptor of --ready-fd
 * (s6), if either is there. Errors are of no consequence and not reported.
 */
void ready_notify(const char *state);
void ready_set_fd(int fd);

/* ready_prepare(): open the notify socket; call before the sandbox. */
void ready_prepare(void);

#endif
