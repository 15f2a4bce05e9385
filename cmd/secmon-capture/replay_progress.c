// SPDX-License-Identifier: BSD-2-Clause
/* Progress of a replay, for the person who waits for it. */
#include "cmd/secmon-capture/replay_progress.h"

#include <stdio.h>
#include <time.h>

#include "common/compat.h"
#include "common/loop.h"

void replay_progress_begin(struct replay_progress *p)
{
	p->start_ns = clock_ns(CLOCK_MONOTONIC);
	p->shown = false;
}

void replay_progress_show(struct replay_progress *p, uint64_t bytes, uint64_t total,
			  uint64_t events)
{
	double s = (double)(clock_ns(CLOCK_MONOTONIC) - p->start_ns) / NS_PER_S;
	double mb = (double)bytes / 1e6;

	if (s <= 0)
		return;
	fprintf(stderr, "\r%.1f MB", mb);
	if (total)
		fprintf(stderr, " of %.1f (%d %%)", (double)total / 1e6,
			(int)(100 * (double)bytes / (double)total));
	fprintf(stderr, ", %llu events, %.0f per second", (unsigned long long)events,
		(double)events / s);
	if (total > bytes && bytes)
		fprintf(stderr, ", %.0f s left", s * (double)(total - bytes) / (double)bytes);
	fputs("\033[K", stderr);
	p->shown = true;
}

void replay_progress_end(struct replay_progress *p)
{
	if (p->shown)
		fputc('\n', stderr);
	p->shown = false;
}
