// SPDX-License-Identifier: BSD-2-Clause
/*
 * alertgen: a stream of alerts for tests of secmon-ship.
 *
 *	alertgen [-n COUNT] [-r PER_SECOND] [-f FIRST] [-k KIND] [-x] [-p PAD]
 *
 * COUNT alerts (1000), numbered from FIRST (1) in alert.id "gen-N" and
 * evt.num, as fast as the reader takes them or PER_SECOND. KIND: plain; hostile
 * (control characters, bytes that are no UTF-8, direction marks, every
 * priority); events (EVENT objects with arguments, LOSS). -x: no END. -p PAD:
 * so many bytes more in each.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/events.h"
#include "common/hello.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/stats.h"
#include "common/wire.h"

static struct outq *q;
static const char *pad;
static uint64_t base_ns = 1790000000000000000ULL;

static void room(void)
{
	while (outq_full(q))
		if (outq_drain(q, 3600000) == -1)
			exit(1); /* the reader has gone; the test knows why */
}

static void item(struct wire *w, const char *name, const char *text)
{
	wire_item_text(w, name, strlen(name));
	wire_item_text(w, text, strlen(text));
}

static void plain_fields(struct wire *w, uint64_t n)
{
	wire_map(w, F_ALERT_FIELDS, 6);
	wire_item_text(w, "evt.num", 7);
	wire_item_uint(w, n);
	item(w, "fd.name", "/etc/shadow");
	wire_item_text(w, "proc.exepath", 12);
	wire_item_nil(w);
	item(w, "proc.name", "cat");
	wire_item_text(w, "proc.pid", 8);
	wire_item_uint(w, 4242);
	item(w, "user.name", "root");
}

static void hostile_fields(struct wire *w)
{
	wire_map(w, F_ALERT_FIELDS, 4);
	wire_item_text(w, "proc.name", 9);
	wire_item_text(w, "a\xff\x1b[31mb", 8);
	item(w, "fd.name", "/tmp/\xe2\x80\xae\n\"quote\\");
	wire_item_text(w, "fd.sip", 6);
	wire_item_text(w, "\x7f\0\0\1", 4);
	item(w, "container.id", "gr\xc3\xbc\xc3\x9f");
}

static void common_fields(struct wire *w, uint64_t n)
{
	wire_uint(w, F_EVT_NUM, n);
	wire_uint(w, F_EVT_RAWTIME, base_ns + n * 1000);
	wire_uint(w, F_THREAD_TID, 4242);
	wire_uint(w, F_PROC_PID, 4242);
	wire_uint(w, F_PROC_PID_TS, base_ns);
	wire_cstr(w, F_PROC_NAME, "cat");
	wire_uint(w, F_USER_UID, 0);
	wire_cstr(w, F_PROC_EXEPATH, "/usr/bin/cat");
	wire_cstr(w, F_FD_NAME, "/etc/shadow");
}

static void alert(uint64_t n, int hostile)
{
	static const char evil[] = "line\nbreak \x1b[2J bell\a \xff\xfe del\x7f \xe2\x80\xae "
				   "c1\xc2\x9b";
	char id[40], text[128];
	struct wire w;

	room();
	if (wire_event(&w, q, KIND_ALERT, EV_OPENAT) == -1)
		err(1, "wire_event");
	common_fields(&w, n);
	wire_cstr(&w, F_RULE_NAME, "Read sensitive file");
	wire_uint(&w, F_RULE_PRIORITY, hostile ? n % 8 : 4);
	wire_cstr(&w, F_RULE_SOURCE, "syscall");
	wire_array(&w, F_RULE_TAGS, 2);
	wire_item_text(&w, "mitre_credential_access", 23);
	wire_item_text(&w, "filesystem", 10);
	wire_uint(&w, F_ALERT_TIME, base_ns + n * 1000);
	snprintf(text, sizeof(text),
		 "Sensitive file opened (number=%llu file=/etc/shadow "
		 "process=cat user=root)",
		 (unsigned long long)n);
	if (hostile)
		wire_text(&w, F_ALERT_OUTPUT, evil, sizeof(evil) - 1);
	else
		wire_cstr(&w, F_ALERT_OUTPUT, text);
	if (hostile)
		hostile_fields(&w);
	else
		plain_fields(&w, n);
	snprintf(id, sizeof(id), "gen-%llu", (unsigned long long)n);
	wire_cstr(&w, F_ALERT_ID, id);
	if (pad)
		wire_cstr(&w, F_RULE_DESC, pad);
	if (wire_end(&w) == -1)
		err(1, "wire_end");
}

