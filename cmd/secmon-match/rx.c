// SPDX-License-Identifier: BSD-2-Clause
/* Regular expressions that cannot run away. */
#include "cmd/secmon-match/rx.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KB = 1024, PATTERN_MAX = 8192 };

struct rx {
	pcre2_code *code;
	pcre2_match_data *data;
	bool jit;
};

static pcre2_match_context *limits;
static uint64_t given_up;

/*
 * What Perl knows and POSIX does not: (?...), lazy and possessive repetition,
 * escapes of letters and digits other than those RE2 keeps there.
 */
static const char *refuse(const char *p, size_t len)
{
	bool set = false;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\\') {
			if (++i == len)
				return "trailing \\";
			if (strchr("AbBCdDEGhHkKNopPQRsSuUVwWXZz123456789c", p[i]) && p[i])
				return "invalid escape sequence";
			continue;
		}
		if (set) {
			set = p[i] != ']';
			continue;
		}
		if (p[i] == '[') {
			set = true;
			if (i + 1 < len && p[i + 1] == '^')
				i++;
			if (i + 1 < len && p[i + 1] == ']')
				i++;
		} else if (p[i] == '(' && i + 1 < len && (p[i + 1] == '?' || p[i + 1] == '*')) {
			return p[i + 1] == '?' ? "no argument for repetition operator: ?"
					       : "no argument for repetition operator: *";
		} else if (i > 0 && strchr("*+?", p[i]) && strchr("*+?", p[i - 1]) &&
			   (i < 2 || p[i - 2] != '\\')) {
			return "bad repetition operator";
		}
	}
	return NULL;
}

static int prepare_limits(void)
{
	if (limits)
		return 0;
	limits = pcre2_match_context_create(NULL);
	if (!limits)
		return -1;
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(limits, HEAP_LIMIT_KB);
	return 0;
}

struct rx *rx_new(const char *pattern, size_t len, char *err, size_t errlen)
{
	const uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL |
				 PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE |
				 PCRE2_NEVER_BACKSLASH_C;
	const char *why = len > PATTERN_MAX ? "pattern too long" : refuse(pattern, len);
	struct rx *r = calloc(1, sizeof(*r));
	PCRE2_SIZE at;
	int code;

	if (!r || prepare_limits() < 0) {
		free(r);
		snprintf(err, errlen, "out of memory");
		return NULL;
	}
	if (why) {
		snprintf(err, errlen, "%s", why);
		rx_free(r);
		return NULL;
	}
	r->code = pcre2_compile((PCRE2_SPTR)pattern, len, options, &code, &at, NULL);
	if (!r->code) {
		PCRE2_UCHAR msg[128];

		pcre2_get_error_message(code, msg, sizeof(msg));
		snprintf(err, errlen, "%s at byte %zu", (char *)msg, (size_t)at);
		rx_free(r);
		return NULL;
	}
	r->data = pcre2_match_data_create(1, NULL);
	if (!r->data) {
		snprintf(err, errlen, "out of memory");
		rx_free(r);
		return NULL;
	}
	r->jit = pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) == 0;
	return r;
}

void rx_free(struct rx *r)
{
	if (!r)
		return;
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

bool rx_match(const struct rx *r, const char *s, size_t len)
{
	int rc;

	if (r->jit)
		rc = pcre2_jit_match(r->code, (PCRE2_SPTR)s, len, 0, 0, r->data, limits);
	else
		rc = pcre2_match(r->code, (PCRE2_SPTR)s, len, 0, 0, r->data, limits);
	given_up += rc < 0 && rc != PCRE2_ERROR_NOMATCH;
	return rc >= 0;
}

uint64_t rx_given_up(void)
{
	return given_up;
}
