// SPDX-License-Identifier: BSD-2-Clause
/* secmon-enrich: wiring. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/endpoint.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/ready.h"
#include "common/sandbox.h"
#include "enrich.h"
#include "fetch.h"
#include "options.h"

struct program {
	struct enrich enrich;
	struct fetch fetch;
	struct inq *in;
	struct loop loop;
};

static int on_hello(void *arg, struct hello *h)
{
	struct program *p = arg;

	enrich_hello(&p->enrich, h);
	return 0;
}

static int on_event(void *arg, const struct object *o)
{
	struct program *p = arg;
	int r = enrich_event(&p->enrich, o);

	if (r == -1)
		log_err("%s: byte %llu: %s", inq_name(p->in), (unsigned long long)o->offset,
			p->enrich.error);
	return r;
}

static int on_tick(void *arg)
{
	struct program *p = arg;

	enrich_gauges(&p->enrich);
	fetch_tick(&p->fetch);
	return 0;
}

static int on_drain(void *arg)
{
	struct program *p = arg;

	enrich_gauges(&p->enrich); /* the last STATS are right too */
	return 0;
}

static int fds(void *arg, struct pollfd *fds, int *timeout_ms)
{
	struct program *p = arg;

	return fetch_fds(&p->fetch, fds, timeout_ms);
}

static int on_fds(void *arg, const struct pollfd *fds, int n)
{
	struct program *p = arg;

	fetch_on_fds(&p->fetch, fds, n);
	return 0;
}

static void start_hashes(struct program *p, uint64_t bytes_max)
{
	p->enrich.hashes = hashes_new();
	if (!p->enrich.hashes) {
		log_err("%s", strerror(errno));
		exit(1);
	}
	p->enrich.on_exe = fetch_hash;
	p->enrich.on_exe_arg = &p->fetch;
	p->fetch.hash_max = bytes_max;
}

int main(int argc, char **argv)
{
	static struct stats stats = { .stage = STAGE_ENRICH };
	struct sandbox sandbox = { .role = SANDBOX_STDIO };
	static struct program p;
	struct reader *reader;
	struct options o;
	struct outq *out;

	log_init("secmon-enrich");
	options_parse(&o, argc, argv);
	sandbox.user = o.usual.user;
	out = outq_new(usual_end(o.out, ENDPOINT_OUT), o.out, OUTQ_DEFAULT);
	p.in = inq_new(usual_end(o.in, ENDPOINT_IN), o.in);
	reader = reader_start(o.root, o.hash_max > 0);
	if (!out || !reader || !p.in ||
	    enrich_init(&p.enrich, o.proc_max, o.containers, out, &stats) == -1) {
		log_err("%s", strerror(errno));
		return 1;
	}
	p.loop = (struct loop){ .program = "secmon-enrich",
				.in = p.in,
				.out = out,
				.stats = &stats,
				.arg = &p,
				.on_hello = on_hello,
				.on_event = on_event,
				.on_tick = on_tick,
				.on_drain = on_drain,
				.fds = fds,
				.on_fds = on_fds };
	fetch_start(&p.fetch, &p.enrich, reader);
	if (o.hash_max)
		start_hashes(&p, o.hash_max);
	ready_prepare();
	if (loop_signals() == -1 || sandbox_enter(&sandbox) == -1) {
		log_err("cannot start: %s", strerror(errno));
		return 1;
	}
	return loop_run(&p.loop);
}
