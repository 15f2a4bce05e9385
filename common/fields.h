/* SPDX-License-Identifier: BSD-2-Clause */
/* The field and argument tables (fields.def, args.def) as C. */
#ifndef COMMON_FIELDS_H
#define COMMON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of fields and of event parameters, as the rule language sees them. */
enum type {
	TYPE_NONE,
	TYPE_BOOL,
	TYPE_UINT8,
	TYPE_UINT16,
	TYPE_UINT32,
	TYPE_UINT64,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_DOUBLE,
	TYPE_CHARBUF, /* text: bytes, not always UTF-8 */
	TYPE_BYTEBUF,
	TYPE_FSPATH,	/* text that is a path, absolute or not */
	TYPE_FSRELPATH, /* path relative to the parameter before it */
	TYPE_CHARBUFARRAY,
	TYPE_CHARBUF_PAIR_ARRAY,
	TYPE_ABSTIME, /* ns since the epoch */
	TYPE_RELTIME, /* ns */
	TYPE_IPADDR,  /* 4 or 16 bytes in network order */
	TYPE_IPNET,
	TYPE_IPV4ADDR,
	TYPE_IPV6ADDR,
	TYPE_PORT,
	TYPE_FD,
	TYPE_FD32,
	TYPE_PID,
	TYPE_PID32,
	TYPE_UID,
	TYPE_GID,
	TYPE_ERRNO,
	TYPE_FLAGS8,
	TYPE_FLAGS16,
	TYPE_FLAGS32,
	TYPE_ENUMFLAGS8,
	TYPE_ENUMFLAGS16,
	TYPE_ENUMFLAGS32,
	TYPE_MODE,
	TYPE_SIGTYPE,
	TYPE_SIGSET,
	TYPE_SYSCALLID,
	TYPE_SOCKADDR,
	TYPE_SOCKTUPLE,
	TYPE_FDLIST,
	TYPE_DYN, /* the event says which */
	TYPE_MAP, /* msgpack map, only in alerts */
	TYPE_END
};

enum filled_by { FILLED_NOBODY, FILLED_CAPTURE, FILLED_ENRICH, FILLED_MATCH, FILLED_ALERT };

enum field_flags {
	FIELD_LIST = 1 << 0,	  /* has several values */
	FIELD_WIRE_LIST = 1 << 1, /* an array on the wire, one text to rules */
	FIELD_ARG_OK = 1 << 2,	  /* may be followed by [arg] */
	FIELD_ARG_REQUIRED = 1 << 3,
	FIELD_FILTER_ONLY = 1 << 4,
	FIELD_PRINT_ONLY = 1 << 5,
	FIELD_DEPRECATED = 1 << 6,
	FIELD_NO_RHS = 1 << 7, /* not on the right side of a comparison */
	FIELD_NO_TRANSFORM = 1 << 8,
	FIELD_TABLE_ONLY = 1 << 9,
	FIELD_PADDED = 1 << 10,	   /* printed with nine digits */
	FIELD_HEX = 1 << 11,	   /* printed in upper-case hex */
	FIELD_WIRE_ONLY = 1 << 12, /* no name for rules */
};

/* Numbers on the wire: F_PROC_NAME and so on. */
enum field_id {
#define FIELD(id, sym, name, type, filled, flags, help) F_##sym = id,
#include "common/fields.def"
#undef FIELD
	FIELD_ARGS = 512,     /* raw value of argument A_X is field FIELD_ARGS + A_X */
	FIELD_ARGTEXT = 1024, /* its resolved text, FIELD_ARGTEXT + A_X */
	FIELD_END = 1536
};

enum arg_id {
#define ARG(id, sym, name) A_##sym = id,
#include "common/args.def"
#undef ARG
	ARG_END
};

#define F_ARG(arg)     (FIELD_ARGS + (arg))
#define F_ARGTEXT(arg) (FIELD_ARGTEXT + (arg))

struct field {
	uint16_t id;
	uint8_t type;	/* enum type */
	uint8_t filled; /* enum filled_by */
	uint32_t flags; /* enum field_flags */
	const char *name;
	const char *help;
};

/* type_is_signed(type): whether its values are integers that may be negative. */
bool type_is_signed(enum type type);

/*
 * field_table(n): all fields in table order (not the arguments); *n is their number.
 */
const struct field *field_table(size_t *n);

/* field_by_id(id): the field, or NULL if the table has none of that id. */
const struct field *field_by_id(unsigned int id);

/* field_by_name(name, len): the field of exactly that name, or NULL. */
const struct field *field_by_name(const char *name, size_t len);

/* arg_by_name(name, len): enum arg_id, or -1 if no event has such an argument. */
int arg_by_name(const char *name, size_t len);

/* arg_name(arg): its name, or NULL for an id out of the table. */
const char *arg_name(unsigned int arg);

/*
 * field_wire_name(id, buf, len): name for any wire id, also of arguments
 * ("evt.arg.flags", "evt.argtext.flags"), written to buf if it must be made.
 * NULL if unknown.
 */
const char *field_wire_name(unsigned int id, char *buf, size_t len);

/* type_name(type): its name in the table, "UINT32" for instance. */
const char *type_name(enum type type);

#endif
