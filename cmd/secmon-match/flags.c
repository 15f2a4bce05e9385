// SPDX-License-Identifier: BSD-2-Clause
/* Names of errors, flags, signals and capabilities. */
#include "cmd/secmon-match/flags.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

#include "common/compat.h"

const char *errno_name(int64_t n)
{
	const char *s = n > 0 && n <= INT_MAX ? strerrorname_np((int)n) : NULL;

	return s ? s : "UNKNOWN";
}

static void add_name(struct text_out *t, bool *some, const char *name)
{
	if (*some)
		text_char(t, '|');
	text_str(t, name);
	*some = true;
}

bool flags_text(struct text_out *t, enum flagset set, uint64_t v)
{
	size_t n;
	const struct flag *f = flagset(set, &n);
	uint64_t rest = v;
	bool some = false;

	/* a name for the whole value ends the list, wherever it stands */
	for (size_t i = 0; i < n; i++) {
		if (f[i].value == v) {
			add_name(t, &some, f[i].name);
			break;
		}
		if (f[i].value && (rest & f[i].value) == f[i].value) {
			add_name(t, &some, f[i].name);
			rest &= ~(uint64_t)f[i].value;
		}
	}
	return some;
}

bool mode_text(struct text_out *t, enum flagset set, uint64_t v)
{
	size_t n;
	const struct flag *f = flagset(set, &n);
	uint64_t rest = v;
	bool some = false;

	for (size_t i = 0; i < n; i++) {
		if (f[i].value ? (rest & f[i].value) != f[i].value : v != 0)
			continue;
		add_name(t, &some, f[i].name);
		rest &= ~(uint64_t)f[i].value;
	}
	return some;
}

bool enum_text(struct text_out *t, enum flagset set, uint64_t v)
{
	size_t n;
	const struct flag *f = flagset(set, &n);

	bool some = false;

	for (size_t i = 0; i < n; i++)
		if (f[i].value == v)
			add_name(t, &some, f[i].name);
	return some;
}

bool signal_text(struct text_out *t, unsigned int sig)
{
	const char *s = sig > 0 && sig < NSIG ? sigabbrev_np((int)sig) : NULL;

	if (!s)
		return false;
	text_str(t, "SIG");
	text_str(t, s);
	return true;
}
