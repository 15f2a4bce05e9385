// SPDX-License-Identifier: BSD-2-Clause
/* Any bytes as a .scap file, through the whole reader, into a stream that must hold. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/secmon-capture/scap.h"
#include "common/event.h"
#include "common/inq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct event event;

struct source {
	const uint8_t *pos;
	size_t left;
};

static long from_source(void *arg, void *buf, size_t len)
{
	struct source *s = arg;

	len = len < s->left ? len : s->left;
	memcpy(buf, s->pos, len);
	s->pos += len;
	s->left -= len;
	return (long)len;
}

/* What was written must be objects, and events that can be indexed. */
static void check(struct outq *out, const uint8_t *start)
{
	struct source s = { start, outq_pending(out) };
	struct inq *in = inq_new_from(from_source, &s, "out");
	struct object o;

	if (!in)
		abort();
	do {
		int r;

		while ((r = inq_next(in, &o)) == 1)
			if (o.kind == KIND_EVENT && event_index(&event, &o) == -1)
				abort();
		if (r == -1)
			abort();
	} while (inq_read(in) > 0);
	inq_free(in);
	outq_flush(out);
}

/* One that asks about the call, the descriptor and the process. */
static const struct plan *a_plan(void)
{
	static const char text[] =
		"plan 1\nneed fd.name proc.aname\n"
		"select \"a\" open openat openat2 execve\n\tevt.rawres is 0..\n"
		"\tfd.name is ^\"/etc/\" $\".txt\" ~\"passwd\"\n\tnot proc.exepath is \"/bin/sh\"\n"
		"select \"b\" connect clone read\n\tfd.sip is 127.0.0.0/8\n"
		"\tproc.aname is \"bash\"\n\tlimit 5/1000ms\n";
	static struct plan *plan;
	char err[256];
	FILE *fp;

	if (plan)
		return plan;
	fp = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	plan = plan_read(fp, "plan", err, sizeof(err));
	if (!plan)
		abort();
	fclose(fp);
	return plan;
}

static void replay(struct replay_src *src, struct replay_pace *pace, bool planned)
{
	struct replay_options o = { .path = "f", .env = !planned };
	struct stats stats = { .stage = STAGE_CAPTURE };
	struct outq *out = outq_new(-1, "out", OUTQ_DEFAULT);
	char err[512];
	void *r;
	const uint8_t *start;
	enum replay_step step = STEP_DONE;

	if (planned)
		o.plan = a_plan();
	r = scap_open(src, pace, &o, err, sizeof(err));
	start = outq_room(out, 1);
	while (r && (step == STEP_DONE || step == STEP_FULL)) {
		if (step == STEP_FULL || outq_full(out))
			check(out, start);
		step = scap_reader.step(r, out, &stats);
	}
	check(out, start);
	if (r && stats_balance(&stats) != 0)
		abort();
	if (r)
		scap_reader.close(r);
	outq_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t no_pace[8]; /* speed 0: never waits */
	int fd = memfd_create("fuzz", 0);
	struct replay_src *src;
	char path[32], err[512];

	event_init(&event);
	if (fd == -1 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) == -1)
		abort();
	snprintf(path, sizeof(path), "fd:%d", fd);
	src = replay_src_open(path, err, sizeof(err));
	if (src && replay_src_format(src) == REPLAY_SCAP)
		replay(src, (struct replay_pace *)no_pace, size & 1);
	replay_src_close(src);
	close(fd); /* what was opened may be a copy */
	return 0;
}
