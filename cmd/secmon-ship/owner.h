/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that root makes at the start and that the unprivileged ship writes later. */
#ifndef SHIP_OWNER_H
#define SHIP_OWNER_H

/* owner_set(user): whom the sandbox will become; a name that stays. */
void owner_set(const char *user);

/* owner_give(fd): make that user the owner of what fd is. Nothing if we are not root. 0 or -1. */
int owner_give(int fd);

#endif
