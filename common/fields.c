// SPDX-License-Identifier: BSD-2-Clause
/* The field and argument tables as C. */
#include "common/fields.h"

#include <stdio.h>
#include <string.h>

#include "common/compat.h"

static const struct field fields[] = {
#define FIELD(id, sym, name, type, filled, flags, help)                                            \
	{ id, TYPE_##type, FILLED_##filled, flags, name, help },
#include "common/fields.def"
#undef FIELD
};

/* a name is compared only where its length is right */
static const uint8_t name_len[] = {
#define FIELD(id, sym, name, type, filled, flags, help) sizeof(name) - 1,
#include "common/fields.def"
#undef FIELD
};

static const char *const args[] = {
#define ARG(id, sym, name) [id] = name,
#include "common/args.def"
#undef ARG
};

static_assert(nitems(args) <= FIELD_ARGTEXT - FIELD_ARGS, "too many arguments");

static const char *const types[TYPE_END] = {
#define T(t) [TYPE_##t] = #t
	T(NONE),
	T(BOOL),
	T(UINT8),
	T(UINT16),
	T(UINT32),
	T(UINT64),
	T(INT8),
	T(INT16),
	T(INT32),
	T(INT64),
	T(DOUBLE),
	T(CHARBUF),
	T(BYTEBUF),
	T(FSPATH),
	T(FSRELPATH),
	T(CHARBUFARRAY),
	T(CHARBUF_PAIR_ARRAY),
	T(ABSTIME),
	T(RELTIME),
	T(IPADDR),
	T(IPNET),
	T(IPV4ADDR),
	T(IPV6ADDR),
	T(PORT),
	T(FD),
	T(FD32),
	T(PID),
	T(PID32),
	T(UID),
	T(GID),
	T(ERRNO),
	T(FLAGS8),
	T(FLAGS16),
	T(FLAGS32),
	T(ENUMFLAGS8),
	T(ENUMFLAGS16),
	T(ENUMFLAGS32),
	T(MODE),
	T(SIGTYPE),
	T(SIGSET),
	T(SYSCALLID),
	T(SOCKADDR),
	T(SOCKTUPLE),
	T(FDLIST),
	T(DYN),
	T(MAP),
#undef T
};

const struct field *field_table(size_t *n)
{
	*n = nitems(fields);
	return fields;
}

const struct field *field_by_id(unsigned int id)
{
	size_t lo = 0, hi = nitems(fields);

	/* the table is in order of ids; a test says so */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (fields[mid].id == id)
			return &fields[mid];
		if (fields[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct field *field_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < nitems(fields); i++)
		if (name_len[i] == len && !memcmp(fields[i].name, name, len))
			return &fields[i];
	return NULL;
}

int arg_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < nitems(args); i++)
		if (args[i] && strlen(args[i]) == len && !memcmp(args[i], name, len))
			return (int)i;
	return -1;
}

const char *arg_name(unsigned int arg)
{
	return arg < nitems(args) ? args[arg] : NULL;
}

const char *field_wire_name(unsigned int id, char *buf, size_t len)
{
	const struct field *f = field_by_id(id);
	const char *prefix = "evt.arg.", *name;

	if (f)
		return f->name;
	if (id >= FIELD_ARGTEXT) {
		prefix = "evt.argtext.";
		name = arg_name(id - FIELD_ARGTEXT);
	} else if (id >= FIELD_ARGS) {
		name = arg_name(id - FIELD_ARGS);
	} else {
		return NULL;
	}
	if (!name)
		return NULL;
	snprintf(buf, len, "%s%s", prefix, name);
	return buf;
}

const char *type_name(enum type type)
{
	return (unsigned int)type < TYPE_END ? types[type] : "NONE";
}

bool type_is_signed(enum type type)
{
	switch (type) {
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_INT64:
	case TYPE_FD:
	case TYPE_FD32:
	case TYPE_PID:
	case TYPE_PID32:
	case TYPE_ERRNO:
		return true;
	default:
		return false;
	}
}
