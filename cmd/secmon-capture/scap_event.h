/* SPDX-License-Identifier: BSD-2-Clause */
/* One event of a .scap file, and the tables of event codes. */
#ifndef SECMON_CAPTURE_SCAP_EVENT_H
#define SECMON_CAPTURE_SCAP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum scap_code {
#define SCAP_EVENT(code, sym, event, n, fd, flags) SCAP_##sym = code,
#include "cmd/secmon-capture/scap_events.def"
#undef SCAP_EVENT
	SCAP_CODES
};

enum scap_code_flags {
	SCAP_F_ENTER = 1,
	SCAP_F_EXIT = 2,
	SCAP_F_OLD = 4,
	SCAP_F_UNUSED = 8,
	SCAP_F_MANAGED = 16,
	SCAP_F_LARGE = 32,
	SCAP_F_USES = 64,
	SCAP_F_CREATES = 128,
	SCAP_F_READS = 256,
	SCAP_F_WRITES = 512
};

struct scap_code_info {
	uint16_t event; /* EV_ of common/events.def */
	uint16_t flags;
	uint8_t nparams;
	int8_t fd;
};

extern const struct scap_code_info scap_codes[SCAP_CODES];

/* scap_syscall(nr): the name of a call that has no event of its own, or NULL. */
const char *scap_syscall(unsigned int nr);

enum { SCAP_PARAMS = 32 };

/* Parameters are views into the file's window, or into a stored enter event. */
struct scap_event {
	uint64_t ts;
	int64_t tid;
	uint16_t cpu;
	uint16_t code;
	uint32_t n;
	uint32_t len[SCAP_PARAMS];
	const uint8_t *p[SCAP_PARAMS];
};

/* Whether parameter i is there and not empty. */
static inline bool ev_has(const struct scap_event *e, unsigned int i)
{
	return i < e->n && e->len[i];
}

/* An integer parameter, of whatever width; false if it is not there. */
static inline bool ev_uint(const struct scap_event *e, unsigned int i, uint64_t *v)
{
	uint64_t x = 0;

	if (!ev_has(e, i) || e->len[i] > sizeof(x))
		return false;
	memcpy(&x, e->p[i], e->len[i]); /* little-endian, checked when the file began */
	*v = x;
	return true;
}

static inline uint64_t ev_u64(const struct scap_event *e, unsigned int i)
{
	uint64_t v = 0;

	ev_uint(e, i, &v);
	return v;
}

static inline int64_t ev_i64(const struct scap_event *e, unsigned int i)
{
	uint64_t v = 0;

	if (!ev_uint(e, i, &v))
		return 0;
	switch (e->len[i]) {
	case 1:
		return (int8_t)v;
	case 2:
		return (int16_t)v;
	case 4:
		return (int32_t)v;
	default:
		return (int64_t)v;
	}
}

/* A text parameter without its NUL; false if it is not there. */
static inline bool ev_text(const struct scap_event *e, unsigned int i, const char **s, size_t *len)
{
	if (!ev_has(e, i))
		return false;
	*s = (const char *)e->p[i];
	*len = strnlen(*s, e->len[i]);
	return true;
}

#endif
