/* SPDX-License-Identifier: BSD-2-Clause */
/* How long things took, in the buckets that OpenMetrics wants. */
#ifndef SHIP_HISTOGRAM_H
#define SHIP_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 16 };

struct histogram {
	uint64_t bucket[HISTOGRAM_BUCKETS + 1]; /* not cumulative; the last is what took longer */
	uint64_t count;
	uint64_t sum_ns;
};

/* Upper bounds of the buckets, in ns. */
extern const uint64_t histogram_bound_ns[HISTOGRAM_BUCKETS];

/* histogram_add(h, ns, n): n things took ns. */
void histogram_add(struct histogram *h, uint64_t ns, uint64_t n);

#endif
