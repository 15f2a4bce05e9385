// SPDX-License-Identifier: BSD-2-Clause
/* How long things took, in the buckets that OpenMetrics wants. */
#include "cmd/secmon-ship/histogram.h"
#include "common/compat.h"

#define US 1000ULL
#define MS 1000000ULL

const uint64_t histogram_bound_ns[HISTOGRAM_BUCKETS] = {
	100 * US, 250 * US, 500 * US, MS,	2500 * US, 5 * MS,    10 * MS,	  25 * MS,
	50 * MS,  100 * MS, 250 * MS, 500 * MS, 1000 * MS, 5000 * MS, 30000 * MS, 300000 * MS
};

void histogram_add(struct histogram *h, uint64_t ns, uint64_t n)
{
	unsigned int i = 0;

	while (i < HISTOGRAM_BUCKETS && ns > histogram_bound_ns[i])
		i++;
	h->bucket[i] += n;
	h->count += n;
	h->sum_ns += ns * n;
}
