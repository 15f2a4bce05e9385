// SPDX-License-Identifier: BSD-2-Clause
/* secmon-enrich: wiring. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/endpoint.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/ready.h"
#include "common/sandbox.h"
#include "enrich.h"
#include "files.h"
#include "options.h"

struct program {
	struct enrich enrich;
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
	return 0;
}

static int on_drain(void *arg)
{
	return on_tick(arg);	/* the last STATS are right too */
}

static int open_end(const char *spec, enum endpoint_dir dir)
{
	char err[256];
	int fd = endpoint_open(spec, dir, err, sizeof(err));

	if (fd == -1) {
		int status = errno == EINVAL ? 2 : 1;

		log_err("%s", err);
		exit(status);
	}
	if (dir == ENDPOINT_OUT && isatty(fd)) {
		log_err("the stream is binary and not for a terminal: pipe it to secmon-match, or "
			"to 'secmon-ship -s json:- --events' to read it");
		exit(2);
	}
	return fd;
}

static void load_names(struct names *names)
{
	size_t len;
	char *text = file_read(AT_FDCWD, "/etc/passwd", &len);

	if (!text || names_users(names, text, len) == -1)
		log_warn("/etc/passwd: %s: users will have no names", strerror(errno));
	free(text);
	text = file_read(AT_FDCWD, "/etc/group", &len);
	if (!text || names_groups(names, text, len) == -1)
		log_warn("/etc/group: %s: groups will have no names", strerror(errno));
	free(text);
}

int main(int argc, char **argv)
{
	static struct stats stats = { .stage = STAGE_ENRICH };
	static const struct sandbox sandbox = { .role = SANDBOX_STDIO };
	static struct program p;
	struct options o;
	struct outq *out;

	log_init("secmon-enrich");
	options_parse(&o, argc, argv);
	out = outq_new(open_end(o.out, ENDPOINT_OUT), o.out, OUTQ_DEFAULT);
	p.in = inq_new(open_end(o.in, ENDPOINT_IN), o.in);
	if (!out || !p.in || enrich_init(&p.enrich, o.proc_max, o.containers, out, &stats) == -1) {
		log_err("%s", strerror(errno));
		return 1;
	}
	load_names(p.enrich.world.names);
	p.loop = (struct loop){ .program = "secmon-enrich", .in = p.in, .out = out, .stats = &stats,
				.arg = &p, .on_hello = on_hello, .on_event = on_event,
				.on_tick = on_tick, .on_drain = on_drain };
	ready_prepare();
	if (loop_signals() == -1 || sandbox_enter(&sandbox) == -1) {
		log_err("cannot start: %s", strerror(errno));
		return 1;
	}
	return loop_run(&p.loop);
}
