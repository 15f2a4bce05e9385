// SPDX-License-Identifier: BSD-2-Clause
/* Kinds and widths of the types of the field table. */
#include "cmd/secmon-match/xval.h"

enum xkind type_kind(enum type type)
{
	if (type_is_signed(type))
		return X_INT;
	switch (type) {
	case TYPE_BOOL:
		return X_BOOL;
	case TYPE_UINT8:
	case TYPE_UINT16:
	case TYPE_UINT32:
	case TYPE_UINT64:
	case TYPE_ABSTIME:
	case TYPE_RELTIME:
	case TYPE_PORT:
	case TYPE_UID:
	case TYPE_GID:
	case TYPE_FLAGS8:
	case TYPE_FLAGS16:
	case TYPE_FLAGS32:
	case TYPE_ENUMFLAGS8:
	case TYPE_ENUMFLAGS16:
	case TYPE_ENUMFLAGS32:
	case TYPE_MODE:
	case TYPE_SIGTYPE:
	case TYPE_SIGSET:
	case TYPE_SYSCALLID:
		return X_UINT;
	case TYPE_DOUBLE:
		return X_DOUBLE;
	case TYPE_IPADDR:
	case TYPE_IPNET:
	case TYPE_IPV4ADDR:
	case TYPE_IPV6ADDR:
		return X_IP;
	case TYPE_NONE:
	case TYPE_DYN:
	case TYPE_MAP:
	case TYPE_END:
		return X_NONE;
	default:
		return X_TEXT;
	}
}

unsigned int type_bits(enum type type)
{
	switch (type) {
	case TYPE_INT8:
	case TYPE_UINT8:
	case TYPE_FLAGS8:
	case TYPE_ENUMFLAGS8:
	case TYPE_SIGTYPE:
		return 8;
	case TYPE_INT16:
	case TYPE_UINT16:
	case TYPE_PORT:
	case TYPE_FLAGS16:
	case TYPE_ENUMFLAGS16:
	case TYPE_SYSCALLID:
		return 16;
	case TYPE_INT32:
	case TYPE_UINT32:
	case TYPE_FD32:
	case TYPE_PID32:
	case TYPE_UID:
	case TYPE_GID:
	case TYPE_FLAGS32:
	case TYPE_ENUMFLAGS32:
	case TYPE_MODE:
	case TYPE_SIGSET:
		return 32;
	case TYPE_INT64:
	case TYPE_UINT64:
	case TYPE_FD:
	case TYPE_PID:
	case TYPE_ERRNO:
	case TYPE_ABSTIME:
	case TYPE_RELTIME:
		return 64;
	default:
		return 0;
	}
}

bool xval_number(struct xval *v, enum type type, uint64_t n)
{
	unsigned int bits = type_bits(type);

	if (!bits)
		return false;
	n <<= 64 - bits;
	if (type_kind(type) == X_INT)
		return xval_int(v, type, (int64_t)n >> (64 - bits));
	return xval_uint(v, type, n >> (64 - bits));
}
