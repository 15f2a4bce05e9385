// SPDX-License-Identifier: BSD-2-Clause
/*
 * pump MODE [EVENTS]: what the common parts cost. Reads a stream from standard
 * input and prints nanoseconds per event on standard error. MODE is
 *	make	write a stream of EVENTS (1000000) typical events to standard output
 *	read	only take the bytes
 *	skip	... and step from object to object
 *	index	... and index the fields of each
 *	copy	... skip, and write each on with 600 bytes of fields appended
 *	memory	skip, index and copy over the same events in memory, no pipe
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event.h"
#include "common/hello.h"
#include "common/log.h"

enum { BLOB = 600 };

static uint8_t blob[BLOB + 64];
static size_t blob_len;
static unsigned int blob_fields;
static struct event event;

/* 27 fields, about 320 bytes, as capture writes an openat */
static int make_event(struct outq *q, uint64_t i)
{
	struct wire w;

	if (wire_event(&w, q, KIND_EVENT, EV_OPENAT) == -1)
		return -1;
	wire_uint(&w, F_EVT_NUM, i);
	wire_uint(&w, F_EVT_RAWTIME, 1763830000000000000 + i * 1000);
	wire_uint(&w, F_EVT_CPU, i % 2);
	wire_uint(&w, F_THREAD_TID, 41234 + i % 100);
	wire_uint(&w, F_PROC_PID, 41234 + i % 100);
	wire_uint(&w, F_PROC_PID_TS, 1763829000000000000);
	wire_uint(&w, F_PROC_PPID, 41000);
	wire_uint(&w, F_PROC_PPID_TS, 1763828000000000000);
	wire_cstr(&w, F_PROC_NAME, "systemd-journal");
	wire_uint(&w, F_USER_UID, 1000);
	wire_uint(&w, F_USER_RUID, 1000);
	wire_uint(&w, F_GROUP_GID, 1000);
	wire_uint(&w, F_GROUP_RGID, 1000);
	wire_uint(&w, F_THREAD_CGROUP_ID, 8674);
	wire_uint(&w, F_PROC_PIDNS, 4026531836);
	wire_uint(&w, F_PROC_MNTNS, 4026531841);
	wire_uint(&w, F_PROC_VPID, 41234);
	wire_uint(&w, F_THREAD_VTID, 41234);
	wire_int(&w, F_EVT_RAWRES, 17);
	wire_uint(&w, F_FD_NUM, 17);
	wire_cstr(&w, F_FD_TYPECHAR, "f");
	wire_cstr(&w, F_FD_NAME,
		  "/var/lib/some/service/with/a/directory/that/is/deep/and/one/more/"
		  "and/another/which/has/a/long/name/and/a/file.name.log");
	wire_uint(&w, F_ARG(A_FLAGS), 4097);
	wire_uint(&w, F_ARG(A_MODE), 0644);
	wire_cstr(&w, F_ARG(A_NAME), "../directory/and/a/file.name.log");
	return wire_end(&w);
}

static void make_blob(void)
{
	struct wire w;

	wire_blob(&w, blob, sizeof(blob));
	while (w.pos - blob < BLOB)
		wire_cstr(&w, F_PROC_CMDLINE, "/usr/lib/systemd/systemd-journald --with arguments");
	blob_len = (size_t)wire_blob_end(&w, &blob_fields);
}

static void drain(struct outq *q)
{
	if (outq_drain(q, 60000) == -1)
		err(1, "standard output");
}

static void make(uint64_t n)
{
	struct outq *q = outq_new(STDOUT_FILENO, "standard output", OUTQ_DEFAULT);
	static struct hello h;

	hello_local(&h);
	if (!q || hello_write(&h, q) == -1)
		err(1, "HELLO");
	for (uint64_t i = 1; i <= n; i++) {
		if (outq_full(q))
			drain(q);
		if (make_event(q, i) == -1)
			err(1, "event");
	}
	if (end_write("pump", true, q) == -1)
		err(1, "END");
	drain(q);
	outq_free(q);
}