static void event(uint64_t n)
{
	struct wire w;

	room();
	if (wire_event(&w, q, KIND_EVENT, EV_OPENAT) == -1)
		err(1, "wire_event");
	common_fields(&w, n);
	wire_array(&w, F_PROC_ARGS, 2);
	wire_item_text(&w, "-A", 2);
	wire_item_text(&w, "\xffx", 2);
	wire_bin(&w, F_FD_SIP, "\x7f\0\0\1", 4);
	wire_int(&w, F_EVT_RAWRES, -2);
	wire_int(&w, F_ARG(A_FD), -2);
	wire_int(&w, F_ARG(A_DIRFD), -100);
	wire_cstr(&w, F_ARGTEXT(A_DIRFD), "/root");
	wire_cstr(&w, F_ARG(A_NAME), "x");
	wire_cstr(&w, F_ARGTEXT(A_NAME), "/root/x");
	wire_uint(&w, F_ARG(A_FLAGS), 4097);
	wire_uint(&w, F_ARG(A_MODE), 0644);
	wire_cstr(&w, 1700, "a field of the future");
	if (wire_end(&w) == -1)
		err(1, "wire_end");
}

static void hello(void)
{
	struct hello h;

	hello_local(&h);
	snprintf(h.hostname, sizeof(h.hostname), "testhost");
	if (hello_write(&h, q) == -1)
		err(1, "hello");
}

static void end(uint64_t made, int events)
{
	struct stats st = { .stage = STAGE_MATCH };
	size_t from = 0;
	struct wire w;

	room();
	st.v[S_MATCH_IN] = st.v[S_MATCH_OUT] = st.v[S_MATCH_ALERTS] = made;
	if (events)
		stats_loss(STAGE_CAPTURE, S_CAPTURE_DROP_FULL, "openat", 7, base_ns,
			   base_ns + NS_PER_S, q);
	if (stats_write(&st, q, true, &from) == -1 || wire_begin(&w, q, KIND_END) == -1)
		err(1, "end");
	wire_cstr(&w, END_STAGE, "alertgen");
	wire_bool(&w, END_COMPLETE, true);
	wire_end(&w);
}

/* Wait until alert number n of a run at that rate is due. */
static void pace(uint64_t start_ns, uint64_t n, uint64_t per_second)
{
	uint64_t due = start_ns + n * NS_PER_S / per_second;
	struct timespec t = { (time_t)(due / NS_PER_S), (long)(due % NS_PER_S) };

	if (clock_ns(CLOCK_MONOTONIC) >= due)
		return;
	outq_flush(q);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static const char *make_pad(size_t len)
{
	char *p = malloc(len + 1);

	if (!p)
		err(1, "malloc");
	memset(p, 'x', len);
	p[len] = '\0';
	return p;
}

int main(int argc, char **argv)
{
	uint64_t count = 1000, first = 1, rate = 0, start;
	const char *kind = "plain";
	int c, no_end = 0;

	log_init("alertgen");
	while ((c = getopt(argc, argv, "n:r:f:k:p:x")) != -1) {
		switch (c) {
		case 'n':
			count = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			rate = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			first = strtoull(optarg, NULL, 10);
			break;
		case 'k':
			kind = optarg;
			break;
		case 'p':
			pad = make_pad(strtoull(optarg, NULL, 10));
			break;
		case 'x':
			no_end = 1;
			break;
		default:
			errx(2, "see the top of alertgen.c");
		}
	}
	q = outq_new(STDOUT_FILENO, "standard output", OUTQ_DEFAULT);
	if (!q)
		err(1, "outq");
	loop_signals(); /* for SIGPIPE */
	hello();
	start = clock_ns(CLOCK_MONOTONIC);
	for (uint64_t i = 0; i < count; i++) {
		if (rate)
			pace(start, i, rate);
		if (strcmp(kind, "events") == 0)
			event(first + i);
		else
			alert(first + i, strcmp(kind, "hostile") == 0);
	}
	if (!no_end)
		end(count, strcmp(kind, "events") == 0);
	return outq_drain(q, 3600000) == -1;
}
