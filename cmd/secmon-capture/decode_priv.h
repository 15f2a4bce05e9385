/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the parts of the decoder. */
#ifndef SECMON_CAPTURE_DECODE_PRIV_H
#define SECMON_CAPTURE_DECODE_PRIV_H

#include "common/compat.h"
#include "common/events.h"
#include "common/wire.h"
#include "decode.h"
#include "items.h"
#include "sockname.h"
#include "sysdef.h"

enum { NOTES_MAX = 8, PATH_BUF = 2 * RECORD_PATH_MAX + RECORD_STR_MAX };

/* The event being made of a record. */
struct decoding {
	struct decoder *d;
	struct items items;
	const struct record *r;
	struct wire w;
	unsigned int nnotes; /* values that were cut */
	struct {
		uint16_t field;
		uint32_t full; /* ~0: not known */
	} notes[NOTES_MAX];
};

/* Boot time as ns since the epoch. */
static inline uint64_t decode_time(const struct decoding *x, uint64_t boot_ns)
{
	return boot_ns + (uint64_t)x->d->boot_offset_ns;
}

/*
 * decode_type(r): the event that a record is. The kernel side counts all ways
 * to make a process as one class: here they get their names.
 */
uint16_t decode_type(const struct record *r);

/* decode_asked(x, field): whether somebody looks at a field that is told on request only. */
static inline bool decode_asked(const struct decoding *x, unsigned int field)
{
	return x->d->asked >> (field - DECODE_ASKED) & 1;
}

/* decode_other(x): a system call that has no event of its own. */
void decode_other(struct decoding *x);

/* decode_told(x, def): what is told on request only, but of files. def: NULL if no system call. */
void decode_told(struct decoding *x, const struct sysdef *def);

/* decode_cut(x, field, full): remember that the field's value was cut. */
void decode_cut(struct decoding *x, unsigned int field, uint32_t full);

/* decode_path(x, item, pseudo, field): components as a path. */
void decode_path(struct decoding *x, const struct item *item, bool pseudo, unsigned int field);

/* decode_life(x, extra): what a record says of processes: description, child, exit. */
void decode_life(struct decoding *x, const struct decode_extra *extra);

/* A socket and its role in the call. */
struct decoded_sock {
	struct item_sock sock;
	bool server;	  /* our end is the server's */
	const char *path; /* of a Unix socket */
	size_t path_len;
	char asked[SOCKNAME_MAX]; /* memory for it, if only the caller named it */
};

/* decode_sock(x, arg, s): the socket that descriptor argument arg is; false if it is none. */
bool decode_sock(const struct decoding *x, unsigned int arg, struct decoded_sock *s);

/* decode_filetype(x, mode): fd.filetype. */
void decode_filetype(struct decoding *x, unsigned int mode);

/* decode_standard(x): what the first three descriptors of a process are. */
void decode_standard(struct decoding *x);

/* decode_subject(x, def): fd.*. */
void decode_subject(struct decoding *x, const struct sysdef *def);

/*
 * decode_absolute(x, arg, buf, size): the path that argument arg stands for, as
 * the caller's directory makes it. Its length; 0 if that is not known.
 */
size_t decode_absolute(const struct decoding *x, unsigned int arg, char *buf, size_t size);

/* decode_syscall(x, def): fd.*, fs.path.* and the arguments of a system call. */
void decode_syscall(struct decoding *x, const struct sysdef *def);

#endif
