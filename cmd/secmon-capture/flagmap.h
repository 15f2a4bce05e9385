/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's flag bits in the coding of the stream (common/flags.def). */
#ifndef SECMON_CAPTURE_FLAGMAP_H
#define SECMON_CAPTURE_FLAGMAP_H

#include <stdint.h>

/* flagmap_open(flags): flags of open(2). */
uint32_t flagmap_open(uint64_t flags);

/* flagmap_clone(flags): flags of clone(2), unshare(2), setns(2). */
uint32_t flagmap_clone(uint64_t flags);

/*
 * flagmap_*(v): flags of fchownat and fchmodat2, delete_module, mmap,
 * openat2's resolve, io_uring_setup; commands of fcntl, requests of ptrace (0: unknown).
 */
uint32_t flagmap_at(uint64_t v);
uint32_t flagmap_delete_module(uint64_t v);
uint32_t flagmap_mmap(uint64_t v);
uint32_t flagmap_resolve(uint64_t v);
uint32_t flagmap_io_uring(uint64_t v);
/* name of a socket option; other levels than the socket's have none in the stream */
uint32_t flagmap_socket_level(uint64_t v);
uint32_t flagmap_socket_option(uint64_t level, uint64_t v);
uint32_t flagmap_fcntl(uint64_t v);
uint32_t flagmap_ptrace(uint64_t v);

/* Bits that the stream has for files opened, beside those given. */
enum { STREAM_O_F_CREATED = 16384, STREAM_FD_UPPER = 32768, STREAM_FD_LOWER = 65536 };

#endif
