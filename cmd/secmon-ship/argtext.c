// SPDX-License-Identifier: BSD-2-Clause
/* Arguments of events as people know them. */
#include <signal.h>

#include "cmd/secmon-ship/argtext.h"

static bool is_enum(unsigned int type)
{
	return type == TYPE_ENUMFLAGS8 || type == TYPE_ENUMFLAGS16 || type == TYPE_ENUMFLAGS32;
}

/*
 * Bits are named in the table's order, where a name that covers several comes
 * before its parts; the name of zero stands only for zero. An enumeration has
 * one name. Bits that no name covers are told in hex.
 */
static bool flag_names(struct buf *b, const struct param *param, uint64_t v)
{
	bool single = is_enum(param->type), first = true;
	uint64_t rest = v;
	size_t n;
	const struct flag *f = flagset(param->set, &n);

	for (size_t i = 0; i < n; i++) {
		uint64_t bits = f[i].value;

		if (single || !bits || !v ? v != bits : (rest & bits) != bits)
			continue;
		if (!first)
			buf_c(b, '|');
		buf_str(b, f[i].name);
		first = false;
		rest &= ~bits;
		if (single || !rest)
			return true;
	}
	if (first)
		return false;
	if (rest) {
		buf_str(b, "|0x");
		buf_hex(b, rest);
	}
	return true;
}

static bool error_name(struct buf *b, int64_t v)
{
	const char *name = v < 0 && v > -4096 ? strerrorname_np((int)-v) : NULL;

	if (!name)
		return false;
	buf_str(b, name);
	return true;
}

static bool signal_name(struct buf *b, int64_t v)
{
	const char *name = v > 0 && v < NSIG ? sigabbrev_np((int)v) : NULL;

	if (!name)
		return false;
	buf_str(b, "SIG");
	buf_str(b, name);
	return true;
}

static bool in_base(struct buf *b, const struct param *param, uint64_t v)
{
	if (param->fmt == FMT_OCT || param->type == TYPE_MODE) {
		buf_printf(b, "0%llo", (unsigned long long)v);
		return true;
	}
	if (param->fmt != FMT_HEX)
		return false;
	buf_str(b, "0x");
	buf_hex(b, v);
	return true;
}

bool argtext(struct buf *b, const struct param *param, const struct value *v)
{
	int64_t i;

	if (v->type != VALUE_UINT && v->type != VALUE_INT)
		return false;
	if (value_i64(v, &i)) {
		if (param->type == TYPE_SIGTYPE)
			return signal_name(b, i);
		if (i < 0)
			return error_name(b, i);
	}
	if (v->type != VALUE_UINT)
		return false;
	if (param->set != FLAGSET_NONE && flag_names(b, param, v->u))
		return true;
	return in_base(b, param, v->u);
}
