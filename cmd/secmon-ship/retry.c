// SPDX-License-Identifier: BSD-2-Clause
/* When a sink that failed may try again: backoff with jitter, circuit breaker. */
#include <stdlib.h>
#include <sys/random.h>

#include "cmd/secmon-ship/retry.h"
#include "common/log.h"

static uint64_t random_u64(void)
{
	static uint64_t state;

	if (!state && (getrandom(&state, sizeof(state), GRND_NONBLOCK) != sizeof(state) || !state))
		state = 0x9e3779b97f4a7c15ULL;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

uint64_t retry_delay_ns(const struct sink_conf *c, unsigned int tries)
{
	uint64_t ms = c->backoff_ms;

	while (tries-- > 1 && ms < c->backoff_max_ms)
		ms *= 2;
	if (ms > c->backoff_max_ms)
		ms = c->backoff_max_ms;
	return ms * NS_PER_MS / 2 + random_u64() % (ms * NS_PER_MS / 2 + 1);
}

bool retry_allowed(struct sink *s, uint64_t now)
{
	if (s->breaker == BREAKER_CLOSED)
		return true;
	if (now < s->breaker_until_ns)
		return false;
	/* one probe; the time covers the case that it is never answered */
	s->breaker = BREAKER_PROBE;
	s->breaker_until_ns = now + (s->conf->timeout_ms + s->conf->breaker_ms) * NS_PER_MS;
	return true;
}

void retry_failed(struct sink *s, const char *why, uint64_t now)
{
	if (s->failures++ == 0)
		log_warn("%s: a delivery failed: %s; trying again", s->name, why);
	if (!s->conf->breaker || s->failures < s->conf->breaker)
		return;
	if (s->breaker == BREAKER_CLOSED)
		log_warn("%s: %u failures in a row, quiet for %llu ms at a time: %s", s->name,
			 s->failures, (unsigned long long)s->conf->breaker_ms, why);
	s->breaker = BREAKER_OPEN;
	s->breaker_until_ns = now + s->conf->breaker_ms * NS_PER_MS;
}

void retry_succeeded(struct sink *s)
{
	if (s->failures)
		log_warn("%s: delivering again after %u failures", s->name, s->failures);
	s->failures = 0;
	s->breaker = BREAKER_CLOSED;
}
