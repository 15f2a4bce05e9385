/* SPDX-License-Identifier: BSD-2-Clause */
/* The event table (events.def) and the flag names (flags.def) as C. */
#ifndef COMMON_EVENTS_H
#define COMMON_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "common/fields.h"

enum event_id {
#define EVENT(id, sym, name, category, flags) EV_##sym = id,
#define PARAM(event, arg, type, fmt, set)
#include "common/events.def"
#undef EVENT
#undef PARAM
	EVENT_ID_END = 512
};

enum event_flags {
	EVENT_SYSCALL = 1 << 0,
	EVENT_TRACEPOINT = 1 << 1,
	EVENT_META = 1 << 2,
	EVENT_PLUGIN = 1 << 3,
	EVENT_ENTER = 1 << 4, /* evt.dir is ">": there is no exit */
	EVENT_CREATES_FD = 1 << 5,
	EVENT_USES_FD = 1 << 6,
	EVENT_READS_FD = 1 << 7,
	EVENT_WRITES_FD = 1 << 8,
	EVENT_WAITS = 1 << 9,
	EVENT_LIFE = 1 << 10, /* birth, exec, end of a process: told whatever a plan says */
};

enum event_category {
	CATEGORY_UNKNOWN,
	CATEGORY_OTHER,
	CATEGORY_FILE,
	CATEGORY_NET,
	CATEGORY_IPC,
	CATEGORY_MEMORY,
	CATEGORY_PROCESS,
	CATEGORY_SLEEP,
	CATEGORY_SYSTEM,
	CATEGORY_SIGNAL,
	CATEGORY_USER,
	CATEGORY_TIME,
	CATEGORY_PROCESSING,
	CATEGORY_IO_READ,
	CATEGORY_IO_WRITE,
	CATEGORY_IO_OTHER,
	CATEGORY_WAIT,
	CATEGORY_SCHEDULER,
	CATEGORY_INTERNAL
};

/* How a raw value is printed. */
enum param_fmt { FMT_NA, FMT_DEC, FMT_HEX, FMT_OCT, FMT_ID, FMT_DIR, FMT_PADDED };

enum flagset {
	FLAGSET_NONE,
#define FLAGSET(set) FLAGSET_##set,
#define FLAG(set, name, value)
#include "common/flags.def"
#undef FLAGSET
#undef FLAG
	FLAGSET_END
};

struct param {
	uint16_t event; /* enum event_id */
	uint16_t arg;	/* enum arg_id */
	uint8_t type;	/* enum type */
	uint8_t fmt;	/* enum param_fmt */
	uint8_t set;	/* enum flagset */
};

struct event_type {
	uint16_t id;
	uint16_t flags;	  /* enum event_flags */
	uint8_t category; /* enum event_category */
	uint8_t nparams;
	const char *name;
	const struct param *params; /* in the order of evt.arg[n] */
};

struct flag {
	const char *name;
	uint32_t value;
};

/* event_by_id(id): the event type, or NULL if the table has none of that id. */
const struct event_type *event_by_id(unsigned int id);

/* event_by_name(name, len): the event type of exactly that name, or NULL. */
const struct event_type *event_by_name(const char *name, size_t len);

/* event_param(type, arg): the parameter for that argument, or NULL. */
const struct param *event_param(const struct event_type *type, unsigned int arg);

/* event_table(n): all types in table order; *n is their number. */
const struct event_type *event_table(size_t *n);

/* flagset(set, n): the flags of a set in table order; *n is their number. */
const struct flag *flagset(enum flagset set, size_t *n);

#endif
