/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop that every stage with an input shares: one thread, one poll, and
 * back-pressure as one condition, input is left out while output is full.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "common/hello.h"
#include "common/inq.h"
#include "common/outq.h"
#include "common/stats.h"

enum { LOOP_FDS_MAX = 64 };

struct loop {
	const char *program;
	struct inq *in;	  /* NULL: the stage makes its events itself (on_fds) */
	struct outq *out; /* NULL: the stage has no stream to write */
	struct stats *stats;
	void *arg; /* handed to every handler */

	/*
	 * HELLO of the input, before any object; may change h, which is then
	 * written. Again for each stream that follows in the same input.
	 */
	int (*on_hello)(void *arg, struct hello *h);
	/*
	 * An object that is not HELLO or END. 0; 1 if the output is full and
	 * the same object must be offered again later; -1 to end with status 1
	 * (the handler has said why). NULL handlers pass the object through.
	 */
	int (*on_event)(void *arg, const struct object *o);
	int (*on_alert)(void *arg, const struct object *o);
	int (*on_stats)(void *arg, const struct object *o);
	int (*on_loss)(void *arg, const struct object *o);
	/* The END of the input, for a stage that shows it; 1 to be offered again. Optional. */
	int (*on_end)(void *arg, const struct object *o);
	/* Once a second, before STATS are written. Optional. */
	int (*on_tick)(void *arg);
	/* SIGHUP. Optional. */
	int (*on_hup)(void *arg);
	/* SIGUSR1: say more than the counters, which are printed without it. Optional. */
	void (*on_report)(void *arg);
	/*
	 * More descriptors: fill at most LOOP_FDS_MAX, return their number, and
	 * lower *timeout_ms if something must be done sooner. Then the same
	 * array after poll. Not called any more after the last on_drain. Optional.
	 */
	int (*fds)(void *arg, struct pollfd *fds, int *timeout_ms);
	int (*on_fds)(void *arg, const struct pollfd *fds, int n);
	/*
	 * Input has ended, or a signal asked to stop: called until it returns 0
	 * (nothing more is held) or grace_ms have passed; once at least. Optional.
	 */
	int (*on_drain)(void *arg);
	/* True when a stage without input has nothing more to say. */
	bool (*done)(void *arg);

	/*
	 * How long TERM or INT lets the stage read on to its writer's END and
	 * drain; 0: 5000. A second signal ends it at once. A stage that must
	 * stop before that END says so and ends with status 1.
	 */
	int grace_ms;
};

/*
 * loop_signals(): block TERM, INT, HUP and USR1 for a signalfd, ignore PIPE. Call
 * before the sandbox; loop_run() does it if it was not called. -1 with errno.
 */
int loop_signals(void);

/*
 * loop_run(l): run until the input has ended, or TERM or INT and the grace. Reads HELLO,
 * hands out objects, says STATS each second and at the end, writes END, drains
 * the output. Prints what went wrong. Returns the exit status of the program:
 * 0, 1 (a broken or torn input, a lost reader), or 2 (a newer protocol).
 */
int loop_run(struct loop *l);

/* loop_pass(l, o): copy an object to the output as it is. 0, or 1 if it is full. */
int loop_pass(struct loop *l, const struct object *o);

#endif
