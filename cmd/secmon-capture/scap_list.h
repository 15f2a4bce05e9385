/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the lists in .scap blocks, as bytes. Each function takes one from
 * the first of len bytes and returns how many it took, or -1 if it is cut off
 * or makes no sense. Slices are views of the bytes.
 */
#ifndef SECMON_CAPTURE_SCAP_LIST_H
#define SECMON_CAPTURE_SCAP_LIST_H

#include "cmd/secmon-capture/scap_file.h"

long list_machine(const uint8_t *b, size_t len, struct scap_machine *m);
long list_proc(const uint8_t *b, size_t len, unsigned int version, struct scap_proc *p);
long list_tid(const uint8_t *b, size_t len, int64_t *tid);
long list_fd(const uint8_t *b, size_t len, unsigned int version, struct scap_fd_rec *f);
long list_iface(const uint8_t *b, size_t len, unsigned int version, struct scap_iface *i);

/* list_account(): sets kind to SCAP_USER or SCAP_GROUP. */
long list_account(const uint8_t *b, size_t len, unsigned int version, enum scap_kind *kind,
		  struct scap_account *a);

/*
 * list_event(b, len, version, flagged, e): the event in a block's body. 1; 0 if
 * its code is not known (e->ts and e->tid are set); -1 as above.
 */
int list_event(const uint8_t *b, size_t len, unsigned int version, bool flagged,
	       struct scap_event *e);

#endif