static void index_one(const struct object *o)
{
	if (event_index(&event, o) == -1)
		errx(1, "%s", event.error);
}

static void copy_one(struct outq *q, const struct object *o)
{
	struct wire w;

	if (wire_copy(&w, q, KIND_EVENT, o->buf, o->len) == -1)
		err(1, "copy");
	wire_raw(&w, blob, blob_len, blob_fields);
	if (wire_end(&w) == -1)
		err(1, "copy");
}

static void pump(const char *mode)
{
	const bool copy = !strcmp(mode, "copy"), index = !strcmp(mode, "index");
	const bool read_only = !strcmp(mode, "read");
	struct inq *in = inq_new(STDIN_FILENO, "standard input");
	struct outq *out = outq_new(STDOUT_FILENO, "standard output", OUTQ_DEFAULT);
	uint64_t start, events = 0, bytes = 0;
	struct object o;
	long n;

	start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (read_only) {
		static char buf[512 * 1024];

		while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
			bytes += (uint64_t)n;
		events = bytes / 350;
	}
	while (!read_only && (n = inq_read(in)) > 0) {
		bytes += (uint64_t)n;
		while (inq_next(in, &o) == 1) {
			if (o.kind != KIND_EVENT)
				continue;
			events++;
			if (index)
				index_one(&o);
			if (copy && outq_full(out))
				drain(out);
			if (copy)
				copy_one(out, &o);
		}
	}
	drain(out);
	fprintf(stderr, "%s: %.1f ns of CPU per event, %.1f bytes each\n", mode,
		(double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)events,
		(double)bytes / (double)events);
	outq_free(out);
	inq_free(in);
}

/* the whole stream comes again and again from memory */
static struct {
	const uint8_t *buf;
	size_t len, pos;
} memory;

static long from_memory(void *arg, void *buf, size_t len)
{
	len = len < memory.len - memory.pos ? len : memory.len - memory.pos;
	memcpy(buf, memory.buf + memory.pos, len);
	memory.pos += len;
	return (long)len;
}

static void in_memory(uint64_t n)
{
	enum { SKIP, INDEX, COPY, WAYS, ROUND = 1000 };
	static const char *const names[WAYS] = { "skip", "index", "copy" };
	struct outq *made = outq_new(-1, "memory", OUTQ_DEFAULT);
	struct outq *out = outq_new(-1, "memory", OUTQ_DEFAULT);
	uint64_t took[WAYS] = { 0 };

	for (int i = 0; i < ROUND; i++)
		make_event(made, (uint64_t)i);
	memory.len = outq_pending(made);
	outq_flush(made);
	memory.buf = outq_room(made, 1);
	for (uint64_t i = 0; i < n; i += ROUND)
		for (int way = SKIP; way < WAYS; way++) {
			struct inq *in = inq_new_from(from_memory, NULL, "memory");
			struct object o;
			uint64_t start;

			memory.pos = 0;
			inq_read(in); /* all of it: 512 KiB hold a round */
			start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
			while (inq_next(in, &o) == 1) {
				if (way == INDEX)
					index_one(&o);
				if (way != COPY)
					continue;
				if (outq_full(out))
					outq_flush(out);
				copy_one(out, &o);
			}
			took[way] += clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
			inq_free(in);
		}
	for (int way = SKIP; way < WAYS; way++)
		printf("%s: %.1f ns per event\n", names[way], (double)took[way] / (double)n);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;

	if (argc < 2)
		errx(2, "usage: pump make|read|skip|index|copy|memory [EVENTS]");
	log_init("pump");
	event_init(&event);
	make_blob();
	if (!strcmp(argv[1], "make"))
		make(n);
	else if (!strcmp(argv[1], "memory"))
		in_memory(n);
	else
		pump(argv[1]);
	return 0;
}
