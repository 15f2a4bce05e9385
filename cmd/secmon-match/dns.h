/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of addresses, for fd.sip.name and its like: asked for when rules are loaded. */
#ifndef MATCH_DNS_H
#define MATCH_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* dns_enable(): from now on names may be looked up. Off at the start. */
void dns_enable(void);
bool dns_enabled(void);

/* dns_ask(yes): whether names are wanted now: of rules that run, not of those only checked. */
void dns_ask(bool yes);

/*
 * dns_want(name): look name up, once, and remember its addresses. Nothing is
 * asked of the network while off. A name that has no address has none.
 */
void dns_want(const char *name);

/* dns_missed(): a name that rules that run would need, and that was not looked up; or NULL. */
const char *dns_missed(void);

/* dns_name_has(name, ip, len): whether ip (4 or 16 bytes) is an address of a wanted name. */
bool dns_name_has(const char *name, const uint8_t *ip, size_t len);

/* dns_forget(): drop everything remembered, so that a reload asks again. */
void dns_forget(void);

#endif
