/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a rule matched: the checks that made its condition true, with the values they saw. */
#ifndef MATCH_WHY_H
#define MATCH_WHY_H

#include "cmd/secmon-match/eval.h"
#include "common/wire.h"

enum { WHY_MAX = 64, WHY_TEXT_MAX = 512 };

struct why {
	size_t n;
	struct {
		const char *s;
		uint32_t len;
	} lines[WHY_MAX];
};

/*
 * why_explain(y, e, x, node): node holds on the event; each check that it needs for that, as
 * "CHECK: VALUE" or "not CHECK: VALUE", long lists and values cut. In x's scratch.
 */
void why_explain(struct why *y, struct eval *e, struct xctx *x, uint32_t node);

/* why_write(y, w): as the field alert.why. */
void why_write(const struct why *y, struct wire *w);

#endif
